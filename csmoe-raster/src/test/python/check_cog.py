"""Checks files of GeoTiffWriter with GDAL and prints what GDAL sees.

Usage: python3 check_cog.py FOLDER > FOLDER/cog-gdal.csv        (needs GDAL's Python bindings, made with GDAL 3.6.2)

FOLDER is what WriterGoldens (a main class among the tests) wrote. Every pixel of a file without overviews is compared with
the formula there, so that an error ends the script. The overviews of a cog_*.tif are compared with those that GDAL builds of
the same pixels; validate_cloud_optimized_geotiff must find neither errors nor warnings.
Lines: file, "valid COG", messages, the EPSG code, transform, no-data value, band names and metadata; file, "checksum", level,
band, size, checksum; file, "as GDAL's", level, band, greatest difference.
"""

import pathlib
import sys

import numpy as np
from osgeo import gdal
from osgeo_utils.samples import validate_cloud_optimized_geotiff as validator

gdal.UseExceptions()


def formula(name, width, height, band):
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    base = (7 * x * x + 13 * y + 29 * band + x * y) % 113
    kind = name.split("_")[0]
    return {
        "uint8": base, "int8": base, "uint16": base * 250, "int16": base * 250 - 12000, "uint32": base * 10000001,
        "int32": base * 10000001 - 10**9, "float32": base / 8 - 5, "float64": base * 1.1 - 5,
    }[kind]


def levels(dataset, band):
    raster = dataset.GetRasterBand(band + 1)
    return [raster, *(raster.GetOverview(i) for i in range(raster.GetOverviewCount()))]


def check_cog(path):
    warnings, errors, _ = validator.validate(str(path), full_check=True)
    assert not warnings and not errors, (path, warnings, errors)
    dataset = gdal.Open(str(path))
    bands = range(dataset.RasterCount)
    metadata = dataset.GetMetadata()
    print(
        path.name, "valid COG", len(warnings) + len(errors), dataset.GetSpatialRef().GetAuthorityCode(None),
        dataset.GetGeoTransform(), dataset.GetRasterBand(1).GetNoDataValue(),
        [dataset.GetRasterBand(band + 1).GetDescription() for band in bands],
        {key: metadata[key] for key in ("LEGEND", "MODEL")}, sep=",",
    )
    plain = gdal.Translate("/vsimem/plain.tif", dataset, format="GTiff", creationOptions=["COPY_SRC_OVERVIEWS=NO"])
    plain.BuildOverviews(
        "NEAREST" if "uint8" in path.name else "AVERAGE",
        [2 ** (i + 1) for i in range(dataset.GetRasterBand(1).GetOverviewCount())],
    )
    for band in bands:
        for level, (ours, gdals) in enumerate(zip(levels(dataset, band), levels(plain, band), strict=True)):
            a, b = ours.ReadAsArray().astype(float), gdals.ReadAsArray().astype(float)
            no_data = ours.GetNoDataValue()
            assert np.array_equal(a == no_data, b == no_data), (path, level, band)
            print(path.name, "as GDAL's", level, band, np.abs(a - b).max(), sep=",")
    plain = None
    gdal.Unlink("/vsimem/plain.tif")


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tif")):
    if path.name.startswith("cog"):
        check_cog(path)
    dataset = gdal.Open(str(path))
    for band in range(dataset.RasterCount):
        if not path.name.startswith("cog"):
            found = dataset.GetRasterBand(band + 1).ReadAsArray()
            expected = formula(path.name, dataset.RasterXSize, dataset.RasterYSize, band).astype(found.dtype)
            assert np.array_equal(found, expected), (path, band)
        for level, image in enumerate(levels(dataset, band)):
            print(path.name, "checksum", level, band, f"{image.XSize}x{image.YSize}", image.Checksum(), sep=",")
