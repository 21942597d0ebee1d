"""Writes values.txt: what Keras 3 on TensorFlow computes for the cases of tests/it/keras.rs.

Run: pip install tensorflow-cpu keras && python values.py   (written with Keras 3.15, TensorFlow 2.21)
Inputs come from the same multiplicative sequence as `differences::values` in the tests, so only results are stored:
one line each, `name value value ...`. Gradients are those of sum(output * values(4)).
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

MASK = (1 << 64) - 1
lines = []


def values(seed, *shape):
    state = (seed * 0x9E37_79B9_7F4A_7C15 & MASK) | 1
    out = []
    for _ in range(int(np.prod(shape))):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) & MASK
        out.append((state >> 40) / (1 << 23) - 1.0)
    return np.array(out, np.float32).reshape(shape)


def store(name, array):
    lines.append(name + " " + " ".join(f"{x:.9g}" for x in np.asarray(array, np.float32).ravel()))


def layer_case(name, layer, x, weights, training=None):
    """Output, gradients of the input and of each trainable weight."""
    x = tf.constant(x)
    if not layer.built:
        layer.build(x.shape)
    if weights:
        layer.set_weights(weights)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x) if training is None else layer(x, training=training)
        loss = tf.reduce_sum(y * values(4, *y.shape))
    trainable = [v.value for v in layer.trainable_variables]
    gradients = tape.gradient(loss, [x] + trainable)
    store(f"{name}.output", y)
    for part, gradient in zip(["input", "weight", "bias"], gradients):
        store(f"{name}.d_{part}", gradient)
    return layer


L = keras.layers
for name, size, channels, layer in [
    ("conv_valid_relu", (6, 7), 3, L.Conv2D(5, 3, activation="relu")),
    ("conv_same_stride2", (7, 8), 4, L.Conv2D(6, 3, strides=2, padding="same")),
    ("conv_dilated_same_tanh", (7, 6), 2, L.Conv2D(3, 3, dilation_rate=2, padding="same", activation="tanh")),
    ("conv_groups_sigmoid", (5, 5), 6, L.Conv2D(4, (2, 3), groups=2, activation="sigmoid")),
    ("conv_5x5", (9, 8), 3, L.Conv2D(8, 5)),
    ("depthwise_same", (5, 6), 4, L.DepthwiseConv2D(3, padding="same")),
    ("depthwise_double", (6, 6), 3, L.DepthwiseConv2D(3, strides=2, depth_multiplier=2)),
]:
    x = values(1, 2, *size, channels)
    if not layer.built:
        layer.build(x.shape)
    kernel, bias = layer.get_weights()
    layer_case(name, layer, x, [values(2, *kernel.shape), values(3, *bias.shape)])

for name, layer in [
    ("max_pool", L.MaxPooling2D(2)),
    ("max_pool_same", L.MaxPooling2D(3, strides=2, padding="same")),
    ("average_pool", L.AveragePooling2D(2)),
    ("average_pool_same", L.AveragePooling2D(3, strides=2, padding="same")),
    ("global_average", L.GlobalAveragePooling2D()),
]:
    layer_case(name, layer, values(1, 2, 7, 6, 3), None)

layer_case("dense_relu6", L.Dense(5, activation="relu6"), values(1, 3, 8), [values(2, 8, 5) * 6, values(3, 5)])
layer_case("leaky_relu", L.LeakyReLU(), values(1, 4, 6), None)
layer_case("softmax", L.Softmax(), values(1, 4, 6), None)

norm = L.BatchNormalization(momentum=0.9, epsilon=0.01)
x = values(1, 4, 3, 3, 5)
norm = layer_case("batch_norm", norm, x, [values(2, 5), values(3, 5), np.zeros(5), np.ones(5)], training=True)
store("batch_norm.running_mean", norm.moving_mean)
store("batch_norm.running_variance", norm.moving_variance)
store("batch_norm.inference", norm(x, training=False))

logits = tf.constant(values(1, 5, 4) * 3)
labels = np.array([0, 3, 2, 1, 1])
soft = np.abs(values(2, 5, 4))
soft /= soft.sum(axis=1, keepdims=True)
weights = np.array([0.5, 2.0, 1.0, 0.0, 3.0], np.float32)
for name, loss, targets, w in [
    ("sparse", keras.losses.SparseCategoricalCrossentropy(from_logits=True), labels, None),
    ("sparse_weighted", keras.losses.SparseCategoricalCrossentropy(from_logits=True), labels, weights),
    ("categorical", keras.losses.CategoricalCrossentropy(from_logits=True), soft, None),
    ("binary", keras.losses.BinaryCrossentropy(from_logits=True), soft, None),
    ("binary_weighted", keras.losses.BinaryCrossentropy(from_logits=True), soft, weights),
]:
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(targets, logits, sample_weight=w)
    store(f"{name}.loss", [value])
    store(f"{name}.d_logits", tape.gradient(value, logits))

O = keras.optimizers
for name, optimizer in [
    ("sgd", O.SGD()),
    ("sgd_momentum", O.SGD(0.1, momentum=0.9)),
    ("sgd_nesterov", O.SGD(0.1, momentum=0.9, nesterov=True)),
    ("rmsprop", O.RMSprop()),
    ("rmsprop_momentum", O.RMSprop(0.01, momentum=0.5)),
    ("rmsprop_centered", O.RMSprop(0.01, centered=True)),
    ("rmsprop_centered_momentum", O.RMSprop(0.01, momentum=0.5, centered=True)),
    ("adam", O.Adam()),
    ("adamw", O.AdamW(0.01)),
]:
    parameters = keras.Variable(values(1, 10))
    optimizer.build([parameters])
    for step in range(5):
        optimizer.apply([tf.constant(values(10 + step, 10))])
    store(f"{name}.parameters", parameters)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "values.txt"), "w") as f:
    f.write("\n".join(lines) + "\n")
