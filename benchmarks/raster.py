"""GDAL's side of raster.sh, through rasterio.

python3 raster.py --write DIR   writes the files: a made-up scene of 4096 x 4096 pixels, uint16 and float32, LZW and Deflate,
                                without predictor and with 2 or 3, tiles of 256 and strips of 16 rows
python3 raster.py DIR THREADS   reads every file whole, and prints the median and best of seven reads after two
"""

import pathlib
import statistics
import sys
import time

import numpy as np
import rasterio
from rasterio.transform import from_origin

SIZE = 4096


def scene():
    """Fields with edges, gradients and noise, so that it compresses about as well as Sentinel-2's 10 m bands."""
    random = np.random.default_rng(7)
    fields = np.kron(random.integers(300, 3000, (64, 64)), np.ones((SIZE // 64, SIZE // 64)))
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    return fields + 200 * np.sin(x / 97) * np.cos(y / 61) + random.normal(0, 12, (SIZE, SIZE))


def write(folder):
    pixels = scene()
    for kind, predictors in (("uint16", (1, 2)), ("float32", (1, 2, 3))):
        data = np.clip(pixels, 0, 65535).astype(kind)
        for compression in ("lzw", "deflate"):
            for predictor in predictors:
                for layout in ("tiled", "striped"):
                    shape = {"tiled": True, "blockxsize": 256, "blockysize": 256} if layout == "tiled" else {"blockysize": 16}
                    with rasterio.open(
                        f"{folder}/{kind}_{compression}_{predictor}_{layout}.tif", "w", driver="GTiff", width=SIZE,
                        height=SIZE, count=1, dtype=kind, compress=compression, predictor=predictor, crs="EPSG:32632",
                        transform=from_origin(600000, 5300040, 10, 10), **shape,
                    ) as file:
                        file.write(data, 1)


def read(path, threads):
    # Blocks stay in GDAL's cache of the process unless the file is closed; opening it anew decodes again.
    with rasterio.open(path, num_threads=threads) as file:
        return file.read(1)


if sys.argv[1] == "--write":
    write(sys.argv[2])
    raise SystemExit
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tif")):
    times = []
    for run in range(9):
        begin = time.perf_counter()
        pixels = read(path, sys.argv[2])
        if run >= 2:
            times.append(time.perf_counter() - begin)
    print(
        f"GDAL {rasterio.__gdal_version__} {path.stem}: median {1000 * statistics.median(times):.0f} ms, "
        f"best {1000 * min(times):.0f} ms, sum {pixels.sum(dtype=np.float64):.0f}",
        flush=True,
    )
