"""Keras and PyTorch on the reports' networks, for `bench_nn.rs`, which starts it: `bench_nn.py keras model1`.

Says `ready`, then for each line `train STEPS` or `predict STEPS` the seconds that took (of training the second epoch, after
one to warm up), for `memory` the process's peak in MB.
"""

import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
from reports.networks import CONV, DENSE, DROP, FLAT, NETWORKS, NORM, POOL, RELU, SIGMOID, keras_network, keras_optimizer

peer, name, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])

size, layers, optimizer = NETWORKS[name]
classes = layers[-1][1]
images = np.random.default_rng(0).random((4 * batch, size, size, 3), dtype=np.float32)
labels = (np.arange(4 * batch) % classes).astype(np.int32)


def keras_peer():
    import keras
    import tensorflow as tf

    model = keras_network(name)
    model.compile(keras_optimizer(name), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
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
