"""Writes core.parquet: a table as Major TOM Core's image files have, with one row per row group.

Usage: python3 parquet_golden.py <folder>        (made with pyarrow 26.0.1)

Row i of five has grid_cell "<i>U_<i>L", the integer -i, the number i / 8, a null text in odd rows,
and 10 + i bytes of value 200 + i.
"""

import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

rows = range(5)
table = pa.table(
    {
        "grid_cell": [f"{i}U_{i}L" for i in rows],
        "grid_row_u": pa.array([-i for i in rows], pa.int32()),
        "cloud cover": pa.array([i / 8 for i in rows], pa.float32()),
        "note": pa.array([None if i % 2 else f"it's {i}" for i in rows], pa.string()),
        "B02": pa.array([bytes([200 + i]) * (10 + i) for i in rows], pa.binary()),
    }
)
pq.write_table(table, pathlib.Path(sys.argv[1]) / "core.parquet", row_group_size=1)
