"""Writes what Keras 3.15 says of small models' layers: configs.json, for `src/keras_config.rs`.

    python keras_configs.py
"""

import json
from pathlib import Path

from keras import Input, Model, Sequential, layers


def chain(*changed, first=(), normalization=0.001, pool=layers.MaxPooling2D, top=layers.GlobalAveragePooling2D, end="softmax", **conv):
    conv = {"activation": "relu"} | conv
    return Sequential(
        [Input((12, 12, 3)), *first, layers.Conv2D(4, 3, name="ant", **conv), layers.Dropout(0.5), *changed]
        + [layers.BatchNormalization(epsilon=normalization, name="bat"), pool(2, name="cow"), top(name="doe"), layers.Dense(2, activation=end, name="end")]
    )


def residual(shortcut):
    x = Input((12, 12, 3))
    beside = layers.Conv2D(3, shortcut, padding="same", name="short")(x)
    y = layers.Conv2D(3, 3, padding="same", activation="relu", name="one")(x)
    y = layers.Conv2D(3, 3, padding="same", name="two")(y)
    y = layers.GlobalAveragePooling2D()(layers.Add(name="sum")([beside, y]))
    return Model(x, layers.Dense(2, activation="softmax")(y))


models = {
    "same": chain(),
    "of 255": chain(first=[layers.Rescaling(1 / 255), layers.RandomFlip()]),
    "from -1": chain(first=[layers.Rescaling(1 / 127.5, -1, name="scaled")]),
    "logits": chain(end=None),
    "flat": chain(top=lambda name: layers.GlobalMaxPooling2D(name=name)),
    "tanh": chain(activation="tanh"),
    "stride": chain(strides=2),
    "padding": chain(padding="same"),
    "dilation": chain(dilation_rate=2),
    "epsilon": chain(normalization=0.5),
    "mean": chain(pool=layers.AveragePooling2D),
    "more": chain(layers.ReLU(6.0, name="six")),
    "leaky": chain(layers.LeakyReLU(0.2, name="leaky"), activation=None),
    "silu": chain(activation="silu"),
    "residual": residual(1),
    "exchangeable": residual(3),
}
OF_TRAINING = ("initializer", "regularizer", "constraint", "dtype", "build_config", "compile_config", "module", "registered_name", "trainable", "tensor_type")


def short(value):
    """Without what nobody asks for: a tenth of the text."""
    if isinstance(value, dict):
        return {name: short(inner) for name, inner in value.items() if not name.endswith(OF_TRAINING)}
    return [short(inner) for inner in value] if isinstance(value, list) else value


Path(__file__).with_name("configs.json").write_text(json.dumps({name: short(json.loads(model.to_json())) for name, model in models.items()}))
