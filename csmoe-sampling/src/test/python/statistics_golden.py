"""Writes golden statistics of small sets of locations, made with scikit-learn and SciPy.

    python3 statistics_golden.py      (numpy, scipy, scikit-learn)

rewrites ../resources/org/csmoe/sampling/statistics/golden.json.
"""

import json
import pathlib

import numpy as np
from scipy.stats import entropy
from sklearn.metrics.pairwise import haversine_distances

RADIUS = 6371.0088
BINS = 64
OUT = pathlib.Path(__file__).parent / "../resources/org/csmoe/sampling/statistics/golden.json"


def pair_statistics(lon, lat):
    if len(lon) < 2:
        return None
    radians = np.radians(np.stack([lat, lon], axis=1))
    angles = haversine_distances(radians)[np.triu_indices(len(lon), 1)]
    counts, _ = np.histogram(angles, bins=BINS, range=(0, np.pi))
    return {
        "mean": float(angles.mean() * RADIUS),
        "deviation": float(angles.std(ddof=1) * RADIUS) if len(angles) > 1 else 0.0,
        "min": float(angles.min() * RADIUS),
        "entropy": float(entropy(counts)),
        "pairs": len(angles),
    }


def case(name, lon, lat, climate, thematic):
    lon, lat = np.round(lon, 6), np.round(lat, 6)
    strata = []
    for u, v in sorted(set(zip(climate.tolist(), thematic.tolist()))):
        members = (climate == u) & (thematic == v)
        strata.append(
            {"climate": u, "thematic": v, "tiles": int(members.sum()),
             "statistics": pair_statistics(lon[members], lat[members])})
    paired = [s for s in strata if s["statistics"]]
    means = np.array([s["statistics"]["mean"] for s in paired])
    tiles = np.array([s["tiles"] for s in paired])
    pairs = np.array([s["statistics"]["pairs"] for s in paired])

    def spread(values):
        _, counts = np.unique(values, return_counts=True)
        return {"groups": len(counts), "mean": float(counts.mean()), "deviation": float(counts.std()),
                "min": int(counts.min()), "max": int(counts.max())}

    return {
        "name": name,
        "longitudes": lon.tolist(),
        "latitudes": lat.tolist(),
        "climates": climate.tolist(),
        "thematics": thematic.tolist(),
        "all": pair_statistics(lon, lat),
        "strata": strata,
        "perStratum": float(means.mean()),
        "perTile": float(np.average(means, weights=tiles)),
        "perPair": float(np.average(means, weights=pairs)),
        "perClimate": spread(climate),
        "perThematic": spread(thematic),
        "perCombination": spread(climate * 1000 + thematic),
    }


def main():
    rng = np.random.default_rng(20230724)

    def codes(n):
        return rng.integers(1, 5, n), rng.choice([10, 20, 30], n, p=[0.7, 0.25, 0.05])

    def sphere(n):
        return rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))

    cases = [case("globe", *sphere(150), *codes(150))]
    n = 120
    cases.append(case("antimeridian", (rng.normal(180, 0.5, n) + 180) % 360 - 180, rng.normal(-17, 0.5, n), *codes(n)))
    cases.append(case("poles", rng.uniform(-180, 180, n), rng.choice([-1, 1], n) * rng.uniform(89, 90, n), *codes(n)))
    lon, lat = sphere(30)
    cases.append(case("clusters", np.repeat(lon, 4) + rng.normal(0, 0.2, n), np.clip(np.repeat(lat, 4) + rng.normal(0, 0.2, n), -90, 90), *codes(n)))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(cases, separators=(",", ":")) + "\n")


main()
