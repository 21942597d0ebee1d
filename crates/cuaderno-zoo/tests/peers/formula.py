"""What the peers share: numbers that look random, pictures, and the form of a result."""
import numpy as np


def scatter(count, phase):
    """Numbers in -1..1 that the Rust side computes as well."""
    x = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + phase) * 43758.5453
    return 2.0 * (x - np.floor(x)) - 1.0


def pictures(height, width):
    """Two pictures, values from 0 to 1, channels last."""
    return (0.5 + 0.5 * scatter(2 * height * width * 3, 1.0)).astype(np.float32).reshape(2, height, width, 3)


def described(case, size, tensors, output):
    flat = output.reshape(2, -1)
    places = np.linspace(0, flat.shape[1] - 1, 12).astype(int)
    return {
        "case": case,
        "size": list(size),
        "parameters": int(sum(np.prod(shape) for _, shape in tensors)),
        "tensors": tensors,
        "norm": [float(np.sqrt((row.astype(np.float64) ** 2).sum())) for row in flat],
        "places": places.tolist(),
        "values": [[float(x) for x in row[places]] for row in flat],
    }


def torch_tensor(name, shape, number):
    """The tensor of this number in a file of torchvision's: kernels of about unit gain, scales about 1."""
    s = scatter(int(np.prod(shape)), 2.0 * number)
    if len(shape) > 1:
        s = s * np.sqrt(4.0 / np.prod(shape[1:]))
    elif name.endswith("running_var") or name.endswith("weight"):
        s = 1.0 + 0.3 * s
    else:
        s = 0.2 * s
    return s.astype(np.float32).astype(np.float64).reshape(shape)
