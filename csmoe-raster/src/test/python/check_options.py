"""Reads what WriterOptionsTest wrote with GDAL and prints what GDAL sees.

Usage: python3 check_options.py FOLDER > FOLDER/options-gdal.csv      (needs rasterio; made with GDAL 3.10.3)

Columns: file, compression, predictor, overviews, scale and offset of every band, descriptions, checksums of every band, then
those of every overview.
"""

import csv
import pathlib
import sys
import warnings

import rasterio
from rasterio.errors import NotGeoreferencedWarning

warnings.simplefilter("ignore", NotGeoreferencedWarning)
table = csv.writer(sys.stdout, lineterminator="\n")
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tif")):
    with rasterio.open(path) as raster:
        structure = raster.tags(ns="IMAGE_STRUCTURE")
        levels = raster.overviews(1)
        row = [
            path.name, structure.get("COMPRESSION", "NONE"), structure.get("PREDICTOR", "1"), len(levels),
            " ".join(f"{scale!r}*x+{offset!r}" for scale, offset in zip(raster.scales, raster.offsets)),
            " ".join(str(name) for name in raster.descriptions),
            " ".join(str(raster.checksum(band)) for band in raster.indexes),
        ]
    for level in range(len(levels)):
        with rasterio.open(path, overview_level=level) as overview:
            row.append(" ".join(str(overview.checksum(band)) for band in overview.indexes))
    table.writerow(row)
