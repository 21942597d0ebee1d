"""The numbers in `expected.rs`: `python expected.py` (scipy 1.17, statsmodels 0.15)."""

import scipy.stats as st
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

print("normal", [st.norm.ppf(p) for p in (0.975, 0.995, 0.5, 1e-10, 0.9)])
for right, n, level in ((630, 1000, 0.95), (0, 20, 0.95), (20, 20, 0.9), (1, 3, 0.99), (8000, 10000, 0.95)):
    print("wilson", right, n, level, proportion_confint(right, n, 1 - level, method="wilson"))
for a, b in ((34, 37), (61, 20), (0, 5), (1, 0), (7, 7), (300, 400), (2000, 1500)):
    print("mcnemar", a, b, mcnemar([[10, a], [b, 10]], exact=True).pvalue)
first, second = [0.61, 0.64, 0.60, 0.66, 0.63], [0.58, 0.62, 0.61, 0.60, 0.59]
print("paired", st.ttest_rel(first, second))
print("holm", multipletests([0.01, 0.04, 0.03, 0.5], method="holm")[1])
