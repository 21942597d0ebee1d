"""First ten training steps of R4's CIFAR-10 network, from given weights on given pictures: the losses in `tests/it/keras.rs`.

Run with Keras 3.15 and TensorFlow 2.21: `python ten_steps.py`. Weights and pictures are scattered by a sine of their
index, so that both sides can make them; nothing is random.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers


def scatter(count, phase):
    """Numbers in -1..1 that look random."""
    x = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + phase) * 43758.5453
    return 2.0 * (x - np.floor(x)) - 1.0


def train(optimizer, class_weight=None, smoothing=0.0, batches_a_step=1):
    model = keras.Sequential([
        keras.Input((32, 32, 3)),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10),
    ])
    assert model.count_params() == 122570
    weights = []
    for number, tensor in enumerate(model.get_weights()):
        if tensor.ndim == 1:
            weights.append(np.zeros(tensor.shape, np.float32))
            continue
        fan_in, fan_out = np.prod(tensor.shape[:-1]), np.prod(tensor.shape[:-2]) * tensor.shape[-1]
        limit = np.sqrt(6.0 / (fan_in + fan_out))
        weights.append((limit * scatter(tensor.size, number)).reshape(tensor.shape).astype(np.float32))
    model.set_weights(weights)
    pictures = (0.5 + 0.5 * scatter(320 * 32 * 32 * 3, 0.0)).reshape(320, 32, 32, 3).astype(np.float32)
    labels = np.arange(320) % 10
    # A class can be told by a bright row.
    for n in range(320):
        pictures[n, 3 * labels[n], :, :] += 1.0
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing))
    one_hot = keras.utils.to_categorical(labels, 10)
    losses = []
    for step in range(10):
        part = slice(32 * step, 32 * step + 32)
        losses.append(float(model.train_on_batch(pictures[part], one_hot[part], class_weight=class_weight)))
        model.reset_metrics() if hasattr(model, "reset_metrics") else None
    losses = [sum(losses[i:i + batches_a_step]) / batches_a_step for i in range(0, 10, batches_a_step)]
    said = f"{' weighted' if class_weight else ''}{f' smoothed {smoothing}' if smoothing else ''}"
    print(f"{type(optimizer).__name__}{said}{f', {batches_a_step} batches a step' if batches_a_step > 1 else ''}: [{', '.join(f'{loss:.6f}' for loss in losses)}]")


train(keras.optimizers.Adam())
train(keras.optimizers.RMSprop())
train(keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True))
train(keras.optimizers.AdamW())
train(keras.optimizers.SGD(0.01))
train(keras.optimizers.SGD(0.01, momentum=0.9, weight_decay=0.5))
# At 0.001 these ten steps are chaotic: weights changed by a millionth move Keras's own losses by 0.003.
train(keras.optimizers.RMSprop(1e-4, weight_decay=0.5))
train(keras.optimizers.Adam(), {label: 0.5 + 0.25 * label for label in range(10)})
train(keras.optimizers.Adam(), smoothing=0.1)
train(keras.optimizers.Adam(gradient_accumulation_steps=2), batches_a_step=2)
