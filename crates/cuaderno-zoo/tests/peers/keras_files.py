"""Writes a small network of Keras's in the three forms that Keras knows, for tests of reading: tiny.h5, tiny.weights.h5, tiny.keras.

Every tensor counts up: its values are its own number of tenths, then a hundredth more each. Written by Keras 3.15.

    python keras_files.py
"""

from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers

HERE = Path(__file__).parent

model = keras.Sequential(
    [
        keras.Input((4, 4, 3)),
        layers.Conv2D(2, 3, name="first"),
        layers.BatchNormalization(name="first_bn"),
        layers.ReLU(),
        layers.DepthwiseConv2D(2, use_bias=False, name="deep"),
        layers.Conv2D(1, 1, use_bias=False, name="last"),
        layers.Flatten(),
        layers.Dense(2, name="top"),
    ],
    name="tiny",
)
model.set_weights([(number / 10 + np.arange(w.size) / 100).reshape(w.shape).astype("float32") for number, w in enumerate(model.get_weights())])
model.save(HERE / "tiny.h5")
model.save(HERE / "tiny.keras")
model.save_weights(HERE / "tiny.weights.h5")

# As the files of keras.applications from 2016 are: the layer's name and a letter.
with h5py.File(HERE / "tiny_2016.h5", "w") as file:
    for name, letter, values in [("first", "W", model.get_layer("first").kernel), ("first", "b", model.get_layer("first").bias)]:
        file.require_group(name).create_dataset(f"{name}_{letter}_1:0", data=np.asarray(values))
