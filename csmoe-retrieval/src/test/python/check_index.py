"""Reads an index by the description in docs/retrieval.md, with numpy alone, and finds the hits of one of its images.

python3 check_index.py FOLDER SENSOR ID      (numpy)
"""

import json
import pathlib
import struct
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
manifest = json.loads((folder / "index.json").read_text())
assert manifest["format"] == "csmoe-retrieval" and manifest["version"] == 1
dimension = manifest["dimension"]
blocks, entries = [], []
for segment in manifest["segments"]:
    rows = folder / f"rows-{segment['number']:08}.f32"
    magic, version, width, count = struct.unpack("<8siiq", rows.read_bytes()[:24])
    assert (magic, version, width, count) == (b"CSMOEVEC", 1, dimension, segment["rows"])
    blocks.append(np.memmap(rows, "<f4", "r", offset=64, shape=(count, dimension)))
    entries += map(json.loads, (folder / f"entries-{segment['number']:08}.jsonl").read_text().splitlines())
vectors = np.concatenate(blocks)
assert len(entries) == len(vectors)
alive = np.ones(len(vectors), bool)
if "deleted" in manifest:
    bits = np.fromfile(folder / f"deleted-{manifest['deleted']:08}.bits", np.uint8)
    alive = np.unpackbits(bits, bitorder="little")[: len(vectors)] == 0
assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-6
query = next(i for i, e in enumerate(entries) if alive[i] and (e["sensor"], e["id"]) == (sys.argv[2], sys.argv[3]))
similarity = np.where(alive, vectors @ vectors[query], -2)
for row in np.argsort(-similarity, kind="stable")[:10]:
    print(entries[row]["sensor"], entries[row]["id"], f"{similarity[row]:.6f}")
