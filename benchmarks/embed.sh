#!/usr/bin/env bash
# Full-size p16 model, one batch of Sentinel-2 images: this SDK (JMH) and PyTorch, alternating, in one run; the SameDiff
# session once per batch size.
# Usage, from the root of the repository: [BF16=1] benchmarks/embed.sh [python] [runs] [batch ...]
# With BF16=1 both in bfloat16, too: for processors with AVX512-BF16 or AMX.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
shift $(($# < 2 ? $# : 2))
batches=${*:-1 8 32}
json=$(mktemp)
trap 'rm -f "$json"' EXIT
./mvnw -B -q -pl benchmarks -am package -DskipTests
ours() { # batch backend precision
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    org.openjdk.jmh.Main EmbedBenchmark -p batch="$1" -p backend="$2" -p precision="$3" -rf json -rff "$json" | grep -o 'peak memory.*'
  "$python" benchmarks/median.py "$json"
}
for batch in $batches; do
  for run in $(seq "$runs"); do
    ours "$batch" ONEDNN F32
    "$python" benchmarks/embed.py "$batch"
    if [ "${BF16:-}" ]; then
      ours "$batch" ONEDNN BF16
      "$python" benchmarks/embed.py "$batch" --bf16
    fi
  done
  ours "$batch" SAMEDIFF F32
done
