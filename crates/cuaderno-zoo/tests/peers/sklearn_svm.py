"""Writes svm.json: scikit-learn's support-vector classifiers on made-up features (scikit-learn 1.9.1).

Rows are the numbers of formula.py plus a shift by the class, which makes three classes that overlap. For each setting: the
classes of the test rows, the number of support vectors, and the probabilities of Platt's method with folds as ours, made of
scikit-learn's parts: decision values of five fits that each leave a fifth of each class out, a sigmoid for each pair, and
LIBSVM's pairwise coupling by direct solution of its linear system (Wu, Lin, Weng 2004, method 2).
"""
import itertools
import json
import math
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

TRAIN, TEST, FEATURES, CLASSES = 90, 45, 6, 3


def scatter(count, phase):
    x = [math.sin(index * 12.9898 + phase) * 43758.5453 for index in range(count)]
    return np.array([2 * (value - math.floor(value)) - 1 for value in x])


def rows(count, phase):
    """Row i is of class i % 3, and its columns of the same number are moved by 0.7."""
    values = scatter(count * FEATURES, phase).reshape(count, FEATURES)
    labels = np.arange(count) % CLASSES
    values[np.arange(FEATURES)[None, :] % CLASSES == labels[:, None]] += 0.7
    return values.astype(np.float32), labels


def sigmoid(decisions, positive):
    count = positive.sum()
    high, low = (count + 1) / (count + 2), 1 / (len(positive) - count + 2)
    target = np.where(positive, high, low)

    def cost(ab):
        z = ab[0] * decisions + ab[1]
        return np.sum(target * np.logaddexp(0, z) + (1 - target) * np.logaddexp(0, -z))

    return minimize(cost, [0, 0], method="BFGS", options={"gtol": 1e-9}).x


def couple(pairwise):
    """The probabilities p that minimize the sum of (r_ji p_i - r_ij p_j)^2, with sum 1."""
    k = len(pairwise)
    q = np.zeros((k + 1, k + 1))
    for i, j in itertools.product(range(k), repeat=2):
        q[i, j] = sum(pairwise[m, i] ** 2 for m in range(k) if m != i) if i == j else -pairwise[j, i] * pairwise[i, j]
    q[:k, k] = q[k, :k] = 1
    return np.linalg.solve(q, np.eye(k + 1)[k])[:k]


def case(kernel, cost):
    (train, labels), (test, truth) = rows(TRAIN, 1.0), rows(TEST, 2.0)
    scaler = StandardScaler().fit(train.astype(np.float64))
    train, test = scaler.transform(train.astype(np.float64)), scaler.transform(test.astype(np.float64))
    svc = lambda: SVC(C=cost, kernel=kernel, gamma=1 / FEATURES, decision_function_shape="ovo", tol=1e-3)
    order = np.argsort(labels, kind="stable")
    held_out = np.zeros((TRAIN, CLASSES))
    for fold in range(5):
        inside = np.arange(TRAIN) % 5 != fold
        model = svc().fit(train[order[inside]], labels[order[inside]])
        held_out[order[~inside]] = model.decision_function(train[order[~inside]])
    model = svc().fit(train[order], labels[order])
    decisions = model.decision_function(test)
    pairs = list(itertools.combinations(range(CLASSES), 2))
    probabilities = []
    fits = []
    for pair, (i, j) in enumerate(pairs):
        of_pair = (labels == i) | (labels == j)
        fits.append(sigmoid(held_out[of_pair, pair], labels[of_pair] == i))
    for row in decisions:
        pairwise = np.zeros((CLASSES, CLASSES))
        for pair, (i, j) in enumerate(pairs):
            pairwise[i, j] = 1 / (1 + math.exp(fits[pair][0] * row[pair] + fits[pair][1]))
            pairwise[j, i] = 1 - pairwise[i, j]
        probabilities += [round(float(p), 5) for p in couple(pairwise)]
    said = model.predict(test)
    return {
        "linear": kernel == "linear",
        "cost": cost,
        "support_vectors": int(model.n_support_.sum()),
        "accuracy": float((said == truth).mean()),
        "classes": [int(c) for c in said],
        "probabilities": probabilities,
    }


if __name__ == "__main__":
    cases = [case("rbf", 1.0), case("rbf", 10.0), case("linear", 1.0)]
    lines = ",\n".join(json.dumps(c) for c in cases)
    Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("svm.json")).write_text(f"[\n{lines}\n]\n")
