"""Keras's side of accuracy.rs. Prints the accuracy on test pictures and the seconds of training.

    accuracy.py NETWORK EPOCHS flip|plain FOLDER     batches of 32; FOLDER holds train and test, .images and .labels
"""

import os
import sys
import time
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "cuaderno-nn" / "examples"))
from reports.networks import NETWORKS, keras_network, keras_optimizer

name, epochs, change, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
size = NETWORKS[name][0]


def values(part):
    images = np.fromfile(folder / f"{part}.images", np.float32).reshape(-1, 3, size, size)
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1)), np.fromfile(folder / f"{part}.labels", np.uint8).astype(np.int32)


keras.utils.set_random_seed(2026)
images, labels = values("train")
train = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(labels)).batch(32)
if change == "flip":
    flip = keras.layers.RandomFlip("horizontal")
    train = train.map(lambda x, y: (flip(x, training=True), y), tf.data.AUTOTUNE)
model = keras_network(name)
model.compile(keras_optimizer(name), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
start = time.perf_counter()
model.fit(train.prefetch(tf.data.AUTOTUNE), epochs=epochs, verbose=0)
seconds = time.perf_counter() - start
test, answers = values("test")
print(model.evaluate(test, answers, batch_size=256, verbose=0)[1], seconds)
