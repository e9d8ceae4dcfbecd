"""The DEAP side of selection.sh: the genetic selection of GeneticSelector, written with DEAP and numpy.

Individuals are numpy arrays of n booleans. The operators are the same as ours: tournaments of 3, uniform crossover of
two parents with probability 0.5, a flip of every bit with the mutation rate, sizes brought back to the target when they
leave 90 to 110 % of it, the best ever as one elite. --operators deap uses DEAP's own mutFlipBit and cxUniform, which walk
along the bits in Python; --operators numpy does the same with whole arrays.
"""

import argparse
import json
import random
import resource
import time

import numpy as np
from deap import base, creator, tools

parser = argparse.ArgumentParser()
parser.add_argument("members", help="CSV of longitude,latitude without header")
parser.add_argument("--target", type=int, default=100)
parser.add_argument("--generations", type=int, default=2500)
parser.add_argument("--population", type=int, default=10)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--operators", choices=["deap", "numpy"], default="numpy")
arguments = parser.parse_args()

BINS = 64
random.seed(arguments.seed)
rng = np.random.default_rng(arguments.seed)
degrees = np.loadtxt(arguments.members, delimiter=",")
longitude, latitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
vectors = np.stack(
    [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=1
)
n = len(vectors)
target = arguments.target
least, most = int(np.ceil(0.9 * target)), int(np.floor(1.1 * target))
rate = target / (25 * n)
upper = {k: np.triu_indices(k, 1) for k in range(least, most + 1)}


def entropy(individual):
    chosen = vectors[np.flatnonzero(individual)]
    cosines = np.clip((chosen @ chosen.T)[upper[len(chosen)]], -1, 1)
    counts = np.bincount(np.minimum(np.arccos(cosines) * (BINS / np.pi), BINS - 1).astype(int))
    shares = counts[counts > 0] / counts.sum()
    return (-(shares * np.log(shares)).sum(),)


def new_individual():
    bits = np.zeros(n, bool)
    bits[rng.choice(n, target, replace=False)] = True
    return creator.Individual(bits)


def repair(individual):
    size = np.count_nonzero(individual)
    if size > most:
        individual[rng.choice(np.flatnonzero(individual), size - target, replace=False)] = False
    elif size < least:
        individual[rng.choice(np.flatnonzero(~individual), target - size, replace=False)] = True


def mutate(individual):
    individual ^= rng.random(n) < rate


def cross(a, b):
    swapped = rng.random(n) < 0.5
    a[swapped], b[swapped] = b[swapped], a[swapped].copy()


creator.create("Best", base.Fitness, weights=(1.0,))
creator.create("Individual", np.ndarray, fitness=creator.Best)
toolbox = base.Toolbox()
toolbox.register("evaluate", entropy)
toolbox.register("select", tools.selTournament, tournsize=3)
if arguments.operators == "deap":
    toolbox.register("mate", tools.cxUniform, indpb=0.5)
    toolbox.register("mutate", tools.mutFlipBit, indpb=rate)
else:
    toolbox.register("mate", cross)
    toolbox.register("mutate", mutate)

population = [new_individual() for _ in range(arguments.population)]
for individual in population:
    individual.fitness.values = toolbox.evaluate(individual)
best = toolbox.clone(max(population, key=lambda i: i.fitness.values))
begin = time.perf_counter()
for _ in range(arguments.generations):
    offspring = [toolbox.clone(best)]
    while len(offspring) < arguments.population:
        child = toolbox.clone(toolbox.select(population, 1)[0])
        if random.random() < 0.5:
            toolbox.mate(child, toolbox.clone(toolbox.select(population, 1)[0]))
        toolbox.mutate(child)
        repair(child)
        child.fitness.values = toolbox.evaluate(child)
        offspring.append(child)
    population = offspring
    fittest = max(population, key=lambda i: i.fitness.values)
    if fittest.fitness.values > best.fitness.values:
        best = toolbox.clone(fittest)
seconds = time.perf_counter() - begin
print(
    json.dumps(
        {
            "peer": f"deap+numpy ({arguments.operators} operators)",
            "members": n,
            "target": target,
            "generations": arguments.generations,
            "seed": arguments.seed,
            "seconds": round(seconds, 3),
            "microsecondsPerGeneration": round(1e6 * seconds / arguments.generations, 1),
            "entropy": round(best.fitness.values[0], 4),
            "selected": int(np.count_nonzero(best)),
            "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
