"""Writes major-tom-grid.csv: names and corners of cells by Major TOM's own grid code.

Usage: python3 major_tom_golden.py <grid.py> <folder>

<grid.py> is MajorTOM/grid.py of github.com/ESA-PhiLab/Major-TOM (made with its state of November
2026, numpy, pandas and geopandas). Of every spacing, some rows across all latitudes are written, and
of these rows the outermost columns, those at longitude 0, and a few between. Twelve rows of the 10 km grid
are always among them: there the original's rounding puts the cell on the antimeridian at the eastern
end of the row.
"""

import csv
import importlib.util
import pathlib
import sys

spec = importlib.util.spec_from_file_location("grid", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

with open(pathlib.Path(sys.argv[2]) / "major-tom-grid.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["kilometres", "rows", "columns", "name", "latitude", "longitude", "epsg"])
    for kilometres in (10, 5, 33.3, 100, 500):
        # Without the constructor, which makes a table of every cell.
        grid = module.Grid.__new__(module.Grid)
        grid.dist = kilometres
        grid.latitude_range = (-85, 85)
        rows, latitudes = grid.get_rows()
        last = len(rows) - 1
        rounded = (502, 518, 521, 581, 794, 800) if kilometres == 10 else ()
        rounded = {list(rows).index(f"{row}{side}") for row in rounded for side in "UD"}
        for row in sorted({0, last // 9, last // 3, last // 2 - 1, last // 2, last // 2 + 7, last - 3, last} | rounded):
            if row > last:
                continue
            columns, longitudes = grid.subdivide_circumference(latitudes[row], return_cols=True)
            end = len(columns) - 1
            for column in sorted({0, 1, end // 3, end // 2, end // 2 + 1, end}):
                longitude, latitude = float(longitudes[column]), float(latitudes[row])
                epsg = module.get_utm_zone_from_latlng([latitude, longitude])
                writer.writerow(
                    [kilometres, len(rows), len(columns), f"{rows[row]}_{columns[column]}", latitude, longitude, epsg]
                )
