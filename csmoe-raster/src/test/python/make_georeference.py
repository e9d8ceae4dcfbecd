"""Writes small GeoTIFFs placed in various ways, and what GDAL says of them as georeference.csv.

Usage: python3 make_georeference.py <folder>        (needs rasterio and numpy; made with GDAL 3.10.3)

Columns: file, EPSG code or nothing, the six coefficients of the transform, scale and offset of both
bands, then longitude and latitude (by PROJ) of the outer corner of the first pixel where the system is
UTM on WGS 84.
"""

import csv
import sys

import numpy as np
import rasterio
from rasterio.transform import Affine
from rasterio.warp import transform

UTM = Affine(10, 0, 699960, 0, -10, 5300040)
CASES = {
    # name: (system, transform, pixel is point)
    "utm32_area": ("EPSG:32632", UTM, False),
    "utm32_point": ("EPSG:32632", UTM, True),
    "utm01_north_dateline": ("EPSG:32601", Affine(20, 0, 300000, 0, -20, 7800000), False),
    "utm60_south_dateline": ("EPSG:32760", Affine(20, 0, 699960, 0, -20, 8200000), False),
    "utm33_south_rotated_point": ("EPSG:32733", Affine(8, 6, 400000, 6, -8, 6100000), True),
    "wgs84_across_dateline": ("EPSG:4326", Affine(0.5, 0, 179.25, 0, -0.5, 10), False),
    "etrs89_point": ("EPSG:4258", Affine(0.25, 0, 11.5, 0, -0.25, 48.25), True),
    "laea": ("EPSG:3035", Affine(100, 0, 4321000, 0, -100, 3210000), False),
    "south_up": ("EPSG:32632", Affine(10, 0, 500000, 0, 10, 5000000), False),
    "no_code": ("+proj=laea +lat_0=10 +lon_0=20 +datum=WGS84", UTM, False),
}


def main(folder):
    with open(f"{folder}/georeference.csv", "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("file", "epsg", "transform", "scales", "offsets", "lonlat"))
        for number, (name, (system, place, point)) in enumerate(CASES.items()):
            path = f"{folder}/{name}.tif"
            with rasterio.open(
                path, "w", driver="GTiff", width=3, height=2, count=2, dtype="int16", crs=system, transform=place
            ) as raster:
                raster.write(np.arange(12, dtype=np.int16).reshape(2, 2, 3))
                if point:
                    raster.update_tags(AREA_OR_POINT="Point")
                if number % 2 == 0:
                    raster.scales = (0.0001, 1)
                    raster.offsets = (-0.1, 0.5 * number)
            with rasterio.open(path) as raster:
                epsg = raster.crs.to_epsg() if system.startswith("EPSG") else None
                utm = epsg and epsg // 100 in (326, 327)
                corner = [raster.transform.c], [raster.transform.f]
                lonlat = transform(raster.crs, "EPSG:4326", *corner) if utm else ()
                table.writerow(
                    (
                        f"{name}.tif",
                        epsg or "",
                        " ".join(map(repr, raster.transform.to_gdal())),
                        " ".join(map(repr, raster.scales)),
                        " ".join(map(repr, raster.offsets)),
                        " ".join(repr(value[0]) for value in lonlat),
                    )
                )


main(sys.argv[1])
