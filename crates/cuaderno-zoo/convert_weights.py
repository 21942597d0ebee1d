#!/usr/bin/env python3
"""Weights of PyTorch as a safetensors file that `.load(…)` takes; Keras's files it takes as they are. Run it once for each file:

    python convert_weights.py vgg16-397923af.pth vgg16.safetensors --labels imagenet_class_index.json

Reads `.pth`, `.pt` and `.bin`, which are pickles, with `weights_only`, so that nothing in them is run. Tensors keep their names and
layout; they are stored as 32-bit numbers. Names of the classes, from a text file with a name a line or from Keras's
imagenet_class_index.json, go into the file as well. Needs torch, numpy and safetensors.
"""
import argparse
import json
import sys

import numpy as np
import torch
from safetensors.numpy import save_file


def tensors_of(file):
    state = torch.load(file, map_location="cpu", weights_only=True)
    state = state.get("state_dict", state)
    return {
        name.removeprefix("module."): np.ascontiguousarray(tensor.float().numpy())
        for name, tensor in state.items()
        if tensor.is_floating_point()
    }


def class_names(file):
    text = open(file, encoding="utf-8").read()
    if text.lstrip().startswith("{"):
        index = json.loads(text)
        return [index[str(number)][1] for number in range(len(index))]
    return [line.strip() for line in text.splitlines() if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", help=".pth, .pt or .bin")
    parser.add_argument("output", help=".safetensors")
    parser.add_argument("--labels", help="names of the classes")
    arguments = parser.parse_args()
    tensors = tensors_of(arguments.weights)
    if not tensors:
        sys.exit(f"{arguments.weights}: no weights found in it")
    notes = {"labels": json.dumps(class_names(arguments.labels))} if arguments.labels else None
    save_file(tensors, arguments.output, notes)
    print(f"{arguments.output}: {len(tensors)} tensors, {sum(t.size for t in tensors.values()):,} values")


if __name__ == "__main__":
    main()
