#!/usr/bin/env bash
# Full-size p16 model, one batch of Sentinel-2 images: this SDK (JMH) and PyTorch, alternating, in one run; the SameDiff
# session once per batch size.
# Usage, from the root of the repository: benchmarks/embed.sh [python] [runs] [batch ...]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
shift $(($# < 2 ? $# : 2))
batches=${*:-1 8 32}
json=$(mktemp)
trap 'rm -f "$json"' EXIT
./mvnw -B -q -pl benchmarks -am package -DskipTests
ours() { # batch backend
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    org.openjdk.jmh.Main EmbedBenchmark -p batch="$1" -p backend="$2" -rf json -rff "$json" | grep -o 'peak memory.*'
  "$python" benchmarks/median.py "$json"
}
for batch in $batches; do
  for run in $(seq "$runs"); do
    ours "$batch" ONEDNN
    "$python" benchmarks/embed.py "$batch"
  done
  ours "$batch" SAMEDIFF
done
