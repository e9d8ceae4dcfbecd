"""Writes the golden GeoTIFFs with GDAL, and what GDAL reads from them as golden.csv.

Usage: python3 make_golden.py <folder>        (needs GDAL's Python bindings, made with GDAL 3.6.2)

Pixel (x, y) of band b, from 0, holds base = 7 x + 13 y + 29 b: 8-bit types base modulo 128, integers
base * 31, floats base / 8 - 20; signed 8-bit minus 64, other signed integers minus 1500.
The reader's test computes the same values.
"""

import csv
import itertools
import sys

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()
WIDTH, HEIGHT, BANDS = 21, 19, 2
TYPES = {
    "UINT8": gdal.GDT_Byte,
    "INT8": gdal.GDT_Byte,
    "UINT16": gdal.GDT_UInt16,
    "INT16": gdal.GDT_Int16,
    "UINT32": gdal.GDT_UInt32,
    "INT32": gdal.GDT_Int32,
    "FLOAT32": gdal.GDT_Float32,
    "FLOAT64": gdal.GDT_Float64,
}


def pixels(kind, band):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    base = 7 * x + 13 * y + 29 * band
    if kind == "INT8":
        return (base % 128 - 64).astype(np.int8).view(np.uint8)
    if kind == "UINT8":
        return base % 128
    if kind.startswith("FLOAT"):
        return base / 8 - 20
    return base * 31 - (1500 if kind.startswith("INT") else 0)


def variants():
    """Every type with every compression and predictor; layouts, orders and offsets in rotation."""
    layouts = itertools.cycle(
        itertools.product(("strip", "tile"), ("PIXEL", "BAND"), ("LITTLE", "BIG"), ("NO", "YES"))
    )
    for kind in TYPES:
        for compression in ("NONE", "PACKBITS", "LZW", "DEFLATE"):
            predictors = (1,)
            if compression in ("LZW", "DEFLATE"):
                predictors = (1, 2, 3) if kind.startswith("FLOAT") else (1, 2)
            for predictor in predictors:
                layout, interleave, order, big = next(layouts)
                # GDAL 3.6.2 on a little-endian machine writes swapped samples for this pair.
                order = "LITTLE" if predictor == 3 else order
                yield kind, compression, predictor, layout, interleave, order, big


def create(folder, name, kind, bands, options, size=(WIDTH, HEIGHT)):
    if kind == "INT8":
        options = options + ["PIXELTYPE=SIGNEDBYTE"]
    return gdal.GetDriverByName("GTiff").Create(
        f"{folder}/{name}", size[0], size[1], bands, TYPES[kind], options
    )


def epsg(dataset, code):
    system = osr.SpatialReference()
    system.ImportFromEPSG(code)
    dataset.SetProjection(system.ExportToWkt())


def matrix(folder):
    for kind, compression, predictor, layout, interleave, order, big in variants():
        name = f"{kind}_{compression}{predictor}_{layout}_{interleave}_{order}_{big}.tif".lower()
        options = [f"COMPRESS={compression}", f"INTERLEAVE={interleave}", f"ENDIANNESS={order}", f"BIGTIFF={big}"]
        if compression in ("LZW", "DEFLATE"):
            options.append(f"PREDICTOR={predictor}")
        if layout == "tile":
            options += ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]
        else:
            options.append("BLOCKYSIZE=8")
        dataset = create(folder, name, kind, BANDS, options)
        for band in range(BANDS):
            dataset.GetRasterBand(band + 1).WriteArray(pixels(kind, band))
        yield name


def georeferenced(folder):
    dataset = create(folder, "geo_projected.tif", "INT16", 2, [])
    epsg(dataset, 32632)
    dataset.SetGeoTransform((600000, 10, 0, 5300040, 0, -10))
    for band, text in enumerate(("B02", "B8A & <SWIR>")):
        dataset.GetRasterBand(band + 1).SetDescription(text)
        dataset.GetRasterBand(band + 1).SetNoDataValue(-1500)
        dataset.GetRasterBand(band + 1).WriteArray(pixels("INT16", band))
    yield "geo_projected.tif"
    dataset = create(folder, "geo_point.tif", "FLOAT32", 2, [])
    dataset.SetMetadataItem("AREA_OR_POINT", "Point")
    epsg(dataset, 4326)
    dataset.SetGeoTransform((11.5, 0.25, 0, 48.25, 0, -0.25))
    for band in range(2):
        dataset.GetRasterBand(band + 1).SetNoDataValue(float("nan"))
        dataset.GetRasterBand(band + 1).WriteArray(pixels("FLOAT32", band))
    yield "geo_point.tif"
    dataset = create(folder, "geo_rotated.tif", "UINT8", 2, [])
    epsg(dataset, 3035)
    dataset.SetGeoTransform((4000000, 8, 6, 3000000, 6, -8))
    for band in range(2):
        dataset.GetRasterBand(band + 1).WriteArray(pixels("UINT8", band))
    yield "geo_rotated.tif"
    # Tiles larger than the raster, as in Major TOM Core.
    options = ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "COMPRESS=LZW"]
    dataset = create(folder, "large_tile.tif", "UINT16", 2, options)
    for band in range(2):
        dataset.GetRasterBand(band + 1).WriteArray(pixels("UINT16", band))
    yield "large_tile.tif"


def main(folder):
    names = list(matrix(folder)) + list(georeferenced(folder))
    with open(f"{folder}/golden.csv", "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(
            ("file", "epsg", "transform", "noData", "names", "checksum0", "checksum1", "block", "big")
        )
        for name in names:
            dataset = gdal.Open(f"{folder}/{name}")
            bands = [dataset.GetRasterBand(i + 1) for i in range(BANDS)]
            system = dataset.GetSpatialRef()
            with open(f"{folder}/{name}", "rb") as file:
                big = 43 in file.read(4)
            transform = dataset.GetGeoTransform(can_return_null=True)
            table.writerow(
                (
                    name,
                    system.GetAuthorityCode(None) if system else "",
                    " ".join(map(repr, transform)) if transform else "",
                    "" if bands[0].GetNoDataValue() is None else bands[0].GetNoDataValue(),
                    "|".join(band.GetDescription() for band in bands),
                    bands[0].Checksum(),
                    bands[1].Checksum(),
                    "x".join(map(str, bands[0].GetBlockSize())),
                    big,
                )
            )


main(sys.argv[1])
