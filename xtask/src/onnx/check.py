"""Runs exported networks in ONNX Runtime and OpenVINO and compares with the outputs that nnabla computed.

Run as: python3 check.py GOLDEN EXPORTED

GOLDEN/NAME holds x0.npy ... and y0.npy ...; EXPORTED/NAME.onnx is the network. Fails for a difference of more than LIMIT of
the output's largest value, for a file that the ONNX checker refuses, and when nothing was compared.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
import openvino

LIMIT = 1e-5


def arrays(folder, letter, names):
    for index, name in enumerate(names):
        numbered = folder / f"{letter}{index}.npy"
        yield numpy.load(numbered if numbered.exists() else folder / f"{name}.npy")


def folded(array, rank):
    """nnabla saves all axes before base_axis as one."""
    while array.ndim > rank:
        array = array.reshape((-1,) + array.shape[2:])
    return array.astype(numpy.float32)


def in_onnxruntime(file, folder):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()
    values = arrays(folder, "x", [value.name for value in inputs])
    feed = {value.name: folded(array, len(value.shape)) for value, array in zip(inputs, values)}
    return [value.name for value in session.get_outputs()], session.run(None, feed)


def in_openvino(file, folder):
    model = openvino.Core().compile_model(str(file), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    values = arrays(folder, "x", [value.any_name for value in model.inputs])
    feed = {index: folded(array, len(model.inputs[index].partial_shape)) for index, array in enumerate(values)}
    result = model(feed)
    return [value.any_name for value in model.outputs], [result[value] for value in model.outputs]


def difference(found, expected):
    if found.size != expected.size:
        return float("inf")
    if found.size == 0:
        return 0.0
    apart = numpy.max(numpy.abs(found.reshape(-1) - expected.reshape(-1)))
    return float(apart / max(numpy.max(numpy.abs(expected)), 1e-30))


def main(golden, exported):
    files = sorted(exported.glob("*.onnx"))
    failures = []
    for runtime, run in [("ONNX Runtime", in_onnxruntime), ("OpenVINO", in_openvino)]:
        worst = 0.0
        for file in files:
            folder = golden / file.stem
            try:
                onnx.checker.check_model(str(file), full_check=True)
                names, found = run(file, folder)
                apart = max(map(difference, found, arrays(folder, "y", names)))
            except Exception as error:  # Whatever a runtime says against a file is a finding.
                failures.append(f"{runtime}: {file.stem}: {error}")
                continue
            worst = max(worst, apart)
            if not apart <= LIMIT:
                failures.append(f"{runtime}: {file.stem}: differs by {apart:.2g} of the largest value")
        print(f"{runtime}: {len(files)} networks, largest difference {worst:.2g} of an output's largest value")
    print(*failures, sep="\n")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
