"""Reads a GeoTIFF that GeoTiffWriter wrote with GDAL and prints what GDAL sees.

Usage: python3 check_writer.py written.tif > written-gdal.csv

The first line is CRS, transform, compression, interleave and block size; then one line per band:
index, description, checksum, no-data, minimum, maximum, valid pixels.
"""

import sys

import numpy as np
from osgeo import gdal

gdal.UseExceptions()
dataset = gdal.Open(sys.argv[1])
structure = dataset.GetMetadata("IMAGE_STRUCTURE")
print(
    "EPSG:" + dataset.GetSpatialRef().GetAuthorityCode(None),
    *dataset.GetGeoTransform(),
    structure["COMPRESSION"],
    structure["INTERLEAVE"],
    "x".join(map(str, dataset.GetRasterBand(1).GetBlockSize())),
)
for index in range(dataset.RasterCount):
    band = dataset.GetRasterBand(index + 1)
    no_data = band.GetNoDataValue()
    pixels = band.ReadAsArray()
    valid = pixels[~np.isnan(pixels) & (pixels != no_data)].astype(float)
    print(index, band.GetDescription(), band.Checksum(), no_data, valid.min(), valid.max(), valid.size, sep=",")
