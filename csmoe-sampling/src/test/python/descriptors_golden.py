"""Writes golden lookups and footprint histograms, made with rasterio and numpy.

    python3 descriptors_golden.py      (numpy, rasterio, shapely)

rewrites ../resources/org/csmoe/sampling/descriptors/golden.json. Pixel (column x, row y) of every
raster holds class (7 x + 13 y + x y) % 11; 0 is no data.
"""

import json
import pathlib

import numpy as np
import shapely
from affine import Affine
from rasterio.features import geometry_mask
from rasterio.transform import rowcol

RADIUS = 6371.0088
OUT = pathlib.Path(__file__).parent / "../resources/org/csmoe/sampling/descriptors/golden.json"
RASTERS = {
    "around the globe, 2 degrees": (Affine(2, 0, -180, 0, -2, 90), 180, 90),
    "region, a tenth of a degree": (Affine(0.1, 0, 5, 0, -0.1, 60), 150, 110),
    "10 m at the equator": (Affine(1 / 12000, 0, 6, 0, -1 / 12000, 0.01), 300, 250),
    "far north": (Affine(0.05, 0, 10, 0, -0.025, 83), 120, 130),
    "turned": (Affine(0.08, 0.03, -70, 0.02, -0.06, -30), 140, 120),
    "south up": (Affine(0.1, 0, 20, 0, 0.1, -10), 100, 90),
}


def codes(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return (7 * x + 13 * y + x * y) % 11


def areas(transform, width, height):
    """Square kilometres of each pixel: between two parallels on the sphere, or by its centre."""
    y, x = np.mgrid[0:height, 0:width]
    if transform.b == 0 and transform.d == 0:
        north = np.radians(transform.f + y * transform.e)
        south = np.radians(transform.f + (y + 1) * transform.e)
        return RADIUS**2 * np.radians(abs(transform.a)) * np.abs(np.sin(north) - np.sin(south))
    latitude = transform.f + (x + 0.5) * transform.d + (y + 0.5) * transform.e
    return RADIUS**2 * np.radians(1) ** 2 * abs(transform.determinant) * np.cos(np.radians(latitude))


def star(random, width, height, corners):
    """A star around a point of the raster, in columns and rows; may leave the raster."""
    centre = random.uniform([0, 0], [width, height])
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    radius = random.uniform(0.1, 0.6, corners) * min(width, height)
    ring = centre + np.stack([np.cos(angles) * radius, np.sin(angles) * radius], axis=1)
    hole = centre + (ring - centre) * random.uniform(0.2, 0.7)
    return shapely.Polygon(ring, [hole]) if random.random() < 0.5 else shapely.Polygon(ring)


def footprints(random, transform, width, height):
    shapes = [star(random, width, height, n) for n in (3, 4, 5, 9, 30)]
    shapes.append(shapely.MultiPolygon([shapely.box(1.2, 2.3, 9.7, 8.8), shapely.box(11.1, 2, 14.3, 21.7)]))
    shapes.append(shapely.box(3.6, 3.6, 4.4, 4.4))  # holds no centre
    for shape in shapes:
        placed = shapely.transform(
            shape, lambda p: np.round(np.stack(transform * (p[:, 0], p[:, 1]), axis=1), 9))
        west, south, east, north = placed.bounds
        if placed.is_valid and -180 < west and east < 180 and -90 < south and north < 90:
            yield placed


def main():
    random = np.random.default_rng(20240305)
    cases = []
    for name, (transform, width, height) in RASTERS.items():
        grid, area = codes(width, height), areas(transform, width, height)
        shapes = []
        for shape in footprints(random, transform, width, height):
            inside = geometry_mask([shape], (height, width), transform, all_touched=False, invert=True)
            found = {int(c): float(area[inside & (grid == c)].sum()) for c in np.unique(grid[inside])}
            shapes.append({"wkt": shapely.to_wkt(shape, rounding_precision=9), "pixels": int(inside.sum()),
                           "noData": found.pop(0, 0.0), "areas": found})
        columns = random.uniform(-2, width + 2, 60)
        rows = random.uniform(-2, height + 2, 60)
        lon, lat = (np.round(v, 9) for v in transform * (columns, rows))
        keep = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        lon, lat = lon[keep], lat[keep]
        r, c = (np.asarray(v) for v in rowcol(transform, lon, lat))
        inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
        expected = [int(grid[i, j]) if ok else -1 for i, j, ok in zip(r, c, inside)]
        cases.append({"name": name, "transform": list(transform)[:6], "width": width, "height": height,
                      "longitudes": lon.tolist(), "latitudes": lat.tolist(), "classes": expected,
                      "footprints": shapes})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(cases) + "\n")


main()
