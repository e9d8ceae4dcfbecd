"""Writes small TIFFs of rarer samples, and GDAL's checksums of them as samples.csv.

Usage: python3 make_samples.py <folder>        (needs rasterio and numpy; made with GDAL 3.10.3)

Narrow integers and ZSTD are written by GDAL; what GDAL does not write (old LZW, reversed bits, floats
of 24 bits, uncompressed YCbCr) is put together here and read by GDAL. Columns: file, data type, bands,
then a checksum per band.
"""

import csv
import struct
import sys

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning
import warnings

warnings.simplefilter("ignore", NotGeoreferencedWarning)
WIDTH, HEIGHT = 21, 19


def base(bands, modulo):
    band, y, x = np.mgrid[0:bands, 0:HEIGHT, 0:WIDTH]
    return (7 * x + 13 * y * y + 29 * band) * 37 % modulo


def write(folder, name, data, **options):
    profile = dict(driver="GTiff", width=WIDTH, height=HEIGHT, count=len(data), dtype=data.dtype)
    with rasterio.open(f"{folder}/{name}", "w", **profile, **options) as out:
        out.write(data)
    return name


def narrow(folder):
    layouts = [
        dict(interleave="pixel"),
        dict(interleave="band", compress="deflate", tiled=True, blockxsize=16, blockysize=16),
        dict(interleave="pixel", compress="lzw", endianness="BIG"),
        dict(interleave="pixel", compress="packbits", tiled=True, blockxsize=16, blockysize=16),
    ]
    for bits in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 20, 24, 31):
        layout = layouts[bits % 4]
        kind = np.uint8 if bits < 8 else np.uint16 if bits < 16 else np.uint32
        data = (base(2, 1 << bits) if bits < 16 else base(2, 1 << 16) * (1 << (bits - 16))).astype(kind)
        yield write(folder, f"narrow_{bits:02d}.tif", data, nbits=bits, **layout)
    for order in ("LITTLE", "BIG"):
        for predictor in (1, 2, 3) if order == "LITTLE" else (1, 2):
            yield write(
                folder, f"half_{predictor}_{order.lower()}.tif",
                (base(2, 2048) / 16 - 100).astype(np.float32),
                nbits=16, endianness=order, compress="deflate", predictor=predictor, interleave="pixel",
            )


def zstd(folder):
    for kind, predictor in (("uint8", 1), ("int16", 2), ("float32", 3), ("float64", 1)):
        data = (base(2, 200) - (100 if kind[0] != "u" else 0)).astype(kind)
        for layout in (dict(interleave="pixel"), dict(tiled=True, blockxsize=16, blockysize=16)):
            yield write(
                folder, f"zstd_{kind}_{'tile' if 'tiled' in layout else 'strip'}.tif", data,
                compress="zstd", predictor=predictor, **layout,
            )
    yield write(
        folder, "cmyk.tif", base(4, 256).astype(np.uint8), photometric="CMYK", interleave="pixel"
    )


def tiff(folder, name, strips, order="<", **tags):
    """One strip or several, then the directory; every tag is a list of SHORTs or pairs (RATIONALs)."""
    codes = dict(
        width=256, height=257, bits=258, compression=259, photometric=262, fill=266, samples=277,
        rows=278, weights=529, subsampling=530, range=532, format=339,
    )
    entries = {codes[tag]: value for tag, value in tags.items()}
    data = b"".join(strips)
    entries[273] = [8 + sum(map(len, strips[:i])) for i in range(len(strips))]
    entries[279] = [len(strip) for strip in strips]
    directory = 8 + len(data) + len(data) % 2
    extra = directory + 2 + 12 * len(entries) + 4
    head, tail = struct.pack(order + "H", len(entries)), b""
    for code, values in sorted(entries.items()):
        rational = isinstance(values[0], tuple)
        flat = [part for value in values for part in value] if rational else values
        body = struct.pack(order + ("I" if rational else "H") * len(flat), *flat)
        head += struct.pack(order + "HHI", code, 5 if rational else 3, len(values))
        if len(body) <= 4:
            head += body.ljust(4, b"\0")
        else:
            head += struct.pack(order + "I", extra + len(tail))
            tail += body
    with open(f"{folder}/{name}", "wb") as out:
        out.write((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, directory))
        out.write(data + b"\0" * (len(data) % 2) + head + b"\0" * 4 + tail)
    return name


