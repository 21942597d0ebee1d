"""What Keras's MobileNetV2 0.35 with ImageNet's weights makes of real pictures: 48 of the 1280 features, and their length.

    python keras_real.py FOLDER > real.json     (keras 3.15, tensorflow-cpu 2.21, safetensors; FOLDER as in CUADERNO_DATA)

The pictures are the first of CIFAR-100's test set, each pixel repeated 7 by 7 times: decoders of JPEG differ by a level or two,
which changes features by one percent; these are numbers already.
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from safetensors.numpy import load_file

data = Path(sys.argv[1])
model = keras.applications.MobileNetV2(
    weights=None, include_top=False, alpha=0.35, input_shape=(224, 224, 3), pooling="avg"
)
tensors = load_file(data / "weights/mobilenet_v2_0.35_224_notop.safetensors")
for weight in model.weights:
    name = "/".join(weight.path.split("/")[-2:])
    value = tensors.get(name, tensors.get(name.replace("depthwise/kernel", "depthwise/depthwise_kernel")))
    weight.assign(value.reshape(weight.shape))
lines = []
records = np.fromfile(data / "cifar100-25/test.bin", np.uint8).reshape(-1, 2 + 3072)
for index in range(3):
    pixels = records[index, 2:].reshape(3, 32, 32).transpose(1, 2, 0).repeat(7, 0).repeat(7, 1).astype(np.float32)
    features = model.predict(keras.applications.mobilenet_v2.preprocess_input(pixels[None]), verbose=0)[0]
    values = [round(float(x), 6) for x in features[::27]]
    lines.append(json.dumps({"picture": index, "norm": float(np.linalg.norm(features)), "values": values}))
print("[\n" + ",\n".join(lines) + "\n]")
