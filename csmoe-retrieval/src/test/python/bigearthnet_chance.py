"""Prints what a random archive image reaches on the two subsets of BigEarthNet-v2, by counting every pair of a query
(validation split) and an archive image (test split): 10.6 million pairs and 3.8 thousand million.

python3 bigearthnet_chance.py metadata.parquet      (numpy, pyarrow)

What it printed stands in RetrievalEvaluationTest.
"""

import sys

import numpy as np
import pyarrow.parquet as pq

table = pq.read_table(sys.argv[1], columns=["patch_id", "labels", "split", "country"]).to_pydict()
month = np.array([int(patch.split("_")[2][4:6]) for patch in table["patch_id"]])
split, country = np.array(table["split"]), np.array(table["country"])
classes = {name: i for i, name in enumerate(sorted({name for names in table["labels"] for name in names}))}
labels = np.zeros((len(month), len(classes)), np.float32)
for row, names in enumerate(table["labels"]):
    labels[row, [classes[name] for name in names]] = 1

subsets = {
    "14k": (country == "Serbia") & (month >= 6) & (month <= 8),
    "243k": (month >= 6) & (month <= 11),
}
for name, subset in subsets.items():
    queries, archive = labels[subset & (split == "validation")], labels[subset & (split == "test")]
    query_size, archive_size = queries.sum(1), archive.sum(1)
    precision = recall = pair = 0.0
    for begin in range(0, len(queries), 500):
        shared = (queries[begin : begin + 500] @ archive.T).astype(float)
        size = query_size[begin : begin + 500, None]
        precision += (shared / archive_size).sum()
        recall += (shared / size).sum()
        pair += (2 * shared / (archive_size + size)).sum()
    precision, recall, pair = (x / len(queries) / len(archive) for x in (precision, recall, pair))
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{name}: F1 {f1:.6f}, mean F1 of pairs {pair:.6f} ({len(queries)} queries, {len(archive)} images)")
