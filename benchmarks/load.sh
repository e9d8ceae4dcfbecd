#!/usr/bin/env bash
# From a safetensors file of the p16 model to the first embedding, each time in a fresh process: this SDK and PyTorch.
# Usage, from the root of the repository: benchmarks/load.sh [python] [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
file=$(mktemp --suffix .safetensors)
json=$(mktemp)
trap 'rm -f "$file" "$json"' EXIT
"$python" benchmarks/load.py --write "$file"
./mvnw -B -q -pl benchmarks -am package -DskipTests
for run in $(seq "$runs"); do
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    org.openjdk.jmh.Main LoadBenchmark -f 1 -p weights="$file" -rf json -rff "$json" | grep -o 'peak memory.*'
  "$python" benchmarks/median.py "$json"
  "$python" benchmarks/load.py "$file"
done
