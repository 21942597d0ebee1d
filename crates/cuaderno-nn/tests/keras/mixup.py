"""Losses of blended targets in Keras: the numbers in the tests of `src/train/mixup.rs`. Run with Keras 3.15: `python mixup.py`."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

labels, others = np.array([0, 2, 1]), np.array([2, 1, 0])
blend = {"mix_weight": np.array([0.75, 0.5, 0.9]), "permutation_order": np.array([1, 2, 0])}
logits = np.array([[2.0, 0.0, -1.0], [0.5, 1.5, -0.25], [-1.0, 3.0, 0.75]])
mixup = keras.layers.MixUp(dtype="float64")
one_hot = mixup.transform_labels(np.eye(3)[labels], blend)
assert (np.eye(3)[labels][blend["permutation_order"]] == np.eye(3)[others]).all()
images = mixup.transform_images(np.arange(3.0).reshape(3, 1, 1, 1), blend)
print("images", np.ravel(images))
weights = (blend["mix_weight"] * np.array([1.0, 2.0, 4.0])[labels] + (1 - blend["mix_weight"]) * np.array([1.0, 2.0, 4.0])[others])
for smoothing in [0.0, 0.1]:
    categorical = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    binary = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=smoothing)
    print(smoothing, "categorical", float(categorical(one_hot, logits)), float(categorical(one_hot, logits, sample_weight=weights)))
    print(smoothing, "binary", float(binary(one_hot, logits)))
