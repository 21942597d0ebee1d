"""Keras and PyTorch on the networks of `reports/mod.rs`, for `bench_nn.rs`, which starts it: `bench_nn.py keras model1`.

Says `ready`, then for each line `train STEPS` or `predict STEPS` the seconds that took (of training the second epoch, after
one to warm up), for `memory` the process's peak in MB.
"""

import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

peer, name, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])

# Written once for both: (kind, arguments); padding is valid, pooling 2 x 2.
CONV, RELU, SIGMOID, POOL, NORM, DROP, FLAT, DENSE = "conv relu sigmoid pool norm drop flat dense".split()


def reddit(kernel, act, normed=False, last=True, filters=(32, 32, 64, 128)):
    a, b, c, d = filters
    layers = [(CONV, a, kernel), (act,), (CONV, b, kernel), (act,)]
    layers += [(NORM, 0.01)] * normed + [(POOL,), (CONV, c, kernel), (act,), (POOL,)]
    if last:
        layers += [(CONV, d, kernel), (act,)] + [(NORM, 0.01)] * normed + [(POOL,)]
    layers += [(FLAT,)] + [(DROP, 0.1)] * normed + [(DENSE, 256), (act,)] + [(DROP, 0.5)] * normed
    return layers + [(DENSE, 512), (act,), (DENSE, 2)]


def pooled(*filters, kernel=3):
    return [layer for count in filters for layer in [(CONV, count, kernel), (RELU,), (POOL,)]]


def normed(*layers):
    return [x for layer in layers for x in (layer, (NORM, 0.001), (RELU,))]


NETWORKS = {
    "model1": (64, pooled(32, 64, 128, 128) + [(FLAT,), (DENSE, 512), (RELU,), (DENSE, 2)], "rmsprop"),
    "model2": (64, reddit(5, RELU), "rmsprop"),
    "model3": (64, reddit(5, SIGMOID), "rmsprop"),
    "model4": (64, reddit(5, SIGMOID, normed=True), "rmsprop"),
    "model5": (64, reddit(5, RELU, normed=True, last=False), "rmsprop"),
    "blood": (150, pooled(32, 64, 64, 128, 128)
              + [(FLAT,), (DROP, 0.4), (DENSE, 512), (RELU,), (DENSE, 128), (RELU,), (DENSE, 4)], "rmsprop"),
    "basenet": (32, pooled(6, 16, kernel=5) + [(FLAT,), (DENSE, 50), (RELU,), (DENSE, 25)], "sgd"),
    "pre": (32, normed((CONV, 16, 3), (CONV, 32, 3)) + [(POOL,), (DROP, 0.2)] + normed((CONV, 64, 3), (CONV, 64, 3))
            + [(POOL,), (DROP, 0.5), (FLAT,)] + normed((DENSE, 128), (DENSE, 50)) + [(DENSE, 25)], "sgd"),
    "cifar10": (32, pooled(32, 64) + [(CONV, 64, 3), (RELU,), (FLAT,), (DENSE, 64), (RELU,), (DENSE, 10)], "adam"),
}
PARAMETERS = {"model1": 504514, "model2": 941410, "model3": 941410, "model4": 942050, "model5": 2571618, "blood": 606596,
              "basenet": 24197, "pre": 274581, "cifar10": 122570}

size, layers, optimizer = NETWORKS[name]
classes = layers[-1][1]
images = np.random.default_rng(0).random((4 * batch, size, size, 3), dtype=np.float32)
labels = (np.arange(4 * batch) % classes).astype(np.int32)


def keras_peer():
    import keras
    import tensorflow as tf
    from keras import layers as k

    def layer(kind, *args):
        return {
            CONV: lambda: k.Conv2D(*args), DENSE: lambda: k.Dense(*args), POOL: lambda: k.MaxPooling2D(2),
            NORM: lambda: k.BatchNormalization(epsilon=args[0]), DROP: lambda: k.Dropout(*args), FLAT: k.Flatten,
            RELU: lambda: k.Activation("relu"), SIGMOID: lambda: k.Activation("sigmoid"),
        }[kind]()

    # An activation inside its layer is what Keras is fastest with.
    made, rest = [keras.Input((size, size, 3))], list(layers)
    while rest:
        kind, *args = rest.pop(0)
        if kind in (CONV, DENSE) and rest and rest[0][0] in (RELU, SIGMOID):
            activation = rest.pop(0)[0]
            made.append((k.Conv2D if kind == CONV else k.Dense)(*args, activation=activation))
        else:
            made.append(layer(kind, *args))
    model = keras.Sequential(made)
    assert model.count_params() == PARAMETERS[name], model.count_params()
    rule = {"rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[optimizer]()
    model.compile(rule, keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    # Pictures in memory as tensors: no input pipeline is measured.
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(batch).cache().repeat().prefetch(2)

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds = time.perf_counter() - self.start

    def train(steps):
        clock = Clock()
        model.fit(data, epochs=2, steps_per_epoch=steps, verbose=0, callbacks=[clock])
        return clock.seconds

    def predict(steps):
        start = time.perf_counter()
        model.predict(data, steps=steps, verbose=0)
        return time.perf_counter() - start

    return train, predict


def torch_peer():
    import torch
    from torch import nn

    def shape_of(made):
        with torch.no_grad():
            return nn.Sequential(*made).eval()(torch.zeros(1, 3, size, size)).shape[1:]

    made = []
    for kind, *args in layers:
        inputs = shape_of(made)[0]
        made.append({
            CONV: lambda: nn.Conv2d(inputs, *args), DENSE: lambda: nn.Linear(inputs, *args), POOL: lambda: nn.MaxPool2d(2),
            NORM: lambda: (nn.BatchNorm2d if len(shape_of(made)) == 3 else nn.BatchNorm1d)(inputs, eps=args[0]),
            DROP: lambda: nn.Dropout(*args), FLAT: nn.Flatten, RELU: nn.ReLU, SIGMOID: nn.Sigmoid,
        }[kind]())
    model = nn.Sequential(*made).to(memory_format=torch.channels_last)
    rule = {"rmsprop": lambda p: torch.optim.RMSprop(p, 1e-3), "sgd": lambda p: torch.optim.SGD(p, 1e-2),
            "adam": lambda p: torch.optim.Adam(p)}[optimizer](model.parameters())
    loss = nn.CrossEntropyLoss()
    x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    y = torch.from_numpy(labels).long()
    part = lambda step: slice(step % 4 * batch, (step % 4 + 1) * batch)

    def train(steps):
        model.train()
        for _ in range(2):
            start = time.perf_counter()
            for step in range(steps):
                rule.zero_grad()
                value = loss(model(x[part(step)]), y[part(step)])
                value.backward()
                rule.step()
                value.item()
        return time.perf_counter() - start

    def predict(steps):
        model.eval()
        start = time.perf_counter()
        with torch.no_grad():
            for step in range(steps):
                model(x[part(step)])
        return time.perf_counter() - start

    return train, predict


train, predict = {"keras": keras_peer, "torch": torch_peer}[peer]()
print("ready", flush=True)
for line in sys.stdin:
    command, *count = line.split()
    if command == "memory":
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
        continue
    print({"train": train, "predict": predict}[command](int(count[0])), flush=True)
