"""Checks `csmoe patches` with other software: rasterio, numpy, pyproj, safetensors, pyarrow.

    python check_patches.py make CORE TWIN    # a copy of CORE's whole S2 tiles with made-up S1 tiles,
                                              # some pixels invalid, as folders and as Parquet files
    csmoe patches --s2 TWIN --s1 TWIN --output OUT --seed 3
    csmoe patches --s2 TWIN/parquet/S2L2A --s1 TWIN/parquet/S1RTC --output OUT2 --seed 3
    python check_patches.py check TWIN OUT    # cuts TWIN again in numpy and compares everything
    cmp OUT/shard-00000.safetensors OUT2/shard-00000.safetensors

Needs: pip install rasterio pyproj safetensors pyarrow
"""

import glob
import hashlib
import json
import os
import shutil
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
from pyproj import Transformer
from safetensors import safe_open

S2 = "B02 B03 B04 B05 B06 B07 B08 B8A B11 B12".split()
S1 = ["vv", "vh"]
PATCH = 120


def products(root):
    return sorted(glob.glob(os.path.join(root, "S2L2A", "*", "*", "*")))


def make(core, twin):
    rng = np.random.default_rng(1)
    for source in products(core):
        if not os.path.exists(os.path.join(source, "B02.tif")):
            continue
        target = os.path.join(twin, os.path.relpath(source, core))
        shutil.copytree(source, target)
        with rasterio.open(os.path.join(target, "B04.tif")) as tif:
            profile, red = tif.profile, tif.read(1)
        red[400:460, 250:300] = 0
        red[700, 500] = 0
        with rasterio.open(os.path.join(target, "B04.tif"), "w", **profile) as tif:
            tif.write(red, 1)
        cell = os.path.dirname(target)
        radar = os.path.join(cell.replace("S2L2A", "S1RTC"), "S1A_IW_GRDH_made_up_rtc")
        os.makedirs(radar)
        profile.update(dtype="float32", nodata=-32768, compress="deflate")
        for band in S1:
            power = (rng.gamma(4, 0.25, red.shape) * (0.01 + red / 30000)).astype("float32")
            rows, columns = np.indices(red.shape)
            power[columns + rows // 2 < 170] = -32768
            power[500, 900] = 0
            with rasterio.open(os.path.join(radar, band + ".tif"), "w", **profile) as tif:
                tif.write(power, 1)
    for modality, bands in (("S2L2A", S2 + ["B01", "B09"]), ("S1RTC", S1)):
        folder = os.path.join(twin, "parquet", modality)
        os.makedirs(folder)
        rows = []
        for product in sorted(glob.glob(os.path.join(twin, modality, "*", "*", "*"))):
            row = {"product_id": os.path.basename(product), "product_datetime": "2020"}
            row["grid_cell"] = os.path.basename(os.path.dirname(product))
            row["thumbnail"] = b"no picture"
            for band in bands:
                with open(os.path.join(product, band + ".tif"), "rb") as file:
                    row[band] = file.read()
            rows.append(row)
        table = pa.Table.from_pylist(rows)
        pq.write_table(table, os.path.join(folder, "part_00000.parquet"), row_group_size=1)


def read(product, band):
    with rasterio.open(os.path.join(product, band + ".tif")) as tif:
        return tif.read(1), tif.transform, tif.crs.to_epsg(), tif.nodata


def check(twin, out):
    lines = [json.loads(line) for line in open(os.path.join(out, "index.jsonl"))]
    settings = json.load(open(os.path.join(out, "settings.json")))
    assert settings["s2Bands"] == S2 and settings["s1Bands"] == ["VV", "VH"]
    kept = 0
    for product in products(twin):
        cell = os.path.basename(os.path.dirname(product))
        radar = glob.glob(os.path.join(twin, "S1RTC", "*", cell, "*"))[0]
        fine, transform, epsg, _ = read(product, "B02")
        s2 = np.stack(
            [np.kron(b, np.ones((len(fine) // len(b),) * 2, b.dtype)) for b in (read(product, n)[0] for n in S2)]
        )
        power = np.stack([read(radar, n)[0] for n in S1]).astype("float64")
        power[(power == -32768) | ~(power > 0)] = np.nan
        s1 = 10 * np.log10(power)
        degrees = Transformer.from_crs(epsg, 4326, always_xy=True)
        for row in range(len(fine) // PATCH):
            for column in range(fine.shape[1] // PATCH):
                window = np.s_[:, row * PATCH : (row + 1) * PATCH, column * PATCH : (column + 1) * PATCH]
                if (s2[window] == 0).any() or np.isnan(s1[window]).any():
                    continue
                line = lines[kept]
                name = f"{cell}_{row}_{column}"
                assert line["id"] == name, (line, name)
                hashed = hashlib.sha256(f"{settings['seed']}:{name}".encode()).digest()
                share = int.from_bytes(hashed[:8], "big") / 2**64
                assert (line["split"] == "validation") == (share < 0.05), line
                x, y = transform * (column * PATCH, row * PATCH)
                assert abs(line["x"] - x) < 1e-6 and abs(line["y"] - y) < 1e-6, line
                longitude, latitude = degrees.transform(x + 5 * PATCH, y - 5 * PATCH)
                assert abs(line["longitude"] - longitude) < 1e-9, line
                assert abs(line["latitude"] - latitude) < 1e-9, line
                with safe_open(os.path.join(out, f"shard-{line['shard']:05d}.safetensors"), "np") as shard:
                    assert json.loads(shard.metadata()["patches"])[line["position"]] == line
                    values = shard.get_slice("s2")[line["position"]]
                    assert values.dtype == np.uint16 and (values == s2[window]).all(), name
                    values = shard.get_slice("s1")[line["position"]]
                    # float32 of a double: half a unit in the last place of numbers up to 64
                    assert values.dtype == np.float32 and abs(values - s1[window]).max() < 4e-6, name
                kept += 1
    assert kept == len(lines), (kept, len(lines))
    print(kept, "patches are what rasterio and numpy cut")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](*sys.argv[2:])
