#!/usr/bin/env bash
# Exact search: this SDK and faiss, alternating, in one run; then our graph search with its recall.
# Usage, from the root of the repository: benchmarks/retrieval.sh [python with numpy and faiss-cpu] [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
./mvnw -B -q -pl benchmarks -am package -DskipTests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" benchmarks/retrieval.py --write "$work/vectors.f32"
ours() { # exact, or graph
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    org.csmoe.benchmarks.RetrievalBenchmark "$work" "$1"
}
echo "# 100,000 vectors of 384 values, k = 10, two threads"
for run in $(seq "$runs"); do
  ours exact
  "$python" benchmarks/retrieval.py "$work/vectors.f32"
done
ours graph
