"""A regression from given weights on given rows, with Keras: the values in `tests/it/regression.rs`.

Run with Keras 3.15, TensorFlow 2.21 and scikit-learn: `python regression.py`. Numbers are scattered by a sine of their index, so that
both sides can make them; nothing is random.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score


def scatter(count, phase):
    """Numbers in -1..1 that look random."""
    x = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + phase) * 43758.5453
    return 2.0 * (x - np.floor(x)) - 1.0


rows = scatter(200 * 3, 0.0).reshape(200, 3).astype(np.float32)
targets = np.stack([100 + 50 * rows[:, 0] - 20 * rows[:, 1] * rows[:, 2], 3 * np.abs(rows[:, 2])], axis=1).astype(np.float32)


def train(loss, optimizer):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(8, activation="relu"), layers.Dense(2)])
    model.set_weights([
        scatter(24, 1.0).reshape(3, 8).astype(np.float32), np.zeros(8, np.float32),
        scatter(16, 2.0).reshape(8, 2).astype(np.float32), np.zeros(2, np.float32),
    ])
    model.compile(optimizer, loss, metrics=["mae"])
    history = model.fit(rows[:160], targets[:160], batch_size=50, epochs=4, shuffle=False, verbose=0,
                        validation_data=(rows[160:], targets[160:])).history
    for name in ["loss", "mae", "val_loss", "val_mae"]:
        print(loss, name, ", ".join(f"{value:.5f}" for value in history[name]))
    said = model.predict(rows[160:], verbose=0)
    truth = targets[160:]
    for number in range(2):
        one = (truth[:, number], said[:, number])
        print(f"{loss} number {number}: MSE {mean_squared_error(*one):.5f} MAE {mean_absolute_error(*one):.5f} R2 {r2_score(*one):.5f}")


train("mse", keras.optimizers.Adam(0.05))
train("mae", keras.optimizers.SGD(0.05, momentum=0.9))
