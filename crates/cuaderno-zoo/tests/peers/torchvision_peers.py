"""torchvision's ResNet50 and MobileNetV2 written out in NumPy, channels first, with weights from a formula.

    python torchvision_peers.py > torchvision.json        (numpy 2.4; torch is not needed)

The forward passes and the names follow torchvision/models/resnet.py and mobilenetv2.py. Two pictures of 64 x 48, after
torchvision's normalization; without top, averaged over the last maps.
"""
import json

import numpy as np

from formula import described, pictures, torch_tensor

EPSILON = 1e-5
MEAN = np.array([0.485, 0.456, 0.406])[:, None, None]
DEVIATION = np.array([0.229, 0.224, 0.225])[:, None, None]


class Weights:
    """Makes each tensor when it is first asked for, and remembers its name and shape."""

    def __init__(self):
        self.tensors = []

    def get(self, name, shape):
        number = len(self.tensors)
        self.tensors.append([name, list(shape)])
        return torch_tensor(name, shape, number)


def conv(w, name, x, filters, size, stride=1, pad=0, groups=1):
    n, c, _, _ = x.shape
    kernel = w.get(name + ".weight", (filters, c // groups, size, size))
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    if groups == c and groups > 1:
        return np.einsum("nchwij,cij->nchw", windows, kernel[:, 0])
    return np.tensordot(windows, kernel, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)


def norm(w, name, x):
    c = x.shape[1]
    gamma, beta = w.get(name + ".weight", (c,)), w.get(name + ".bias", (c,))
    mean, variance = w.get(name + ".running_mean", (c,)), w.get(name + ".running_var", (c,))
    shape = (1, c, 1, 1)
    return (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + EPSILON) * gamma.reshape(shape) + beta.reshape(shape)


def relu(x):
    return np.maximum(x, 0.0)


def relu6(x):
    return np.clip(x, 0.0, 6.0)


def bottleneck(w, name, x, width, stride, downsample):
    y = relu(norm(w, name + ".bn1", conv(w, name + ".conv1", x, width, 1)))
    y = relu(norm(w, name + ".bn2", conv(w, name + ".conv2", y, width, 3, stride, 1)))
    y = norm(w, name + ".bn3", conv(w, name + ".conv3", y, 4 * width, 1))
    if downsample:
        x = norm(w, name + ".downsample.1", conv(w, name + ".downsample.0", x, 4 * width, 1, stride))
    return relu(y + x)


def resnet50(w, x):
    x = relu(norm(w, "bn1", conv(w, "conv1", x, 64, 7, 2, 3)))
    x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    x = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3))[:, :, ::2, ::2].max((4, 5))
    for stage, (blocks, width) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)]):
        for number in range(blocks):
            stride = 2 if stage > 0 and number == 0 else 1
            x = bottleneck(w, f"layer{stage + 1}.{number}", x, width, stride, number == 0)
    return x.mean((2, 3))


def inverted_residual(w, name, x, expansion, channels, stride):
    y, step = x, 0
    if expansion != 1:
        y = relu6(norm(w, f"{name}.conv.0.1", conv(w, f"{name}.conv.0.0", y, expansion * x.shape[1], 1)))
        step = 1
    hidden = y.shape[1]
    y = conv(w, f"{name}.conv.{step}.0", y, hidden, 3, stride, 1, groups=hidden)
    y = relu6(norm(w, f"{name}.conv.{step}.1", y))
    y = norm(w, f"{name}.conv.{step + 2}", conv(w, f"{name}.conv.{step + 1}", y, channels, 1))
    return x + y if stride == 1 and x.shape[1] == channels else y


def mobilenet_v2(w, x):
    x = relu6(norm(w, "features.0.1", conv(w, "features.0.0", x, 32, 3, 2, 1)))
    number = 1
    runs = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, channels, repetitions, stride in runs:
        for repetition in range(repetitions):
            x = inverted_residual(w, f"features.{number}", x, expansion, channels, stride if repetition == 0 else 1)
            number += 1
    x = relu6(norm(w, "features.18.1", conv(w, "features.18.0", x, 1280, 1)))
    return x.mean((2, 3))


def peer(case, network):
    w = Weights()
    x = pictures(64, 48).astype(np.float64).transpose(0, 3, 1, 2)
    output = network(w, (x - MEAN) / DEVIATION)
    return described(case, (64, 48), w.tensors, output)


print(json.dumps([peer("resnet50", resnet50), peer("mobilenet_v2 1.0", mobilenet_v2)]))
