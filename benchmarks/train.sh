#!/usr/bin/env bash
# A training step (forward, backward, AdamW) of the encoder with a mean-square loss: this SDK and PyTorch with its default
# and its fused AdamW, in turn; the SameDiff session once.
# Usage, from the root of the repository: benchmarks/train.sh [python] [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
json=$(mktemp)
trap 'rm -f "$json"' EXIT
./mvnw -B -q -pl benchmarks -am package -DskipTests
ours() { # preset batch iterations backend
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" org.openjdk.jmh.Main TrainBenchmark \
    -p preset="$1" -p batch="$2" -wi "$3" -i "$3" -p backend="$4" -rf json -rff "$json" | grep -o 'peak memory.*'
  "$python" benchmarks/median.py "$json"
}
for work in "CSMOE_TINY 64 20" "CSMOE_P16 4 5"; do
  read -r preset batch iterations <<<"$work"
  for run in $(seq "$runs"); do
    ours "$preset" "$batch" "$iterations" ONEDNN
    "$python" benchmarks/train.py "$preset" "$batch" --runs "$iterations"
    "$python" benchmarks/train.py "$preset" "$batch" --runs "$iterations" --fused
  done
  ours "$preset" "$batch" 3 SAMEDIFF
done