def old_lzw(data):
    """LZW of before TIFF 6.0: least significant bit first, widened when the table is full."""
    bits, count, out = 0, 0, bytearray()
    table, width, string = {}, 9, b""

    def emit(code):
        nonlocal bits, count
        bits |= code << count
        count += width
        while count >= 8:
            out.append(bits & 255)
            bits >>= 8
            count -= 8

    def code(string):
        return string[0] if len(string) == 1 else table[string]

    emit(256)
    for value in data:
        longer = string + bytes([value])
        if len(longer) == 1 or longer in table:
            string = longer
            continue
        emit(code(string))
        table[longer] = 258 + len(table)
        string = bytes([value])
        if 258 + len(table) > 1 << width:
            width += 1
        if 258 + len(table) == 4094:
            emit(code(string))
            emit(256)
            table, width, string = {}, 9, b""
    if string:
        emit(code(string))
    emit(257)
    return bytes(out) + bytes([bits & 255])


def reverse(data):
    return bytes(int(f"{value:08b}"[::-1], 2) for value in data)


def triple(value):
    """A float of 24 bits: sign, 7 bits of exponent, 16 of fraction."""
    bits = struct.unpack(">I", struct.pack(">f", value))[0]
    exponent = (bits >> 23 & 255) - 127 + 63 if bits << 1 & 0xFFFFFFFF else 0
    return bits >> 31 << 23 | exponent << 16 | bits >> 7 & 0xFFFF


def handmade(folder):
    grey = dict(width=[WIDTH], height=[HEIGHT], samples=[1], photometric=[1], rows=[HEIGHT])
    large = np.random.default_rng(3).integers(0, 40, 120 * 100, dtype=np.uint8).tobytes()
    yield tiff(
        folder, "old_lzw.tif", [old_lzw(large)], bits=[8], compression=[5],
        **{**grey, "width": [120], "height": [100], "rows": [100]},
    )
    small = base(1, 256).astype(np.uint8).tobytes()
    yield tiff(folder, "reversed.tif", [reverse(small)], bits=[8], compression=[1], fill=[2], **grey)
    packed = np.packbits(base(1, 2).astype(np.uint8)[0], axis=1)
    yield tiff(
        folder, "reversed_1.tif", [reverse(packed[:10].tobytes()), reverse(packed[10:].tobytes())],
        bits=[1], compression=[1], fill=[2], **{**grey, "rows": [10]},
    )
    values = [value / 16 - 100 for value in base(1, 2048).ravel()]
    for order in "<>":
        strip = b"".join(
            triple(value).to_bytes(3, "little" if order == "<" else "big") for value in values
        )
        name = "triple_little.tif" if order == "<" else "triple_big.tif"
        yield tiff(folder, name, [strip], order, bits=[24], compression=[1], format=[3], **grey)
    for across, down in ((1, 1), (2, 1), (2, 2), (4, 2), (4, 4)):
        units = -(-WIDTH // across) * -(-HEIGHT // down)
        strip = bytes(97 * i * i % 251 for i in range(units * (across * down + 2)))
        yield tiff(
            folder, f"ycbcr_{across}{down}.tif", [strip], bits=[8, 8, 8], compression=[1],
            **{**grey, "samples": [3], "photometric": [6]}, subsampling=[across, down],
            **(dict(range=[(15, 1), (235, 1), (128, 1), (240, 1), (128, 1), (240, 1)],
                    weights=[(2125, 10000), (7154, 10000), (721, 10000)]) if down == 2 else {}),
        )


def main(folder):
    names = [*narrow(folder), *zstd(folder), *handmade(folder)]
    with open(f"{folder}/samples.csv", "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("file", "type", "bands", "checksums"))
        for name in names:
            with rasterio.open(f"{folder}/{name}") as raster:
                sums = " ".join(str(raster.checksum(band)) for band in raster.indexes)
                table.writerow((name, raster.dtypes[0], raster.count, sums))


main(sys.argv[1])
