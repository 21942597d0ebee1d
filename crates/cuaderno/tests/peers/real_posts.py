"""The numbers in `tests/it/real_posts.rs`: `python real_posts.py FOLDER` (scikit-learn 1.9).

FOLDER holds what the test writes, `tmp/real_posts` in the target folder: standardized counts of the titles, then, in `*_both.csv`, what
MobileNetV2 sees in the picture; the class is last. A network `dense(2), softmax` with decay d is a logistic regression of two classes: its
penalty d/2 (|w0|² + |w1|²) is d/4 |w1 - w0|² at the optimum, where w0 = -w1, so C = 2 / (d n). `liblinear` shrinks the bias, too, as
a network's decay does.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss


def read(name):
    table = np.loadtxt(Path(sys.argv[1]) / name, delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


def learnt(train, test, classes, decay):
    if decay:
        model = LogisticRegression(C=2 / (decay * len(train)), solver="liblinear", tol=1e-10, max_iter=100_000)
    else:
        model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=100_000)
    return model.fit(train, classes).predict_proba(test)


def say(name, probabilities, classes):
    right = (probabilities.argmax(1) == classes).mean()
    print(f"{name}: {right:.4f} {log_loss(classes, probabilities):.4f} {np.round(probabilities[:3, 1], 4).tolist()}")


(train, classes), (test, truth) = read("train.csv"), read("test.csv")
say("all titles", learnt(train, test, classes, 0.0), truth)

(train, classes), (test, truth) = read("train_both.csv"), read("test_both.csv")
titles = learnt(train[:, :7], test[:, :7], classes, 0.01)
pictures = learnt(train[:, 7:], test[:, 7:], classes, 0.1)
say("titles", titles, truth)
say("pictures", pictures, truth)
say("mean", (titles + pictures) / 2, truth)
say("both", learnt(train, test, classes, 0.1), truth)
