#!/usr/bin/env bash
# Full-size p16 model, one batch of Sentinel-2 images: this SDK (JMH) and PyTorch, alternating, in one run.
# Usage, from the root of the repository: benchmarks/embed.sh [python] [batch ...]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
shift || true
batches=${*:-1 8 32}
./mvnw -B -q -Pbenchmarks -pl benchmarks -am package -DskipTests
for batch in $batches; do
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    org.openjdk.jmh.Main EmbedBenchmark -p batch="$batch" | grep -E '^EmbedBenchmark|peak memory'
  "$python" benchmarks/embed.py "$batch"
done
