"""The peers of bench_images.rs: tf.data and Keras's ImageDataGenerator on the same pictures. Prints case, peer, ms a picture."""

import os
import pathlib
import sys
import time
import types

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import scipy.ndimage
import tensorflow as tf
from keras.src.legacy.preprocessing import image as legacy

# Keras still asks for a name that SciPy has moved.
legacy.scipy = types.SimpleNamespace(ndimage=types.SimpleNamespace(interpolation=scipy.ndimage))

folder, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
files = sorted(str(path) for path in folder.glob("*/*"))
PLAIN, AUGMENTED = "decode and resize to 150x150", "decode, resize, augment as R1"


def report(case, peer, one_pass):
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        count = one_pass()
        seconds.append(time.perf_counter() - start)
    assert count == len(files), (count, len(files))
    print(case, peer, min(seconds) * 1000 / count, sep="\t", flush=True)


def read(path):
    picture = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(picture, (150, 150)) / 255.0


def through(dataset):
    return lambda: sum(int(batch.shape[0]) for batch in dataset)


plain = tf.data.Dataset.from_tensor_slices(files).map(read, tf.data.AUTOTUNE).batch(50).prefetch(tf.data.AUTOTUNE)
report(PLAIN, "tf.data", through(plain))

layers = keras.Sequential([
    keras.layers.RandomFlip("horizontal"),
    keras.layers.RandomRotation(10 / 360, fill_mode="nearest"),
    keras.layers.RandomTranslation(0.3, 0.3, fill_mode="nearest"),
    keras.layers.RandomZoom(0.2, 0.2, fill_mode="nearest"),
])
augmented = plain.map(lambda batch: layers(batch, training=True), tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
report(AUGMENTED, "tf.data + keras layers", through(augmented))


def generator(**settings):
    flow = legacy.ImageDataGenerator(rescale=1 / 255, **settings).flow_from_directory(
        folder, target_size=(150, 150), batch_size=50, interpolation="bilinear"
    )
    return lambda: sum(len(flow[index][0]) for index in range(len(flow)))


sys.stdout, stdout = sys.stderr, sys.stdout  # flow_from_directory prints
flows = generator(), generator(
    rotation_range=10, width_shift_range=0.3, height_shift_range=0.3, shear_range=0.3, zoom_range=0.2, horizontal_flip=True
)
sys.stdout = stdout
report(PLAIN, "ImageDataGenerator", flows[0])
report(AUGMENTED, "ImageDataGenerator", flows[1])
