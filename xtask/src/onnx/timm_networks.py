"""Networks of timm with random weights as ONNX, and the values of the layers that are tapped, as ONNX Runtime gives them.

Run as: python3 timm_networks.py FOLDER, with torch, timm, onnx, onnxscript and onnxruntime. Then
NNC_HOST_TIMM=FOLDER cargo test --release -p nnc-engine --lib timms -- --nocapture

Writes NAME.onnx by both of PyTorch's exporters, NAME.images (bytes of two images), NAME.layers (names of the last value of each
size) and NAME.0 to NAME.2 (their values, float32).
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
import timm
import torch

NETWORKS = ["resnet18", "mobilenetv3_large_100", "convnext_tiny"]
SIZES = [56, 28, 14]
MEAN = numpy.array([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
DEVIATION = numpy.array([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)


def network(name):
    """With statistics and factors that are not all alike."""
    made = timm.create_model(name, pretrained=False).eval()
    with torch.no_grad():
        for key, value in made.named_buffers():
            if key.endswith("running_mean"):
                value.normal_(0, 0.1)
            if key.endswith("running_var"):
                value.uniform_(0.5, 1.5)
        for key, value in made.named_parameters():
            if key.endswith("bias"):
                value.normal_(0, 0.05)
            if key.endswith("gamma"):
                value.uniform_(0.2, 0.6)
    return made


def taps(file, image):
    """The last value of each size, by running with every value as an output."""
    model = onnx.load(file)
    names = [name for node in model.graph.node for name in node.output if name]
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    last = {}
    for name, value in zip(names, session.run(None, {"x": image})):
        if value.ndim == 4 and value.shape[2] == value.shape[3] and value.shape[2] in SIZES:
            last[value.shape[2]] = (name, value)
    return [last[size] for size in SIZES]


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    pixels = numpy.random.default_rng(3).integers(0, 256, (2, 3, 224, 224), numpy.uint8)
    image = ((pixels / 255 - MEAN) / DEVIATION).astype(numpy.float32)
    example = (torch.from_numpy(image),)
    for name in NETWORKS:
        made = network(name)
        for exporter in ["dynamo", "script"]:
            file = folder / f"{name}_{exporter}.onnx"
            names = {"input_names": ["x"], "output_names": ["y"]}
            if exporter == "dynamo":
                rows = {"dynamic_shapes": ({0: torch.export.Dim("batch")},)}
                torch.onnx.export(made, example, str(file), dynamo=True, external_data=False, **rows, **names)
            else:
                rows = {"dynamic_axes": {"x": {0: "batch"}}}
                torch.onnx.export(made, example, str(file), dynamo=False, opset_version=17, **rows, **names)
            found = taps(file, image)
            file.with_suffix(".images").write_bytes(pixels.tobytes())
            file.with_suffix(".layers").write_text("\n".join(layer for layer, _ in found))
            for number, (layer, value) in enumerate(found):
                file.with_suffix(f".{number}").write_bytes(value.astype("<f4").tobytes())
                print(f"{file.name}: layer {number + 1} is {layer}, {value.shape}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
