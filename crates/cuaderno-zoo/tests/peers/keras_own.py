"""Writes a network of one's own in the three forms that Keras knows, and what Keras 3.15 makes of a picture:
own.h5, own.weights.h5, own.keras, own.json.

    python keras_own.py
"""

import json
from pathlib import Path

import keras
import numpy as np
from keras import layers

HERE = Path(__file__).parent

random = np.random.default_rng(7)
model = keras.Sequential(
    [
        keras.Input((9, 8, 3)),
        layers.Conv2D(4, 3, name="zebra"),
        layers.BatchNormalization(name="yak"),
        layers.ReLU(),
        layers.DepthwiseConv2D(3, padding="same", name="emu"),
        layers.Conv2D(5, 2, activation="relu", name="ape"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(6, activation="relu", name="cat"),
        layers.BatchNormalization(name="bat"),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax", name="ant"),
    ],
    name="own",
)
model.set_weights([(random.uniform(0.5, 1.0, w.shape) if w.ndim == 1 else random.normal(0, 0.4, w.shape)).astype("float32") for w in model.get_weights()])
picture = random.uniform(0, 1, (1, 9, 8, 3)).astype("float32")
# As a user's: .h5 and .keras then hold the optimizer's numbers, too.
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(picture, np.array([1]), verbose=0)
model.save(HERE / "own.h5")
model.save(HERE / "own.keras")
model.save_weights(HERE / "own.weights.h5")
scores = model.predict(picture, verbose=0)[0]
(HERE / "own.json").write_text(json.dumps({"picture": picture.ravel().tolist(), "scores": scores.tolist()}))
print(scores)

# Layers that no network here has: each is named, not taken for another.
transposed = keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2DTranspose(2, 3, name="up"), layers.Flatten(), layers.Dense(2, name="top")])
transposed.save(HERE / "transposed.keras")
transposed.save(HERE / "transposed.h5")
unscaled = keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2D(2, 3), layers.BatchNormalization(scale=False, name="bat"), layers.Flatten(), layers.Dense(2)])
unscaled.save(HERE / "unscaled.keras")
