"""Writes golden.csv: means and single pixels of real samples, read by rasterio, Pillow and lmdb.

Usage: make_golden.py DATA_FOLDER GOLDEN.csv   (numpy, rasterio, pillow, lmdb, safetensors)
"""

import csv
import glob
import os
import sys

import lmdb
import numpy as np
import rasterio
from PIL import Image
from safetensors.numpy import load

S2 = ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"]
L2A = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]
L1C = L2A[:10] + ["B10"] + L2A[10:]
EUROSAT = [b for b in L1C if b not in ("B8A",)][:8] + ["B09", "B10", "B11", "B12", "B8A"]
data, target = sys.argv[1:3]
out = csv.writer(open(target, "w", newline=""), lineterminator="\n")
out.writerow(["folder", "id", "sensor", "band", "mean", "x", "y", "value"])


def emit(folder, name, sensor, bands):
    rng = np.random.default_rng(abs(hash_of(name)))
    size = max(a.shape[0] for a in bands.values())
    for band, a in bands.items():
        a = a.astype(np.float64)
        factor = size // a.shape[0]
        a = np.repeat(np.repeat(a, factor, 0), factor, 1)
        if sensor == "s2" and not name.endswith("jpg"):
            a[a == 0] = np.nan
        x, y = rng.integers(0, size, 2)
        out.writerow([folder, name.removesuffix("jpg"), sensor, band, repr(float(np.nanmean(a))), x, y, repr(float(a[y, x]))])


def hash_of(text):
    return sum(ord(c) * (i + 1) for i, c in enumerate(text))


def path(*parts):
    return os.path.join(data, *parts)


def single(pattern):
    return rasterio.open(glob.glob(pattern)[0]).read(1)


def stacked(file, order, wanted):
    with rasterio.open(file) as d:
        return {b: d.read(order.index(b) + 1) for b in wanted}


for name in ["282D_485L_3_3", "38D_378R_2_3", "637U_59R_1_3"]:
    emit("terramesh-majortom", name, "s1", stacked(path("terramesh-majortom", "S1RTC", name + ".tif"), ["VV", "VH"], ["VV", "VH"]))
    emit("terramesh-majortom", name, "s2", stacked(path("terramesh-majortom", "S2L2A", name + ".tif"), L2A, S2))

native = sorted(os.listdir(path("bigearthnet-v2", "native")))
for name in [native[0], native[7]]:
    for sensor, bands in (("s1", ["VV", "VH"]), ("s2", S2)):
        emit("bigearthnet-v2/native", name, sensor, {b: single(path("bigearthnet-v2/native", name, f"{name}_{b}.tif")) for b in bands})

for file in sorted(glob.glob(path("bigearthnet-v2/stacked/*_s2.tif")))[:2]:
    name = os.path.basename(file)[:-7]
    emit("bigearthnet-v2/stacked", name, "s1", stacked(file[:-7] + "_s1.tif", ["VH", "VV"], ["VV", "VH"]))
    emit("bigearthnet-v2/stacked", name, "s2", stacked(file, L2A, S2))

for i in (0, 1):
    s1 = sorted(glob.glob(path("ssl4eo-s12/s1/0000200/*")), key=lambda p: p.split("_")[-6])[i]
    s2 = sorted(glob.glob(path("ssl4eo-s12/s2a/0000200/*")))[i]
    emit("ssl4eo-s12", f"0000200_{i}", "s1", {b: single(os.path.join(s1, b + ".tif")) for b in ("VV", "VH")})
    emit("ssl4eo-s12", f"0000200_{i}", "s2", {b: single(os.path.join(s2, b.replace("B0", "B") + ".tif")) for b in S2})

chip = path("sen1floods11", "Spain_7370579_")
emit("sen1floods11", "Spain_7370579", "s1", stacked(chip + "S1Hand.tif", ["VV", "VH"], ["VV", "VH"]))
emit("sen1floods11", "Spain_7370579", "s2", stacked(chip + "S2Hand.tif", L1C, S2))

core = glob.glob(path("major-tom-core/S2L2A/199U/199U_1099R/*"))[0]
emit("major-tom-core", "199U_1099R_" + os.path.basename(core), "s2", {b: single(os.path.join(core, b + ".tif")) for b in S2})

for file in ("AnnualCrop/AnnualCrop_1", "Pasture/Pasture_300", "SeaLake/SeaLake_3000"):
    emit("eurosat-ms", os.path.basename(file), "s2", stacked(path("eurosat-ms", file + ".tif"), EUROSAT, S2))

rows = list(csv.DictReader(open(path("eurosat-rgb", "labels.csv"))))
for row in (rows[0], rows[433], rows[999]):
    rgb = np.asarray(Image.open(path("eurosat-rgb", row["file"])).convert("RGB")).astype(np.float64) * 2750 / 255
    name = os.path.basename(row["file"])[:-4] + "jpg"
    emit("eurosat-rgb", name, "s2", {b: rgb[:, :, i] for i, b in enumerate(["B04", "B03", "B02"])})

env = lmdb.open(path("bigearthnet-v2", "rico-lmdb"), readonly=True, lock=False)
with env.begin() as transaction:
    for key, value in transaction.cursor():
        sensor = "s1" if key.startswith(b"S1") else "s2"
        emit("bigearthnet-v2/rico-lmdb", key.decode(), sensor, load(bytes(value)) if sensor == "s1" else {b: load(bytes(value))[b] for b in S2})
