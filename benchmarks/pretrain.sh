#!/usr/bin/env bash
# A pretraining step (both encoders, four reconstructions, all losses, gradients, AdamW): this SDK and PyTorch in turn.
# Usage, from the root of the repository: benchmarks/pretrain.sh [python] [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
json=$(mktemp)
trap 'rm -f "$json"' EXIT
./mvnw -B -q -pl benchmarks -am package -DskipTests
for work in "CSMOE_MINI 64 128 2 4 15" "CSMOE_P16 4 256 4 8 5"; do
  read -r preset batch width layers heads iterations <<<"$work"
  for run in $(seq "$runs"); do
    java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" org.openjdk.jmh.Main PretrainBenchmark \
      -p preset="$preset" -p batch="$batch" -p decoderWidth="$width" -p decoderLayers="$layers" -p decoderHeads="$heads" \
      -wi 3 -i "$iterations" -rf json -rff "$json" | grep -o 'peak memory.*'
    "$python" benchmarks/median.py "$json"
    "$python" benchmarks/pretrain.py "$preset" "$batch" "$width" "$layers" "$heads" --runs "$iterations"
  done
done
