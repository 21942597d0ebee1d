"""What Keras makes of a sample of the random networks: the numbers in `random_networks.txt`, which judge the reference of `it/fuzz`.

Run with Keras 3.15 and TensorFlow 2.21, in float64:

    cargo test -q -p cuaderno-nn --test it -- --ignored --exact fuzz::keras::sample --nocapture | python random_networks.py > random_networks.txt

Pictures, parameters and the weights of sums are scattered by a sine of their index, so that both sides can make them. What Keras
does not take (strides together with dilation) is left out.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.config.set_floatx("float64")


def wave(count, phase):
    """Numbers in -1..1 that look random."""
    x = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + phase) * 43758.5453
    return 2.0 * (x - np.floor(x)) - 1.0


class Network:
    """Runs layers one by one, and keeps their variables in the order of the layers."""

    def __init__(self):
        self.trainable, self.all = [], []

    def values(self, kind, shape):
        """The next tensor's values."""
        x = wave(int(np.prod(shape)), float(len(self.all) + 1)).reshape(shape)
        if kind == "kernel":
            taps = np.prod(shape[:-2])
            return x * np.sqrt(6.0 / (taps * (shape[-2] + shape[-1])))
        return {"gamma": 1.0 + 0.3 * x, "moving_variance": 1.0 + 0.5 * x}.get(kind, 0.3 * x)

    def add(self, layer, x, kinds):
        """A layer with variables of these kinds, built for its input."""
        layer.build(x.shape)
        for kind, variable in zip(kinds, layer.variables, strict=True):
            variable.assign(self.values(kind, tuple(variable.shape)))
            self.all.append(variable)
            if not kind.startswith("moving"):
                self.trainable.append(variable)
        return layer(x, training=True) if isinstance(layer, layers.BatchNormalization) else layer(x)

    def conv(self, x, filters, size, options):
        kinds = ["kernel"] + ["bias"] * options.pop("use_bias")
        groups = options.pop("groups", 1)
        layer = layers.Conv2D(filters, size, use_bias=len(kinds) > 1, **options)
        if groups == 1:
            return self.add(layer, x, kinds)
        # TensorFlow has no grouped convolution on processors: one for each group, of its part of the variables.
        inputs, outputs = x.shape[-1] // groups, filters // groups
        kernel = tf.Variable(self.values("kernel", (*size, inputs, filters)))
        self.all.append(kernel)
        self.trainable.append(kernel)
        parts = []
        for g in range(groups):
            part = x[..., g * inputs:(g + 1) * inputs]
            weights = kernel[..., g * outputs:(g + 1) * outputs]
            parts.append(keras.ops.conv(part, weights, layer.strides, layer.padding, dilation_rate=layer.dilation_rate))
        y = tf.concat(parts, -1)
        if len(kinds) > 1:
            bias = tf.Variable(self.values("bias", (filters,)))
            self.all.append(bias)
            self.trainable.append(bias)
            y += bias
        return y

    def run(self, network, x):
        for layer in network:
            x = layer(self, x)
        return x


class Layer:
    """A layer as `cnn!` writes it: a function of the network and its input, options behind it."""

    def __init__(self, run, **options):
        self.run, self.options = run, options

    def __call__(self, network, x):
        return self.run(network, x, dict(self.options))

    def width(self, n):
        return self.with_(width=n)

    def stride(self, n):
        return self.with_(strides=(n, n))

    def strides(self, down, right):
        return self.with_(strides=(down, right))

    def dilation(self, n):
        return self.with_(dilation_rate=(n, n))

    def groups(self, n):
        return self.with_(groups=n)

    def same(self):
        return self.with_(padding="same")

    def no_bias(self):
        return Layer(self.run, **{**self.options, "use_bias": False})

    def momentum(self, x):
        return self.with_(momentum=float(np.float32(x)))

    def epsilon(self, x):
        return self.with_(epsilon=float(np.float32(x)))

    def slope(self, x):
        return self.with_(negative_slope=float(np.float32(x)))

    def with_(self, **more):
        return Layer(self.run, **self.options, **more)


