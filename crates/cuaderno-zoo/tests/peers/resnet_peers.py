"""torchvision's ResNet18 and ResNet34 with weights from a formula.

    pip install torch==2.15.0 torchvision
    python resnet_peers.py > resnet.json

Two pictures of 64 x 48, after torchvision's normalization; without top, averaged over the last maps, and ResNet18 with a top
for 20 classes, after a softmax. Counts of parameters are torchvision's own for 1,000 classes.
"""
import json

import numpy as np
import torch
import torchvision

from formula import described, pictures, torch_tensor

MEAN = np.array([0.485, 0.456, 0.406])[:, None, None]
DEVIATION = np.array([0.229, 0.224, 0.225])[:, None, None]


def peer(case, make, classes=None):
    model = make(num_classes=classes or 1000).double().eval()
    if classes is None:
        model.fc = torch.nn.Identity()
    names = [name for name in model.state_dict() if not name.endswith("num_batches_tracked")]
    tensors = [[name, list(model.state_dict()[name].shape)] for name in names]
    model.load_state_dict({name: torch.from_numpy(torch_tensor(name, shape, number)) for number, (name, shape) in enumerate(tensors)}, strict=False)
    x = pictures(64, 48).astype(np.float64).transpose(0, 3, 1, 2)
    with torch.no_grad():
        output = model(torch.from_numpy((x - MEAN) / DEVIATION))
    output = output.softmax(1) if classes else output
    trained = sum(p.numel() for p in make().parameters())
    return {**described(case, (64, 48), tensors, output.numpy()), "trained": trained}


resnet18, resnet34 = torchvision.models.resnet18, torchvision.models.resnet34
print(json.dumps([peer("resnet18", resnet18), peer("resnet34", resnet34), peer("resnet18 top", resnet18, 20)]))
