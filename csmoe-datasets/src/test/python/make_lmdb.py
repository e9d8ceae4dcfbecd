"""Writes small LMDBs and a Parquet table of labels for the tests.

Usage: make_lmdb.py RESOURCES   (lmdb, numpy, pyarrow, safetensors)

branches.mdb  2,000 keys of which every third is deleted again: branch pages, pages of the free list
values.mdb    values of 0 to 40,000 bytes: inline, at the border of a page, on overflow pages
empty.mdb     no key
named.mdb     one with a named database: to be refused
pair.mdb      one pair as rico-hdl writes it, 4 x 4 pixels: band i of 10 m has the values 100 i + pixel
metadata.parquet  rows in the form of BigEarthNet v2's table, two of them real

The value of a key is the function value() below, which the tests repeat.
"""

import os
import shutil
import sys
import tempfile

import lmdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save

target = sys.argv[1]
SIZES = [0, 1, 100, 1900, 2000, 2020, 2030, 2040, 2100, 4070, 4080, 4090, 9000, 40000]


def value(key, size):
    return bytes((sum(key) + 31 * i) % 251 for i in range(size))


def write(name, fill, named=False):
    folder = tempfile.mkdtemp()
    env = lmdb.open(folder, map_size=1 << 24, max_dbs=2 if named else 0)
    db = env.open_db(b"inner") if named else env.open_db()
    for step in fill:
        with env.begin(write=True, db=db) as transaction:
            step(transaction)
    env.close()
    shutil.copy(os.path.join(folder, "data.mdb"), os.path.join(target, name))
    shutil.rmtree(folder)


def key(i):
    return b"key-%05d" % (i * 7919 % 100_000)


write("branches.mdb", [
    lambda t: [t.put(key(i), value(key(i), i % 5)) for i in range(2000)],
    lambda t: [t.delete(key(i)) for i in range(0, 2000, 3)],
])
write("values.mdb", [lambda t: [t.put(b"size-%d" % s, value(b"size-%d" % s, s)) for s in SIZES]])
write("empty.mdb", [lambda t: None])
write("named.mdb", [lambda t: t.put(b"k", b"v")], named=True)

rows = [
    ("S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_57", "S1A_IW_GRDH_1SDV_20170613T165043_33UUP_26_57",
     ["Beaches, dunes, sands", "Urban fabric"], "train", "Austria"),
    ("S2B_MSIL2A_20170731T101031_N9999_R022_T34TDR_01_02", "S1B_IW_GRDH_1SDV_20170731T165043_34TDR_1_2",
     ["Arable land"], "validation", "Serbia"),
    ("S2B_MSIL2A_20170901T101031_N9999_R022_T34TDR_01_02", "S1B_IW_GRDH_1SDV_20170901T165043_34TDR_1_2",
     ["Arable land", "Pastures"], "test", "Serbia"),
    ("S2B_MSIL2A_20171130T101031_N9999_R022_T34TDR_01_02", "S1B_IW_GRDH_1SDV_20171130T165043_34TDR_1_2",
     ["Arable land"], "test", "Finland"),
    ("S2B_MSIL2A_20170830T101031_N9999_R022_T34TDR_03_04", "S1B_IW_GRDH_1SDV_20170830T165043_34TDR_3_4",
     ["Transitional woodland, shrub"], "test", "Serbia"),
    ("S2B_MSIL2A_20171231T101031_N9999_R022_T34TDR_01_02", "S1B_IW_GRDH_1SDV_20171231T165043_34TDR_1_2",
     ["Agro-forestry areas"], "train", "Portugal"),
    ("S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_75_43", "S1A_IW_GRDH_1SDV_20170613T165043_33UUP_75_43",
     ["Arable land"], "validation", "Austria"),
    ("S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_70_48", "S1A_IW_GRDH_1SDV_20170613T165043_33UUP_70_48",
     ["Arable land"], "validation", "Austria"),
]
FINE = ["B02", "B03", "B04", "B08"]
COARSE = ["B05", "B06", "B07", "B8A", "B11", "B12"]


def band(i, size, dtype):
    return (100 * i + np.arange(size * size).reshape(size, size)).astype(dtype)


s2 = {b: band(i + 1, 4, np.uint16) for i, b in enumerate(FINE)} | {b: band(i + 5, 2, np.uint16) for i, b in enumerate(COARSE)}
s1 = {b: -band(i + 1, 4, np.float32) / 10 for i, b in enumerate(["VH", "VV"])}
write("pair.mdb", [lambda t: (t.put(rows[1][0].encode(), save(s2)), t.put(rows[1][1].encode(), save(s1)))])

columns = ["patch_id", "s1_name", "labels", "split", "country"]
pq.write_table(
    pa.table({c: pa.array([r[i] for r in rows]) for i, c in enumerate(columns)}),
    os.path.join(target, "metadata.parquet"), compression="zstd")
