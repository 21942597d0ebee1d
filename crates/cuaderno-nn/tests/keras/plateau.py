"""Keras's ReduceLROnPlateau on given losses: the values in `src/train/plateau.rs`. Run with Keras 3.15: `python plateau.py`."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras

LOSSES = [1.0, 0.9, 0.95, 0.9, 0.89995, 0.8, 0.8, 0.8, 0.8, 0.8, 0.7, 0.75, 0.75, 0.75, 0.6]


def rates(**settings):
    """The rate after each epoch."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", **settings)
    callback.set_model(model)
    callback.on_train_begin()
    found = []
    for epoch, loss in enumerate(LOSSES):
        callback.on_epoch_end(epoch, {"loss": loss})
        found.append(float(model.optimizer.learning_rate.numpy()))
    print(settings, ", ".join(f"{rate:g}" for rate in found))


rates(patience=2, factor=0.5)
rates(patience=1, factor=0.1, min_lr=0.001)
rates(patience=2, factor=0.5, cooldown=2)
rates(patience=2, factor=0.5, min_delta=0.15)
