"""Writes utm.csv: points in WGS 84 degrees, projected by PROJ, and the zones of the utm package.

Usage: python3 utm_golden.py <folder>        (made with pyproj 3.7.2, PROJ 9.5.1, and utm 0.9.0)

Points lie in every zone of both hemispheres, at random up to 3 degrees from the central meridian, some
up to 30 degrees off, on the equator, on edges of zones and close to the poles.
"""

import csv
import pathlib
import random
import sys

import pyproj
import utm

random.seed(3)
zones = [(number, base) for base in (32600, 32700) for number in range(1, 61)]
points = []
for number, base in zones:
    middle = 6 * number - 183
    sign = 1 if base == 32600 else -1
    points.append((number, base, middle + random.uniform(-3, 3), sign * random.uniform(0, 80)))
for reach in (6, 15, 30):
    for _ in range(12):
        number, base = random.choice(zones)
        middle = 6 * number - 183
        points.append((number, base, middle + random.uniform(-reach, reach), random.uniform(-85, 85)))
for latitude in (0.0, 84.0, 89.0, 89.999999, 90.0, -80.0, -89.9, -90.0):
    for longitude in (3.0, 6.0, 8.25):
        points.append((31, 32600 if latitude >= 0 else 32700, longitude, latitude))
with open(pathlib.Path(sys.argv[1]) / "utm.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["epsg", "longitude", "latitude", "easting", "northing", "zone"])
    for number, base, longitude, latitude in points:
        longitude = (longitude + 180) % 360 - 180
        to = pyproj.Transformer.from_crs(4326, base + number, always_xy=True)
        zone = utm.latlon_to_zone_number(latitude, longitude) if -80 <= latitude < 84 else ""
        writer.writerow([base + number, longitude, latitude, *to.transform(longitude, latitude), zone])
    for latitude in (-70, 0, 55.9, 56, 63.9, 64, 71.9, 72, 83.9):
        for longitude in (-180, -174.1, -174, -0.1, 0, 2.9, 3, 6, 9, 11.9, 12, 20.9, 21, 33, 41.9, 42, 179.9):
            writer.writerow(["", longitude, latitude, "", "", utm.latlon_to_zone_number(latitude, longitude)])
