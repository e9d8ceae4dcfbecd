"""The faiss side of retrieval.sh: exact search by inner product.

python3 retrieval.py --write FILE   writes 100,000 vectors of length 1 around 500 centres, and 1,000 queries after them
python3 retrieval.py FILE           searches
"""

import argparse
import statistics
import time

import numpy as np

ROWS, QUERIES, DIMENSION, K, SHOTS = 100_000, 1_000, 384, 10, 15

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--write", action="store_true")
arguments = parser.parse_args()

if arguments.write:
    rng = np.random.default_rng(1)
    centres = 0.3 * rng.standard_normal((500, DIMENSION), np.float32)
    directions = 0.2 * rng.standard_normal((16, DIMENSION), np.float32)
    vectors = centres[rng.integers(0, 500, ROWS + QUERIES)]
    vectors += rng.standard_normal((ROWS + QUERIES, 16), np.float32) @ directions
    vectors += 0.15 * rng.standard_normal(vectors.shape, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors.astype("<f4").tofile(arguments.file)
    raise SystemExit

import faiss  # noqa: E402

faiss.omp_set_num_threads(2)
vectors = np.fromfile(arguments.file, "<f4").reshape(-1, DIMENSION)
index = faiss.IndexFlatIP(DIMENSION)
index.add(vectors[:ROWS])
queries = vectors[ROWS:]
for count in (1, 64):
    times = []
    for shot in range(SHOTS + 5):
        begin = time.perf_counter()
        _, found = index.search(queries[shot : shot + count], K)
        times.append(1000 * (time.perf_counter() - begin))
    times = times[5:]
    print(
        f"faiss {faiss.__version__} {count} queries: median {statistics.median(times):.1f} ms, "
        f"min {min(times):.1f}, max {max(times):.1f}, sum of rows {int(found.sum())}"
    )
