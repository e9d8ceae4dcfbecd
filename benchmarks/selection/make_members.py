"""Members of one stratum for selection.sh: 85 % in one region of 20 x 20 degrees, the rest in four remote ones."""

import sys

import numpy as np

count, seed = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(seed)
west = np.array([90.0, -60.0, 25.0, 115.0, 145.0])
south = np.array([50.0, -10.0, 0.0, 0.0, -6.0])
side = np.array([20.0, 8.0, 8.0, 8.0, 8.0])
group = np.where(rng.random(count) < 0.85, 0, rng.integers(1, 5, count))
longitude = west[group] + rng.random(count) * side[group]
latitude = south[group] + rng.random(count) * side[group]
np.savetxt(sys.stdout, np.stack([longitude, latitude], axis=1), fmt="%.6f", delimiter=",")
