"""Values in `explaining.txt`: Grad-CAM, saliency (Keras 3.15, TensorFlow 2.21) and principal components (scikit-learn 1.9).

    python explaining.py > explaining.txt

Weights and pictures are scattered by a sine of their index, as the test makes them. One line for each list of numbers: its name, then
its values.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.decomposition import PCA


def scatter(count, phase):
    """Numbers in -1..1 that look random."""
    x = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + phase) * 43758.5453
    return 2.0 * (x - np.floor(x)) - 1.0


def show(name, values):
    print(name, " ".join(f"{value:.7g}" for value in np.asarray(values, np.float64).ravel()))


def weigh(model):
    """Kernels within Glorot's limits, biases and statistics around 0, factors and variances around 1."""
    weights = []
    for number, weight in enumerate(model.weights):
        values = scatter(int(np.prod(weight.shape)), float(number))
        name = weight.path.split("/")[-1]
        if name == "kernel":
            shape = weight.shape
            limit = np.sqrt(6.0 / (np.prod(shape[:-1]) + np.prod(shape[:-2]) * shape[-1]))
            values = limit * values
        elif name in ("gamma", "moving_variance"):
            values = 1.0 + 0.3 * values
        else:
            values = 0.2 * values
        weights.append(values.reshape(weight.shape).astype(np.float32))
    model.set_weights(weights)


def gradients(inputs, layer, scores, picture, which):
    """A layer's output for a picture, and the gradients of a score with respect to it and to the picture."""
    both = keras.Model(inputs, [layer, scores])
    picture = tf.constant(picture)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(picture)
        output, found = both(picture, training=False)
        score = which(found)
    return output.numpy()[0], tape.gradient(score, output).numpy()[0], tape.gradient(score, picture).numpy()[0]


def explain(case, inputs, layer, scores, picture, which):
    output, d_output, d_picture = gradients(inputs, layer, scores, picture, which)
    cam = np.maximum((output * d_output.mean(axis=(0, 1))).sum(axis=-1), 0.0)
    show(f"{case}/cam", cam)
    resized = tf.image.resize((cam / cam.max())[..., None], picture.shape[1:3], method="bilinear")
    show(f"{case}/resized", resized)
    show(f"{case}/saliency", abs(d_picture).max(axis=-1))


# A classifier, its scores before the softmax.
inputs = keras.Input((16, 12, 3))
first = layers.Conv2D(6, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(first)
x = layers.Conv2D(8, 3, padding="same")(x)
x = layers.BatchNormalization()(x)
last = layers.ReLU()(x)
x = layers.MaxPooling2D(2)(last)
x = layers.Flatten()(x)
scores = layers.Dense(5)(x)
model = keras.Model(inputs, scores)
weigh(model)
pictures = (0.5 + 0.5 * scatter(40 * 16 * 12 * 3, 0.5)).reshape(40, 16, 12, 3).astype(np.float32)
explain("last", inputs, last, scores, pictures[3:4], lambda found: found[0, 3])
explain("first", inputs, first, scores, pictures[3:4], lambda found: found[0, 4])

# Features of that classifier on a plane, and what its filter 5 is strongest for.
features = keras.Model(inputs, last).predict(pictures, verbose=0)
plane = PCA(n_components=2, svd_solver="full").fit(features.reshape(40, -1).astype(np.float64))
show("pca/points", plane.transform(features.reshape(40, -1).astype(np.float64)))
show("pca/explained", plane.explained_variance_ratio_)
strongest = features[..., 5].max(axis=(1, 2))
order = np.argsort(-strongest, kind="stable")[:4]
show("strongest/places", order)
show("strongest/values", strongest[order])

# A shortcut around a convolution, and a single score, which is for the second class.
inputs = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, padding="same", activation="tanh")(inputs)
added = layers.ReLU()(layers.Add()([x, layers.Conv2D(4, 3, padding="same")(x)]))
score = layers.Dense(1)(layers.GlobalAveragePooling2D()(added))
model = keras.Model(inputs, score)
weigh(model)
picture = (0.5 + 0.5 * scatter(8 * 8 * 3, 1.5)).reshape(1, 8, 8, 3).astype(np.float32)
explain("second class", inputs, added, score, picture, lambda found: found[0, 0])
explain("first class", inputs, added, score, picture, lambda found: -found[0, 0])
