#!/usr/bin/env python3
"""Weights of Keras or PyTorch as a safetensors file that `.load(…)` takes. Run it once for each file:

    python convert_weights.py mobilenet_v2_weights.h5 mobilenet_v2.safetensors
    python convert_weights.py vgg16-397923af.pth vgg16.safetensors --labels imagenet_class_index.json

Reads `.h5` and `.weights.h5` (needs h5py), `.keras` (needs h5py), `.pth`, `.pt` and `.bin` (needs torch). Tensors keep their
library's names and layout; they are stored as 32-bit numbers. Names of the classes, from a text file with a name a line or
from Keras's imagenet_class_index.json, go into the file as well. Needs numpy and safetensors in any case.
"""
import argparse
import io
import json
import re
import sys
import zipfile

import numpy as np
from safetensors.numpy import save_file

# What the layers of `.keras` files call their variables by number, in the order in which Keras creates them.
VARIABLES = {
    "batch_normalization": ["gamma", "beta", "moving_mean", "moving_variance"],
    "other": ["kernel", "bias"],
}


def from_h5(file):
    """Legacy weights: groups named by layer, each with a list of `layer/kernel:0`."""
    import h5py

    tensors = {}
    with h5py.File(file, "r") as h5:
        if "layers" in h5 or "_layer_checkpoint_dependencies" in h5:
            return from_numbered(h5)
        root = h5["model_weights"] if "model_weights" in h5 else h5

        def visit(name, item):
            if isinstance(item, h5py.Dataset):
                layer, tensor = name.split("/")[-2:]
                tensors[f"{layer}/{tensor.split(':')[0]}"] = item[()]

        root.visititems(visit)
    return tensors


def from_numbered(h5, names=None):
    """`model.weights.h5` of Keras 3: layers by kind and number, variables by number."""
    root = h5["layers"] if "layers" in h5 else h5["_layer_checkpoint_dependencies"]
    tensors = {}
    for key, group in root.items():
        variables = group.get("vars", {})
        if not len(variables):
            continue
        layer = names.get(key, key) if names else variables.attrs.get("name", key)
        layer = layer.decode() if isinstance(layer, bytes) else layer
        ordered = [variables[number][()] for number in sorted(variables, key=int)]
        kind = "batch_normalization" if len(ordered) == 4 else "other"
        for name, value in zip(VARIABLES[kind], ordered):
            tensors[f"{layer}/{name}"] = value
    return tensors


def from_keras(file):
    """A zip of the model's configuration and its numbered weights."""
    import h5py

    with zipfile.ZipFile(file) as archive:
        config = json.loads(archive.read("config.json"))
        weights = io.BytesIO(archive.read("model.weights.h5"))
    # Groups bear the class's name in snake case and a number, in the order of the layers.
    names, counts = {}, {}
    for layer in config["config"]["layers"]:
        # keras/src/utils/naming.py, to_snake_case
        kind = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", layer["class_name"])
        kind = re.sub("([a-z])([A-Z])", r"\1_\2", kind).lower()
        number = counts.get(kind, 0)
        counts[kind] = number + 1
        names[kind if number == 0 else f"{kind}_{number}"] = layer["config"]["name"]
    with h5py.File(weights, "r") as h5:
        return from_numbered(h5, names)


def from_torch(file):
    import torch

    state = torch.load(file, map_location="cpu", weights_only=True)
    state = state.get("state_dict", state)
    return {name.removeprefix("module."): tensor.float().numpy() for name, tensor in state.items() if tensor.is_floating_point()}


def class_names(file):
    text = open(file, encoding="utf-8").read()
    if text.lstrip().startswith("{"):
        index = json.loads(text)
        return [index[str(number)][1] for number in range(len(index))]
    return [line.strip() for line in text.splitlines() if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", help=".h5, .keras, .pth, .pt or .bin")
    parser.add_argument("output", help=".safetensors")
    parser.add_argument("--labels", help="names of the classes")
    arguments = parser.parse_args()
    readers = {"h5": from_h5, "hdf5": from_h5, "keras": from_keras, "pth": from_torch, "pt": from_torch, "bin": from_torch}
    reader = readers.get(arguments.weights.rsplit(".", 1)[-1].lower())
    if reader is None:
        sys.exit(f"{arguments.weights}: known are .{', .'.join(readers)}")
    tensors = {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in reader(arguments.weights).items()}
    if not tensors:
        sys.exit(f"{arguments.weights}: no weights found in it")
    notes = {"labels": json.dumps(class_names(arguments.labels))} if arguments.labels else None
    save_file(tensors, arguments.output, notes)
    print(f"{arguments.output}: {len(tensors)} tensors, {sum(t.size for t in tensors.values()):,} values")


if __name__ == "__main__":
    main()
