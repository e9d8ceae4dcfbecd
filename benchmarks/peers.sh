#!/usr/bin/env bash
# The full-size p16 model of this SDK and three models of TerraTorch in PyTorch, batches of Sentinel-2 images, in turn.
# Usage, from the root of the repository: benchmarks/peers.sh [python with terratorch] [runs] [batch]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
batch=${3:-8}
json=$(mktemp)
trap 'rm -f "$json"' EXIT
./mvnw -B -q -pl benchmarks -am package -DskipTests
for run in $(seq "$runs"); do
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" org.openjdk.jmh.Main \
    EmbedBenchmark -p batch="$batch" -p backend=ONEDNN -rf json -rff "$json" | grep -o 'peak memory.*'
  "$python" benchmarks/median.py "$json"
  for model in terramind dofa prithvi; do
    "$python" benchmarks/peers.py "$model" "$batch" 2>/dev/null
  done
done
