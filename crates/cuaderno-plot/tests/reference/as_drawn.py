"""Random data and what a figure of them must show, for tests/it/as_drawn.rs. Independent of this crate: counts in exact fractions,
boxes by matplotlib (whose rules are ggplot2's: quartiles of R's type 7, whiskers that never end inside the box), densities by
scipy's sum over all values with R's bw.nrd0, trends by numpy.
Run: python as_drawn.py > as_drawn.json   (numpy 2.4, scipy 1.17, matplotlib 3.11)"""
import json
import math
from fractions import Fraction

import numpy as np
from matplotlib import cbook
from scipy.stats import norm

random = np.random.default_rng(20261129)


def counts(values, edges):
    """Half-open bins, the last one closed; edges and values are fractions, so that an edge is an edge."""
    bins = [0] * (len(edges) - 1)
    for value in values:
        place = max(i for i, edge in enumerate(edges) if edge <= value)
        bins[min(place, len(bins) - 1)] += 1
    return bins


def round_step(width):
    power = 10 ** math.floor(math.log10(width) + 1e-12)
    return next(Fraction(d) * Fraction(10) ** round(math.log10(power)) for d in (1, 2, 5, 10) if d * power >= width * (1 - 1e-12))


def histogram(case):
    """Two digits after the point, so that many values lie on edges."""
    places = (1, 10, 100)[case % 3]
    n = int(random.integers(5, 60))
    whole = [int(v) for v in random.integers(-50, 400, n)]
    values = [Fraction(v, places) for v in whole]
    low, high = min(values), max(values)
    if case % 2:
        count = int(random.integers(2, 12))
        edges = [low + (high - low) * i / count for i in range(count + 1)]
    else:
        count = None
        step = round_step(max(float(high - low) / 30, 1.0 if places == 1 else 0.0))
        if places == 1 and high - low <= 30:
            edges = [low - Fraction(1, 2) + i for i in range(int(high - low) + 2)]
        else:
            first = math.floor(low / step)
            last = math.floor(high / step) + 1 if places == 1 else math.ceil(high / step)
            edges = [(first + i) * step for i in range(last - first + 1)]
    return {"values": [float(v) for v in values], "bins": count, "edges": [float(e) for e in edges],
            "counts": counts(values, edges)}


def box(_):
    n = int(random.integers(1, 25))
    values = np.round(random.standard_t(2, n) * 10, 3)
    stats = cbook.boxplot_stats(values)[0]
    return {"values": values.tolist(), "quartiles": [float(stats[k]) for k in ("q1", "med", "q3")],
            "whiskers": [float(stats["whislo"]), float(stats["whishi"])], "beyond": sorted(float(v) for v in stats["fliers"])}


def density(_):
    values = np.round(random.gamma(2.0, 3.0, int(random.integers(20, 200))), 4)
    q1, q3 = np.quantile(values, [0.25, 0.75])
    h = 0.9 * min(values.std(ddof=1), (q3 - q1) / 1.34) * len(values) ** -0.2
    at = np.linspace(values.min(), values.max(), 9)[1:-1]
    return {"values": values.tolist(), "at": at.tolist(), "density": [float(norm.pdf(x, values, h).mean()) for x in at]}


def trend(_):
    x = np.round(random.uniform(0, 50, 30), 2)
    y = np.round(2 + 0.7 * x + random.normal(0, 4, 30), 2)
    slope, intercept = np.polyfit(x, y, 1)
    ends = [x.min(), x.max()]
    means = np.convolve(y, np.ones(5) / 5, "valid")
    return {"x": x.tolist(), "y": y.tolist(), "ends": [[float(e), float(intercept + slope * e)] for e in ends],
            "means": means.tolist()}


def bars(_):
    parts = np.round(random.uniform(1, 90, (3, 4)), 1)
    return {"parts": parts.tolist(), "shares": (parts / parts.sum(axis=0)).tolist(), "sums": parts.sum(axis=0).tolist()}


print(json.dumps({"histograms": [histogram(i) for i in range(24)], "boxes": [box(i) for i in range(40)],
                  "densities": [density(i) for i in range(6)], "trends": [trend(i) for i in range(6)],
                  "bars": [bars(i) for i in range(6)]}, indent=None))
