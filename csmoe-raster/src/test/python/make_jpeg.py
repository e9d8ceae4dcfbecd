"""Writes small JPEG TIFFs, and what two builds of GDAL make of them as jpeg.csv.

Usage: python3 make_jpeg.py <folder>      (needs rasterio, numpy and Pillow; made with GDAL 3.10.3)

Wheels of rasterio are linked with libjpeg 9, which interpolates chrominance in another way than libjpeg 6b,
libjpeg-turbo and the JDK do; where chrominance has fewer samples they differ. The program gdalinfo must be that of
a GDAL linked with libjpeg-turbo, as Debian's is (made with GDAL 3.6.2); its checksums are the first list.
Columns: file, bands, checksums of gdalinfo, checksums of rasterio. In *_libjpeg9.tif are rasterio's pixels.
"""

import csv
import io
import re
import struct
import subprocess
import sys
import warnings

import numpy as np
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning

warnings.simplefilter("ignore", NotGeoreferencedWarning)
WIDTH, HEIGHT = 45, 37
COPIES = ("ycbcr_21_whole.tif", "ycbcr_22_strip.tif", "ycbcr_22_tile.tif", "ycbcr_41_whole.tif")


def picture(bands, width=WIDTH, height=HEIGHT):
    """Waves with a sharp edge, as coasts have."""
    band, y, x = np.mgrid[0:bands, 0:height, 0:width].astype(float)
    waves = 110 + 60 * np.sin(x / 7 + band) + 40 * np.cos(y / 5 - 2 * band)
    return np.where(x + 2 * y > 70, waves, 190 - waves / 2 - 40 * band).clip(0, 255).astype(np.uint8)


def write(folder, name, bands, **options):
    profile = dict(driver="GTiff", width=WIDTH, height=HEIGHT, count=bands, dtype="uint8", compress="jpeg")
    with rasterio.open(f"{folder}/{name}", "w", **profile, **options) as out:
        out.write(picture(bands))
    return name


def by_gdal(folder):
    tiles = dict(tiled=True, blockxsize=16, blockysize=16)
    strips = dict(blockysize=16)
    yield write(folder, "grey_strip.tif", 1, endianness="BIG", **strips)
    yield write(folder, "grey_tile.tif", 1, jpeg_quality=30, **tiles)
    yield write(folder, "two_band_tile.tif", 2, interleave="band", **tiles)
    yield write(folder, "two_pixel_tile.tif", 2, interleave="pixel", **tiles)
    yield write(folder, "rgb_pixel_tile.tif", 3, photometric="RGB", interleave="pixel", **tiles)
    yield write(folder, "rgb_band_strip.tif", 3, photometric="RGB", interleave="band", **strips)
    yield write(folder, "rgba_pixel_strip.tif", 4, photometric="RGB", alpha="yes", interleave="pixel", **strips)
    yield write(folder, "cmyk_pixel_tile.tif", 4, photometric="CMYK", interleave="pixel", **tiles)
    yield write(folder, "ycbcr_22_strip.tif", 3, photometric="YCBCR", interleave="pixel", **strips)
    yield write(folder, "ycbcr_22_tile.tif", 3, photometric="YCBCR", interleave="pixel", **tiles)


def tiff(folder, name, stream, width, height, photometric, **tags):
    """A strip that is a whole JPEG file, then the directory; all values are SHORTs."""
    entries = {
        256: [width], 257: [height], 258: [8, 8, 8], 259: [7], 262: [photometric], 273: [8], 277: [3], 278: [height],
        279: [len(stream)],
    }
    entries.update({int(code[1:]): values for code, values in tags.items()})
    directory = 8 + len(stream) + len(stream) % 2
    extra = directory + 2 + 12 * len(entries) + 4
    head, tail = struct.pack("<H", len(entries)), b""
    for code, values in sorted(entries.items()):
        body = struct.pack(f"<{len(values)}H", *values)
        head += struct.pack("<HHI", code, 3, len(values))
        head += body.ljust(4, b"\0") if len(body) <= 4 else struct.pack("<I", extra + len(tail))
        tail += body if len(body) > 4 else b""
    with open(f"{folder}/{name}", "wb") as out:
        out.write(struct.pack("<2sHI", b"II", 42, directory) + stream + b"\0" * (len(stream) % 2))
        out.write(head + b"\0" * 4 + tail)
    return name


def jpeg(size, factors, **options):
    """A JPEG file in YCbCr; the sampling factors of luminance may be replaced by others of the same number."""
    out = io.BytesIO()
    pixels = picture(3, *size).transpose(1, 2, 0)
    Image.fromarray(pixels).save(out, "JPEG", quality=80, **options)
    stream = bytearray(out.getvalue())
    stream[stream.index(b"\xff\xc0") + 11] = factors
    return bytes(stream)


def by_hand(folder):
    """Streams with a JFIF marker; tags that contradict them; other subsamplings; restart markers; many tables."""
    size = (WIDTH, HEIGHT)
    yield tiff(folder, "ycbcr_11_whole.tif", jpeg(size, 0x11, subsampling=0), *size, 6, _530=[1, 1])
    yield tiff(folder, "ycbcr_21_whole.tif", jpeg(size, 0x21, subsampling=1), *size, 6, _530=[2, 1])
    yield tiff(folder, "ycbcr_22_untold.tif", jpeg(size, 0x22, subsampling=2), *size, 6)
    whole = (32, 32)  # 2 x 2 blocks of luminance become 4 x 1: another picture, but a valid one
    yield tiff(folder, "ycbcr_41_whole.tif", jpeg(whole, 0x41, subsampling=2), *whole, 6, _530=[4, 1])
    yield tiff(
        folder, "ycbcr_22_restart.tif", jpeg(size, 0x22, subsampling=2, restart_marker_blocks=2), *size, 6, _530=[2, 2]
    )
    # Coded as YCbCr says its marker, but RGB says the tag, and the tag counts.
    yield tiff(folder, "rgb_jfif.tif", jpeg(size, 0x11, subsampling=0), *size, 2)
    yield tiff(folder, "rgb_reversed.tif", jpeg(size, 0x11, subsampling=0, keep_rgb=True), *size, 2, _266=[2])
    # One row more than the strip has blocks for: a last strip may have the rows of a full one.
    yield tiff(folder, "rgb_last_strip.tif", jpeg(size, 0x11, subsampling=0), *size, 2, _257=[30], _278=[37])


def main(folder):
    names = [*by_gdal(folder), *by_hand(folder)]
    with open(f"{folder}/jpeg.csv", "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("file", "bands", "turbo", "libjpeg9"))
        for name in names:
            path = f"{folder}/{name}"
            told = subprocess.run(["gdalinfo", "-checksum", path], capture_output=True, text=True, check=True).stdout
            with rasterio.open(path) as raster:
                sums = " ".join(str(raster.checksum(band)) for band in raster.indexes)
                table.writerow((name, raster.count, " ".join(re.findall(r"Checksum=(\d+)", told)), sums))
                if name in COPIES:
                    pixels = raster.read()
                    profile = dict(driver="GTiff", width=raster.width, height=raster.height, count=3, dtype="uint8")
                    target = f"{folder}/{name[:-4]}_libjpeg9.tif"
                    with rasterio.open(target, "w", **profile, compress="deflate", predictor=2) as copy:
                        copy.write(pixels)


main(sys.argv[1])
