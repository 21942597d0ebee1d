"""Networks of Keras with weights from a formula: names and shapes of their tensors, and what they make of two pictures.

    python keras_peers.py > keras.json        (keras 3.15, tensorflow-cpu 2.21)

The test makes the same weights and pictures and expects the same outputs. Pictures are 64 x 48 (32 x 32 for VGG16's top).
"""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

from formula import described, pictures, scatter


def values(name, shape, number):
    s = scatter(int(np.prod(shape)), 2.0 * number)
    if name.endswith("kernel"):
        depthwise = "depthwise" in name
        fan = np.prod(shape[:2]) if depthwise else np.prod(shape[:-1])
        s = s * np.sqrt(4.0 / fan)
    elif name.endswith(("gamma", "moving_variance")):
        s = 1.0 + 0.3 * s
    else:
        s = 0.2 * s
    return s.astype(np.float32).reshape(shape)


def peer(case, make, preprocess, size, **settings):
    keras.backend.clear_session()
    model = make(weights=None, input_shape=(*size, 3), **settings)
    tensors = []
    for number, weight in enumerate(model.weights):
        name = "/".join(weight.path.split("/")[-2:])
        tensors.append([name, list(weight.shape)])
        weight.assign(values(name, weight.shape, number))
    output = model.predict(preprocess(pictures(*size) * 255.0), verbose=0)
    return described(case, size, tensors, output)


apps = keras.applications
mobilenet = (apps.MobileNetV2, apps.mobilenet_v2.preprocess_input)
vgg = (apps.VGG16, apps.vgg16.preprocess_input)
resnet = (apps.ResNet50, apps.resnet50.preprocess_input)
small = (64, 48)
print(json.dumps([
    peer("mobilenet_v2 0.35", *mobilenet, small, alpha=0.35, include_top=False, pooling="avg"),
    peer("mobilenet_v2 1.0", *mobilenet, (65, 49), alpha=1.0, include_top=False, pooling="max"),
    peer("mobilenet_v2 1.4 top", *mobilenet, small, alpha=1.4, include_top=True, classes=20),
    peer("vgg16", *vgg, small, include_top=False),
    peer("vgg16 top", *vgg, (32, 32), include_top=True, classes=20),
    peer("resnet50", *resnet, small, include_top=False, pooling="avg"),
    peer("resnet50 top", *resnet, small, include_top=True, classes=20),
]))
