"""Keras's side of bench_zoo (keras 3.15, tensorflow-cpu 2.21, safetensors). Prints seconds.

    bench_zoo.py features WEIGHTS PICTURES FEATURES     features of 224 x 224 pictures in bytes, written as 32-bit numbers
    bench_zoo.py vgg16 STEPS                            a step of fine-tuning VGG16's last block at 150 x 150, batch 20
"""
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np


def features(weights, pictures, output):
    from safetensors.numpy import load_file

    model = keras.applications.MobileNetV2(
        weights=None, include_top=False, alpha=0.35, input_shape=(224, 224, 3), pooling="avg"
    )
    tensors = load_file(weights)
    for weight in model.weights:
        name = "/".join(weight.path.split("/")[-2:])
        value = tensors.get(name, tensors.get(name.replace("depthwise/kernel", "depthwise/depthwise_kernel")))
        weight.assign(value.reshape(weight.shape))
    images = np.fromfile(pictures, np.uint8).reshape(-1, 224, 224, 3)
    model.predict(images[:64] / np.float32(127.5) - 1, batch_size=64, verbose=0)
    start = time.perf_counter()
    found = model.predict(images.astype(np.float32) / 127.5 - 1, batch_size=64, verbose=0)
    seconds = time.perf_counter() - start
    found.astype(np.float32).tofile(output)
    return seconds


def vgg16(steps):
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3))
    for layer in base.layers:
        layer.trainable = layer.name.startswith("block5")
    layers = keras.layers
    model = keras.Sequential(
        [base, layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(4, activation="softmax")]
    )
    model.compile(keras.optimizers.RMSprop(1e-5), "sparse_categorical_crossentropy")
    x, y = np.random.rand(20, 150, 150, 3).astype(np.float32), np.arange(20) % 4
    model.train_on_batch(x, y)
    start = time.perf_counter()
    for _ in range(steps):
        model.train_on_batch(x, y)
    seconds = (time.perf_counter() - start) / steps
    import resource

    print(f"Keras: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB", file=sys.stderr)
    return seconds


print(features(*sys.argv[2:]) if sys.argv[1] == "features" else vgg16(int(sys.argv[2])))
