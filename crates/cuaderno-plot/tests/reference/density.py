"""Expected numbers of tests/it/density.rs and tests/it/histogram.rs.

Run with numpy 2 and scipy 1: python density.py
"""
import numpy as np
from scipy.stats import gaussian_kde

i = np.arange(1000)
x = np.exp(1.5 * np.sin(i)) + i % 7
low, high = x.min(), x.max()
places = np.linspace(low, high, 9)


def silverman(values):
    """R's bw.nrd0, from its documentation."""
    q1, q3 = np.quantile(values, [0.25, 0.75])
    return 0.9 * min(values.std(ddof=1), (q3 - q1) / 1.34) * len(values) ** -0.2


def density(values, bandwidth, places):
    return gaussian_kde(values, bw_method=bandwidth / values.std(ddof=1))(places)


def show(name, numbers):
    print(name, "[" + ", ".join(f"{number:.10g}" for number in np.atleast_1d(numbers)) + "]")


show("silverman", silverman(x))
show("linear, silverman", density(x, silverman(x), places))
show("linear, bandwidth 0.05", density(x, 0.05, places))
logs = np.log10(x)
show("silverman of logarithms", silverman(logs))
show("log10, silverman", density(logs, silverman(logs), np.linspace(logs.min(), logs.max(), 9)))
# A heavy tail: 9 values of 1 to one far away.
tail = np.where(i % 10 < 9, 1.0 + 0.01 * (i % 13), 40000.0 + i)
show("silverman of tail", silverman(tail))
show("tail at 1.05, 2, 40500", density(tail, silverman(tail), np.array([1.05, 2.0, 40500.0])))
counts, edges = np.histogram(x, bins=7)
show("histogram counts", counts)
show("histogram edges", edges)
