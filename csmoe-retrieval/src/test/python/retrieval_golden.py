"""Writes src/test/resources/org/csmoe/retrieval/golden.json: a small archive, queries, the exact hits, and the evaluation
of model retrieval, all by numpy in double precision and loops over all pairs, written from the formulas.

python3 retrieval_golden.py      (numpy)
"""

import json
import pathlib

import numpy as np

K = 10
DIMENSION = 24
CLASSES = 19
rng = np.random.default_rng(20261125)


def images(count, prefix):
    made = []
    for i in range(count):
        sensor = "s1" if rng.random() < 0.45 else "s2"
        labels = sorted(rng.choice(CLASSES, size=rng.integers(1, 6), replace=False, p=weights).tolist())
        # Images with equal labels lie in one direction, more or less, so that retrieval beats chance.
        vector = np.rint(3 * directions[labels].sum(axis=0) + 6 * rng.standard_normal(DIMENSION)).astype(int)
        made.append({"id": f"{prefix}{i}", "sensor": sensor, "labels": labels, "vector": vector.tolist()})
    return made


def cosine(a, b):
    return a @ b / np.sqrt((a @ a) * (b @ b))


def scores(pairs):
    """Pairs of label sets, one list for each query."""
    precision = np.mean([np.mean([len(q & r) / len(r) for q, r in of_query]) for of_query in pairs])
    recall = np.mean([np.mean([len(q & r) / len(q) for q, r in of_query]) for of_query in pairs])

    def f1(p, r):
        return 2 * p * r / (p + r) if p + r > 0 else 0.0

    each = np.mean(
        [np.mean([f1(len(q & r) / len(r), len(q & r) / len(q)) for q, r in of_query]) for of_query in pairs]
    )
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall), "meanPairF1": each}


weights = 1 / np.arange(1, CLASSES + 1)
weights /= weights.sum()
directions = rng.standard_normal((CLASSES, DIMENSION))
archive, queries = images(300, "a"), images(60, "q")

hits = []
evaluation = []
for query_sensor in ("s1", "s2"):
    for archive_sensor in ("s1", "s2"):
        asked = [q for q in queries if q["sensor"] == query_sensor]
        found_in = [a for a in archive if a["sensor"] == archive_sensor]
        retrieved, random = [], []
        for q in asked:
            similarity = np.array([cosine(np.array(q["vector"], float), np.array(a["vector"], float)) for a in found_in])
            order = np.argsort(-similarity, kind="stable")
            # No near ties: float32 must not be able to swap neighbours.
            assert np.min(-np.diff(similarity[order[: K + 1]])) > 1e-6, "choose another seed"
            hits.append(
                {
                    "query": q["id"],
                    "archive": archive_sensor,
                    "ids": [found_in[i]["id"] for i in order[:K]],
                    "similarities": [round(float(similarity[i]), 9) for i in order[:K]],
                }
            )
            retrieved.append([(set(q["labels"]), set(found_in[i]["labels"])) for i in order[:K]])
            random.append([(set(q["labels"]), set(a["labels"])) for a in found_in])
        evaluation.append(
            {
                "query": query_sensor,
                "archive": archive_sensor,
                "queries": len(asked),
                "archiveImages": len(found_in),
                "retrieved": scores(retrieved),
                "chance": scores(random),
            }
        )

target = pathlib.Path(__file__).parents[1] / "resources/org/csmoe/retrieval/golden.json"
target.write_text(
    json.dumps(
        {"k": K, "archive": archive, "queries": queries, "hits": hits, "directions": evaluation},
        separators=(",", ":"),
    )
    + "\n"
)
