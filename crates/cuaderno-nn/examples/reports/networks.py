"""The networks of `mod.rs` for Keras and PyTorch."""

# A layer is (kind, arguments); padding is valid, pooling 2 x 2.
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


def keras_network(name):
    """The network of that name, uncompiled, with logits; an activation inside its layer is what Keras is fastest with."""
    import keras
    from keras import layers as k

    def layer(kind, *args):
        return {
            CONV: lambda: k.Conv2D(*args), DENSE: lambda: k.Dense(*args), POOL: lambda: k.MaxPooling2D(2),
            NORM: lambda: k.BatchNormalization(epsilon=args[0]), DROP: lambda: k.Dropout(*args), FLAT: k.Flatten,
            RELU: lambda: k.Activation("relu"), SIGMOID: lambda: k.Activation("sigmoid"),
        }[kind]()

    size, layers, _ = NETWORKS[name]
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
    return model


def keras_optimizer(name):
    """Its report's optimizer, with the defaults of Keras."""
    import keras

    return {"rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[NETWORKS[name][2]]()
