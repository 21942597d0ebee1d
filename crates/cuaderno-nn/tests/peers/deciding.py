"""The numbers in `tests/it/deciding.rs`: `python deciding.py` (scipy 1.17, statsmodels 0.15, scikit-learn 1.9).

Answers of three models to 400 pictures of four classes follow from the picture's number, as the test makes them.
"""

import numpy as np
import scipy.stats as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

N = 400
labels = np.arange(N) % 4


def said(step, most):
    right = np.arange(N) * step % 97 < most
    return np.where(right, labels, (labels + 1 + np.arange(N) % 2) % 4)


models = {"a": said(31, 60), "b": said(37, 58), "c": said(41, 45)}
right = {name: answers == labels for name, answers in models.items()}
for name, hits in right.items():
    print(name, hits.mean(), proportion_confint(hits.sum(), N, 0.05, method="wilson"))
pairs = [("a", "b"), ("a", "c"), ("b", "c")]
tested = []
for one, other in pairs:
    only = [int((right[one] & ~right[other]).sum()), int((right[other] & ~right[one]).sum())]
    tested.append(mcnemar([[0, only[0]], [only[1], 0]], exact=True).pvalue)
    print(one, other, only, tested[-1])
print("beside the best, a:", multipletests(tested[:2], method="holm")[1])

matrix = confusion_matrix(labels, models["c"])
wrong = [(matrix[i, j], i, j) for i in range(4) for j in range(4) if i != j and matrix[i, j]]
print("most confused", sorted(wrong, key=lambda one: -one[0])[:3])

confidence = (0.3 + 0.7 * (np.arange(N) * 53 % 89) / 89).astype(np.float32).astype(np.float64)
accuracy, mean = calibration_curve(right["a"], confidence, n_bins=10)
print("calibration", mean, accuracy)
bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], confidence)
counts = np.bincount(bins, minlength=10)
print("expected error", (counts[counts > 0] * abs(accuracy - mean)).sum() / N)

first, second, third = [0.61, 0.64, 0.60, 0.66], [0.58, 0.62, 0.61, 0.60], [0.50, 0.52, 0.49, 0.51]
as_f32 = lambda x: np.array(x, np.float32).astype(np.float64)
first, second, third = as_f32(first), as_f32(second), as_f32(third)
p = [st.ttest_rel(first, second).pvalue, st.ttest_rel(first, third).pvalue]
print("runs", first.mean(), first.std(ddof=1), p, multipletests(p, method="holm")[1])
