"""Prints windows of the overviews of two WorldCover tiles as rasterio reads them.

Usage: python3 overview_golden.py <folder with esa-worldcover> > worldcover-overviews.csv

Columns: file, level (0 is the full image), width, height, pixel width in degrees, window x, y, width, height, sum of the
pixels, sum of pixel times its place in the window modulo 101.
"""

import sys

import numpy as np
import rasterio
from rasterio.windows import Window

NAMES = (
    "ESA_WorldCover_10m_2021_v200_N00E006_Map.tif",
    "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif",
)
PLACES = ((6.6, 0.2), (7.4, 1.6), (7.5, 1.5))  # São Tomé, Príncipe, the sea

print("file,level,width,height,pixel,x,y,columns,rows,sum,weighted")
for name in NAMES:
    path = f"{sys.argv[1]}/{name}"
    with rasterio.open(path) as full:
        levels = 1 + len(full.overviews(1))
    for level in range(levels):
        options = {} if level == 0 else {"OVERVIEW_LEVEL": level - 1}
        with rasterio.open(path, **options) as image:
            for longitude, latitude in PLACES:
                width, height = min(256, image.width // 2), min(256, image.height // 2)
                x = int((image.width - width) * (longitude - 6) / 3)
                y = int((image.height - height) * (3 - latitude) / 3)
                pixels = image.read(1, window=Window(x, y, width, height)).astype(np.int64).ravel()
                print(
                    name, level, image.width, image.height, repr(image.transform.a), x, y, width, height,
                    pixels.sum(), (pixels * (np.arange(pixels.size) % 101)).sum(), sep=",",
                )
