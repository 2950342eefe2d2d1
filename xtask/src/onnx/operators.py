"""Networks of one or a few operators in the forms in which other programs write them, and what becomes of them.

Run as: python3 operators.py make FOLDER
    python3 operators.py check FOLDER AGAIN

FOLDER/NAME.onnx is a network, and AGAIN/NAME.onnx what nnc-host read and wrote again. ONNX Runtime runs both on random inputs;
fails for a difference of more than LIMIT of the output's largest value, and for a network that is missing.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

LIMIT = 1e-5
BATCH = 3
RANDOM = numpy.random.default_rng(5)


def case(name, nodes, shapes, constants=None, opset=18, outputs=1, batch="batch"):
    """A network of `nodes`, (type, inputs, outputs, attributes), with inputs x, x1, ... of `shapes` behind the batch."""
    inputs = [
        helper.make_tensor_value_info("x" if at == 0 else f"x{at}", TensorProto.FLOAT, [batch, *shape])
        for at, shape in enumerate(shapes)
    ]
    values = [helper.make_tensor_value_info(f"y{at}" if outputs > 1 else "y", TensorProto.FLOAT, None) for at in range(outputs)]
    constants = [numpy_helper.from_array(numpy.asarray(array), key) for key, array in (constants or {}).items()]
    nodes = [helper.make_node(kind, reads, gives, **attributes) for kind, reads, gives, attributes in nodes]
    graph = helper.make_graph(nodes, name, inputs, values, constants)
    return name, helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def one(name, kind, shapes=((4, 6, 5),), constants=None, opset=18, **attributes):
    """A network of one node that reads the inputs, then the constants."""
    reads = ["x" if at == 0 else f"x{at}" for at in range(len(shapes))] + list(constants or {})
    return case(name, [(kind, reads, ["y"], attributes)], shapes, constants, opset)


def floats(*shape):
    return RANDOM.standard_normal(shape).astype(numpy.float32)


def ints(*values):
    return numpy.array(values, numpy.int64)


def cases():
    image = [(4, 6, 5)]
    for kind in """Relu Sigmoid Tanh Softsign Softplus Abs Exp Ceil Floor Sign Sin Cos Erf Neg Elu Selu LeakyRelu HardSwish
            HardSigmoid Mish Identity GlobalAveragePool GlobalMaxPool""".split():
        yield one(kind.lower(), kind)
    yield one("gelu_exact", "Gelu", opset=20)
    yield one("gelu_tanh", "Gelu", opset=20, approximate="tanh")
    yield one("hard_sigmoid_sixth", "HardSigmoid", alpha=1 / 6, beta=0.5)
    yield one("clip_six", "Clip", constants={"low": numpy.float32(0), "high": numpy.float32(6)})
    yield one("clip_other", "Clip", constants={"low": numpy.float32(-0.3), "high": numpy.float32(0.4)})
    for kind in "Add Sub Mul Div Max Min".split():
        yield one(f"{kind.lower()}_scalar", kind, constants={"c": numpy.float32(1.7)})
        yield one(f"{kind.lower()}_channels", kind, constants={"c": floats(4, 1, 1) + 3})
        yield one(f"{kind.lower()}_two", kind, shapes=[(4, 6, 5), (4, 1, 5)])
        reads = [(kind, ["c", "x"], ["y"], {})]
        yield case(f"{kind.lower()}_from", reads, [(4,)], {"c": numpy.float32(2.5)})
    yield case("pow_two", [("Abs", ["x"], ["a"], {}), ("Pow", ["a", "c"], ["y"], {})], image, {"c": numpy.float32(1.5)})
    yield case("sqrt", [("Abs", ["x"], ["a"], {}), ("Sqrt", ["a"], ["y"], {})], image)
    yield case("reciprocal", [("Exp", ["x"], ["a"], {}), ("Reciprocal", ["a"], ["y"], {})], image)
    yield one("sum_three", "Sum", shapes=[(4,), (4,), (4,)])
    yield one("mean_two", "Mean", shapes=[(4,), (4,)])
    for kind in "Greater Less GreaterOrEqual LessOrEqual Equal".split():
        nodes = [(kind, ["x", "c"], ["b"], {}), ("Cast", ["b"], ["y"], {"to": TensorProto.FLOAT})]
        yield case(kind.lower(), nodes, image, {"c": numpy.float32(0.1)})
    nodes = [
        ("Greater", ["x", "c"], ["p"], {}), ("Less", ["x", "d"], ["q"], {}), ("And", ["p", "q"], ["r"], {}),
        ("Not", ["r"], ["s"], {}), ("Where", ["s", "x", "e"], ["y"], {}),
    ]
    yield case("where_not_and", nodes, image, {"c": numpy.float32(0), "d": numpy.float32(1), "e": floats(1, 5)})
    nodes = [("Mul", ["x", "c"], ["m"], {}), ("Cast", ["m"], ["i"], {"to": TensorProto.INT64}), ("Cast", ["i"], ["y"], {"to": TensorProto.FLOAT})]
    yield case("cast_cuts", nodes, image, {"c": numpy.float32(3)})
    yield one("prelu_channels", "PRelu", constants={"s": floats(4, 1, 1)})
    yield one("prelu_full", "PRelu", constants={"s": floats(4, 6, 5)})

    weight = {"w": floats(8, 4, 3, 3), "b": floats(8)}
    yield one("conv", "Conv", constants=weight, pads=[1, 1, 1, 1], strides=[2, 1])
    yield one("conv_uneven", "Conv", constants=weight, pads=[0, 1, 2, 1])
    yield one("conv_same_upper", "Conv", constants=weight, auto_pad="SAME_UPPER", strides=[2, 2])
    yield one("conv_same_lower", "Conv", constants=weight, auto_pad="SAME_LOWER", strides=[2, 2])
    yield one("conv_dilated", "Conv", constants=weight, pads=[2, 2, 2, 2], dilations=[2, 2])
    yield one("conv_depthwise", "Conv", constants={"w": floats(4, 1, 3, 3)}, group=4)
    yield one("conv_one_axis", "Conv", shapes=[(4, 9)], constants={"w": floats(6, 4, 3)}, pads=[1, 1])
    yield one("transposed", "ConvTranspose", constants={"w": floats(4, 5, 3, 3), "b": floats(5)}, strides=[2, 2], pads=[1, 1, 1, 1])
    yield one("transposed_uneven", "ConvTranspose", constants={"w": floats(4, 5, 3, 3)}, strides=[2, 2], pads=[0, 1, 2, 1])
    yield one("transposed_extra", "ConvTranspose", constants={"w": floats(4, 5, 3, 3)}, strides=[2, 2], output_padding=[1, 1])
    for kind in ["MaxPool", "AveragePool"]:
        stem = kind.lower()
        yield one(stem, kind, kernel_shape=[2, 2], strides=[2, 2])
        yield one(f"{stem}_padded", kind, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        yield one(f"{stem}_uneven", kind, kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])
        yield one(f"{stem}_ceil", kind, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1)
        yield one(f"{stem}_ceil_padded", kind, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1)
        yield one(f"{stem}_same", kind, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    yield one("averagepool_counting", "AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1)
    yield one("averagepool_counting_uneven", "AveragePool", kernel_shape=[3, 3], pads=[0, 1, 1, 1], count_include_pad=1)

    yield one("batch_norm", "BatchNormalization", constants={"g": floats(4), "b": floats(4), "m": floats(4), "v": abs(floats(4)) + 1})
    yield one("instance_norm", "InstanceNormalization", constants={"g": floats(4), "b": floats(4)})
    yield one("layer_norm", "LayerNormalization", constants={"g": floats(5), "b": floats(5)}, epsilon=1e-6)
    yield one("layer_norm_axis", "LayerNormalization", constants={"g": floats(6, 5)}, axis=2)
    yield one("group_norm", "GroupNormalization", constants={"g": floats(2), "b": floats(2)}, num_groups=2)
    yield one("group_norm_21", "GroupNormalization", constants={"g": floats(4), "b": floats(4)}, num_groups=2, opset=21)
    yield one("softmax_axis", "Softmax", axis=1)
    yield one("log_softmax", "LogSoftmax")

    yield one("gemm", "Gemm", shapes=[(7,)], constants={"w": floats(5, 7), "b": floats(5)}, transB=1)
    yield one("gemm_scaled", "Gemm", shapes=[(7,)], constants={"w": floats(7, 5), "b": floats(1, 5)}, alpha=0.5, beta=2.0)
    yield one("matmul_layer", "MatMul", shapes=[(6, 7)], constants={"w": floats(7, 5)})
    yield one("matmul_two", "MatMul", shapes=[(2, 6, 7), (2, 7, 5)])

    for kind in "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare".split():
        yield one(f"{kind.lower()}_18", kind, constants={"axes": ints(2, -1)}, keepdims=0)
        if kind != "ReduceSum":
            yield one(f"{kind.lower()}_13", kind, opset=13, axes=[1], keepdims=1)
    yield one("reduce_some_all", "ReduceSum", constants={"axes": ints(1, 2, 3)}, keepdims=0)
    nodes = [("ArgMax", ["x"], ["i"], {"axis": 1, "keepdims": 0}), ("Cast", ["i"], ["y"], {"to": TensorProto.FLOAT})]
    yield case("argmax", nodes, image)
    yield one("cumsum", "CumSum", constants={"axis": numpy.int64(2)}, exclusive=1)

    yield one("transpose", "Transpose", perm=[0, 2, 3, 1])
    yield one("transpose_batch", "Transpose", perm=[1, 0, 3, 2])
    yield one("concat", "Concat", shapes=[(4, 5), (3, 5)], axis=1)
    yield case("split", [("Split", ["x", "s"], ["y0", "y1"], {"axis": 1})], image, {"s": ints(1, 3)}, outputs=2)
    yield case("split_equal", [("Split", ["x"], ["y0", "y1"], {"axis": -2})], image, opset=13, outputs=2)
    yield case("split_num", [("Split", ["x"], ["y0", "y1"], {"axis": 3, "num_outputs": 2})], image, outputs=2)
    yield one("slice", "Slice", constants={"s": ints(1, -4), "e": ints(3, 2**62), "a": ints(1, 2), "t": ints(1, 2)})
    yield one("slice_back", "Slice", constants={"s": ints(-1), "e": ints(-(2**62)), "a": ints(3), "t": ints(-2)})
    yield one("flip", "Slice", constants={"s": ints(-1), "e": ints(-(2**62)), "a": ints(3), "t": ints(-1)})
    yield one("pad", "Pad", constants={"p": ints(0, 0, 1, 2, 0, 0, 0, 1), "v": numpy.float32(0.5)})
    yield one("pad_reflect", "Pad", constants={"p": ints(0, 0, 1, 2, 0, 0, 0, 1)}, mode="reflect")
    yield one("pad_edge", "Pad", constants={"p": ints(0, 0, 1, 2, 0, 0, 0, 1)}, mode="edge")
    yield one("tile", "Tile", constants={"r": ints(1, 2, 1, 3)})
    yield one("expand", "Expand", shapes=[(4, 1, 5)], constants={"s": ints(1, 1, 3, 1)})
    yield one("depth_to_space", "DepthToSpace", blocksize=2)
    yield one("depth_to_space_crd", "DepthToSpace", blocksize=2, mode="CRD")
    yield one("space_to_depth", "SpaceToDepth", shapes=[(4, 6, 4)], blocksize=2)
    yield one("flatten", "Flatten")
    yield one("flatten_none", "Flatten", axis=0)
    yield one("reshape_rest", "Reshape", constants={"s": ints(0, -1)})
    yield one("reshape_batch", "Reshape", constants={"s": ints(-1, 5)})
    yield one("reshape_inner", "Reshape", constants={"s": ints(2, -1, 30)})
    yield one("squeeze", "Squeeze", shapes=[(4, 1, 5)], constants={"a": ints(2)})
    yield one("unsqueeze", "Unsqueeze", constants={"a": ints(0, 3)})
    yield one("gather_one", "Gather", constants={"i": numpy.int64(-1)}, axis=1)
    yield one("gather_some", "Gather", constants={"i": ints(3, 0, 1)}, axis=1)
    nodes = [("TopK", ["x", "k"], ["y0", "i"], {"axis": 1}), ("Cast", ["i"], ["y1"], {"to": TensorProto.FLOAT})]
    yield case("top_k", nodes, image, {"k": ints(2)}, outputs=2)
    for mode, places, rounding in [
        ("nearest", "asymmetric", "floor"), ("linear", "half_pixel", "floor"), ("linear", "align_corners", "floor"),
        ("linear", "asymmetric", "floor"), ("linear", "pytorch_half_pixel", "floor"), ("nearest", "half_pixel", "round_prefer_floor"),
    ]:
        attributes = {"mode": mode, "coordinate_transformation_mode": places, "nearest_mode": rounding}
        nodes = [("Resize", ["x", "", "f"], ["y"], attributes)]
        yield case(f"resize_{mode}_{places}", nodes, image, {"f": numpy.array([1, 1, 2, 2], numpy.float32)})
    nodes = [("Resize", ["x", "", "", "s"], ["y"], {"mode": "linear", "axes": [2, 3]})]
    yield case("resize_sizes", nodes, image, {"s": ints(9, 7)})

    # What PyTorch writes for views and means: shapes that the network computes.
    nodes = [
        ("Shape", ["x"], ["shape"], {}), ("Gather", ["shape", "zero"], ["rows"], {"axis": 0}),
        ("Unsqueeze", ["rows", "axis"], ["list"], {}), ("Concat", ["list", "rest"], ["to"], {"axis": 0}),
        ("Reshape", ["x", "to"], ["y"], {}),
    ]
    yield case("view_of_rows", nodes, image, {"zero": numpy.int64(0), "axis": ints(0), "rest": ints(2, -1)})
    nodes = [
        ("Shape", ["x"], ["rows"], {"start": 0, "end": 1}), ("Concat", ["rows", "rest"], ["to"], {"axis": 0}),
        ("Expand", ["token", "to"], ["tokens"], {}), ("Concat", ["tokens", "x"], ["y"], {"axis": 1}),
    ]
    yield case("class_token", nodes, [(6, 5)], {"token": floats(1, 1, 5), "rest": ints(1, 5)})
    nodes = [
        ("Shape", ["x"], ["rows"], {"start": 0, "end": 1}), ("Concat", ["rows", "rest"], ["to"], {"axis": 0}),
        ("ConstantOfShape", ["to"], ["zeros"], {}), ("Add", ["zeros", "x"], ["y"], {}),
    ]
    yield case("zeros_of_rows", nodes, [(6, 5)], {"rest": ints(6, 5)})
    nodes = [
        ("Shape", ["x"], ["shape"], {}), ("Gather", ["shape", "last"], ["d"], {}), ("Cast", ["d"], ["f"], {"to": TensorProto.FLOAT}),
        ("Sqrt", ["f"], ["root"], {}), ("Div", ["x", "root"], ["y"], {}),
    ]
    yield case("scale_of_width", nodes, [(6, 5)], {"last": numpy.int64(-1)})
    yield case("fixed_view", [("Reshape", ["x", "to"], ["y"], {})], image, {"to": ints(BATCH, 120)}, batch=BATCH)


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in cases():
        onnx.save(model, folder / f"{name}.onnx")


def run(file, feed):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    rows = {value.name: value.shape[0] for value in session.get_inputs()}
    return session.run(None, {name: array for name, array in feed.items()}), rows


def check(folder, again):
    failures, worst, count = [], 0.0, 0
    for file in sorted(folder.glob("*.onnx")):
        written = again / file.name
        if not written.exists():
            failures.append(f"{file.stem}: was not read")
            continue
        inputs = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"]).get_inputs()
        feed = {
            value.name: floats(*[extent if isinstance(extent, int) else BATCH for extent in value.shape])
            for value in inputs
        }
        try:
            expected, _ = run(file, feed)
            found, _ = run(written, feed)
            apart = max(
                float(numpy.max(numpy.abs(a.reshape(-1) - b.reshape(-1))) / max(numpy.max(numpy.abs(b)), 1e-30))
                if a.shape == b.shape else float("inf")
                for a, b in zip(found, expected)
            )
        except Exception as error:  # Whatever the runtime says against a file is a finding.
            failures.append(f"{file.stem}: {error}")
            continue
        count += 1
        worst = max(worst, apart)
        if not apart <= LIMIT:
            failures.append(f"{file.stem}: differs by {apart:.2g} of the largest value")
    print(f"read and written again: {count} networks, largest difference {worst:.2g} of an output's largest value")
    print(*failures, sep="\n")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    folders = [pathlib.Path(argument) for argument in sys.argv[2:]]
    sys.exit(make(*folders) if sys.argv[1] == "make" else check(*folders))
