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
    images = np.fromfile(folder / f"{part}.images", np.float32).reshape(-1, size, size, 3)
    return images, np.fromfile(folder / f"{part}.labels", np.uint8).astype(np.int32)


keras.utils.set_random_seed(2026)
images, labels = values("train")
model = keras_network(name)
model.compile(keras_optimizer(name), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
start = time.perf_counter()
if change == "flip":
    flip = keras.layers.RandomFlip("horizontal")
    batches = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(labels)).batch(32)
    varied = batches.map(lambda x, y: (flip(x, training=True), y), tf.data.AUTOTUNE)
    model.fit(varied.prefetch(tf.data.AUTOTUNE), epochs=epochs, verbose=0)
else:
    model.fit(images, labels, batch_size=32, epochs=epochs, verbose=0)
seconds = time.perf_counter() - start
test, answers = values("test")
print(model.evaluate(test, answers, batch_size=256, verbose=0)[1], seconds)
