#!/usr/bin/env bash
# Genetic selection from one stratum: this SDK and the same algorithm in DEAP + numpy, alternating, in one run; then how
# our time and memory grow with members and N_s.
# Usage, from the root of the repository: benchmarks/selection.sh [python with numpy and deap] [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
here=benchmarks/selection
./mvnw -B -q -pl benchmarks -am package -DskipTests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ours() { # members target generations seed
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    org.csmoe.benchmarks.SelectionBenchmark "$work/$1.csv" "$2" "$3" "$4"
}
for members in 1000 10000 50000 200000 1000000; do
  "$python" "$here/make_members.py" "$members" 5 > "$work/$members.csv"
done
echo "# side by side: 50,000 members, N_s = 100, T = 2500, N_p = 10"
for run in $(seq "$runs"); do
  ours 50000 100 2500 "$run"
  "$python" "$here/deap_selection.py" "$work/50000.csv" --seed "$run"
done
"$python" "$here/deap_selection.py" "$work/50000.csv" --operators deap --generations 50
echo "# growth with members"
for members in 1000 10000 50000 200000 1000000; do ours "$members" 100 2500 1; done
echo "# growth with N_s"
for target in 25 50 200 400 800; do ours 50000 "$target" 2500 1; done
