"""Random ResNets of torchvision: their state dicts in every format, and what each layer gives for one image.

Run as: python3 make.py FOLDER
"""

import pathlib
import sys

import numpy
import torch
import torchvision
from safetensors.torch import save_file

MODELS = ["resnet18", "resnet50", "wide_resnet50_2", "resnext50_32x4d"]
MEAN = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)


def randomize(model):
    """Gives the normalisations statistics and factors of their own; convolutions are random already."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.uniform_(0.5, 1.5)
            module.bias.uniform_(-0.2, 0.2)


def stages(model, x):
    """What the layers up to the end of the third stage give, in the order in which they run, and the three stages."""
    layers = []
    kinds = (torch.nn.Conv2d, torch.nn.BatchNorm2d, torch.nn.ReLU, torch.nn.MaxPool2d)
    for module in model.modules():
        if isinstance(module, kinds):
            module.register_forward_hook(lambda _, __, output: layers.append(output.clone()))
    x = model.maxpool(model.relu(model.bn1(model.conv1(x))))
    ends = []
    for stage in (model.layer1, model.layer2, model.layer3):
        x = stage(x)
        ends.append(x.clone())
    return layers, ends


def main(folder):
    torch.manual_seed(1)
    image = torch.randint(0, 256, (1, 3, 224, 224)).float()
    numpy.save(folder / "x.npy", image.numpy())
    for name in MODELS:
        model = getattr(torchvision.models, name)(weights=None).eval()
        randomize(model)
        state = model.state_dict()
        torch.save(state, folder / f"{name}.pth")
        torch.save(state, folder / f"{name}.legacy.pth", _use_new_zipfile_serialization=False)
        save_file(state, folder / f"{name}.safetensors")
        layers, ends = stages(model, (image / 255 - MEAN) / DEVIATION)
        (folder / name).mkdir(exist_ok=True)
        for index, layer in enumerate(layers):
            numpy.save(folder / name / f"{index:03}.npy", layer.numpy())
        for index, end in enumerate(ends, 1):
            numpy.save(folder / name / f"layer{index}.npy", end.numpy())
        print(f"{name}: {len(layers)} layers")


with torch.no_grad():
    main(pathlib.Path(sys.argv[1]))