def conv2d(filters, height):
    def run(network, x, options):
        return network.conv(x, filters, (height, options.pop("width", height)), options)
    return Layer(run, use_bias=True)


def windowed(kind):
    def make(height):
        def run(_, x, options):
            return kind((height, options.pop("width", height)), **options)(x)
        return Layer(run)
    return make


def dense(units):
    def run(network, x, options):
        bias = options["use_bias"]
        return network.add(layers.Dense(units, use_bias=bias), x, ["kernel"] + ["bias"] * bias)
    return Layer(run, use_bias=True)


def plain(make):
    return Layer(lambda _, x, options: make(**options)(x))


def norm(network, x, options):
    return network.add(layers.BatchNormalization(**options), x, ["gamma", "beta", "moving_mean", "moving_variance"])


def zero_pad_sides(top, bottom, left, right):
    return plain(lambda: layers.ZeroPadding2D(((top, bottom), (left, right))))


def rescale(factors, offsets, reversed_):
    factors, offsets = (np.array(numbers, np.float32).astype(np.float64) for numbers in (factors, offsets))
    return Layer(lambda _, x, options: (x[..., ::-1] if reversed_ else x) * factors + offsets)


def residual(*parts):
    at = parts.index(None) if None in parts else len(parts)
    branch, shortcut = parts[:at], parts[at + 1:]
    return Layer(lambda network, x, _: network.run(branch, x) + network.run(shortcut, x))


def model(inner):
    return Layer(lambda network, x, _: network.run(inner, x))


NAMES = {
    "conv2d": conv2d, "dense": dense, "rescale": rescale, "residual": residual, "model": model, "zero_pad_sides": zero_pad_sides,
    "max_pool": windowed(layers.MaxPooling2D), "avg_pool": windowed(layers.AveragePooling2D),
    "global_avg_pool": plain(layers.GlobalAveragePooling2D), "global_max_pool": plain(layers.GlobalMaxPooling2D),
    "batch_norm": Layer(norm), "relu": plain(layers.ReLU), "relu6": plain(lambda: layers.ReLU(6.0)),
    "leaky_relu": plain(layers.LeakyReLU), "sigmoid": plain(lambda: layers.Activation("sigmoid")),
    "tanh": plain(lambda: layers.Activation("tanh")), "softmax": plain(layers.Softmax), "flatten": plain(layers.Flatten),
    "true": True, "false": False,
}


def numbers(text, shape, batch):
    """Sums of the output, of the input's gradient, of every trainable tensor's gradient and of the statistics after the step."""
    text = text.replace("; ", ", None, ").replace("Rescaling { factors: ", "").replace("offsets: ", "")
    text = text.replace("reversed: ", "").replace(" }", "")
    channels_last = (batch, *shape[1:], shape[0]) if len(shape) == 3 else (batch, *shape)
    x = tf.Variable(wave(int(np.prod(channels_last)), 0.25).astype(np.float32).astype(np.float64).reshape(channels_last))
    network = Network()
    with tf.GradientTape() as tape:
        y = network.run(eval(f"[{text}]", NAMES), x)
        total = tf.reduce_sum(y * wave(int(np.prod(y.shape)), 0.5).reshape(y.shape))
    variables = [v.value if hasattr(v, "value") and not isinstance(v, tf.Variable) else v for v in network.trainable]
    gradients = tape.gradient(total, [x, *variables])
    dot = lambda values: float(np.sum(np.ravel(values) * wave(np.size(values), 0.75)))
    moved = [v for v in network.all if not any(v is t for t in network.trainable)]
    return [float(total)] + [dot(g) for g in gradients] + [dot(v) for v in moved]


for line in sys.stdin:
    fields = line.rstrip("\n").split("\t")
    if len(fields) != 4:
        continue
    seed, batch, shape, text = fields
    try:
        found = numbers(text, [int(n) for n in shape.split(",")], int(batch))
    except ValueError as problem:
        print(f"seed {seed} left out: {str(problem).splitlines()[0]}", file=sys.stderr)
        continue
    print(line.rstrip("\n") + "\t" + " ".join(f"{x:.12g}" for x in found))
