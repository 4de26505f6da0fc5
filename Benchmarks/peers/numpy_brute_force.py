"""The peer of search-bench: brute force over confidence thresholds in NumPy, as the paper searches.

    python numpy_brute_force.py TABLE SAMPLES EARLY_EXITS STEPS ROWS

TABLE is SAMPLES x (2 (EARLY_EXITS + 1) + 1) float32: each early exit's score and whether it is right,
the decision's score and whether the last exit is right, and whether the remote model is right. Every
threshold takes the values 0, 1/STEPS … 1. Of the first exit's values only ROWS, evenly spread, are
tried; the seconds printed are scaled to all of them. Costs and requirement are read from stdin: the
cost of each exit, of an offload, and the accuracy. Prints seconds, grid points tried and least cost.
"""

import itertools
import sys
import time

import numpy as np


def main():
    path, samples, early, steps, rows = sys.argv[1], *map(int, sys.argv[2:])
    figures = [float(word) for word in sys.stdin.read().split()]
    costs, offload, accuracy = figures[: early + 1], figures[early + 1], figures[early + 2]
    table = np.fromfile(path, dtype=np.float32).reshape(samples, -1)
    scores = [np.ascontiguousarray(table[:, 2 * exit]) for exit in range(early + 1)]
    right = [table[:, 2 * exit + 1] > 0 for exit in range(early + 1)]
    remote = table[:, -1] > 0
    grid = (np.arange(steps + 1) / steps).astype(np.float32)
    outer = grid[np.unique(np.linspace(0, steps, rows).round().astype(int))]
    best, points = np.inf, 0
    start = time.perf_counter()
    for thresholds in itertools.product(outer, *[grid] * (early - 1)):
        arriving = np.ones(samples, bool)
        correct, cost = 0, 0.0
        for exit, threshold in enumerate(thresholds):
            accepted = arriving & (scores[exit] >= threshold)
            correct += np.count_nonzero(right[exit] & accepted)
            cost += costs[exit] * np.count_nonzero(accepted)
            arriving &= ~accepted
        cost += costs[-1] * np.count_nonzero(arriving)
        for threshold in grid:
            local = arriving & (scores[-1] >= threshold)
            sent = arriving & ~local
            total = correct + np.count_nonzero(right[-1] & local) + np.count_nonzero(remote & sent)
            points += 1
            if total >= accuracy * samples:
                best = min(best, cost + offload * np.count_nonzero(sent))
    seconds = (time.perf_counter() - start) * len(grid) / len(outer)
    print(seconds, points, best / samples)


main()
