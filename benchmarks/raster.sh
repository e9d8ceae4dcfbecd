#!/usr/bin/env bash
# Reading whole GeoTIFFs: this SDK and GDAL (rasterio), alternating, in one run, two threads each.
# Usage, from the root of the repository: benchmarks/raster.sh [python with numpy and rasterio] [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
runs=${2:-5}
./mvnw -B -q -pl benchmarks -am package -DskipTests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" benchmarks/raster.py --write "$work"
echo "# 4096 x 4096 pixels, two threads; the sums of a file must agree"
for run in $(seq "$runs"); do
  java -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    org.csmoe.benchmarks.RasterBenchmark "$work" 2
  "$python" benchmarks/raster.py "$work" 2
done
