"""Makes the golden vectors of functions and networks that NNC's projects have: nnabla 1.39, NumPy 1, CPython 3.10.

    python make.py          all of them, into the folders beside this file

functions/NAME: one function, stored as nnabla stores it. networks/NAME: a text as NNC's converter writes it (loops,
generators, several executors), random parameters, a table, and the result of `nnabla_cli forward`.
"""
import csv
import os
import shutil
import sys
import zipfile

import nnabla as nn
import nnabla.functions as F
import numpy as np
from nnabla.logger import logger
from nnabla.utils import load
from nnabla.utils.cli.forward import forward_command
from nnabla.utils.save import save

logger.setLevel(60)
HERE = os.path.dirname(os.path.abspath(__file__))
RNG = np.random.RandomState(14)


def fresh(*parts):
    folder = os.path.join(HERE, *parts)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def parameter(name, values):
    """A parameter of the network with these values."""
    p = nn.parameter.get_parameter_or_create(name, values.shape, need_grad=True)
    p.d = values
    return p


def function(name, x, build):
    """A network of one function on the input x."""
    nn.clear_parameters()
    folder = fresh("functions", name)
    v = nn.Variable.from_numpy_array(x.astype(np.float32))
    y = build(v)
    y.forward()
    np.save(folder + "/x0.npy", v.d)
    np.save(folder + "/y0.npy", y.d)
    save(folder + "/net.nnp", {
        "networks": [{"name": "network", "batch_size": x.shape[0], "outputs": {"y0": y}, "names": {"x0": v}}],
        "executors": [{"name": "runtime", "network": "network", "data": ["x0"], "output": ["y0"]}],
    }, variable_batch_size=True)


def functions():
    picture = RNG.rand(2, 3, 10, 15)
    function("image_augmentation_pass", picture, lambda x: F.image_augmentation(x, contrast_center=0.5))
    function("image_augmentation_scale", picture,
             lambda x: F.image_augmentation(x, shape=(3, 8, 12), min_scale=0.8, max_scale=0.8, contrast_center=0.5))
    function("image_augmentation_pad", picture, lambda x: F.image_augmentation(x, shape=(3, 14, 17), pad=(2, 1)))
    rows, w, b = RNG.randn(3, 2, 4), RNG.randn(8, 5), RNG.randn(5)
    w[1, 2] = w[3, 3] = 0

    def kept(*names):
        return [parameter(name, np.zeros(shape)) for name, shape in names]
    function("binary_connect_affine", rows, lambda x: F.binary_connect_affine(
        x, parameter("W", w), *kept(("Wb", w.shape)), parameter("b", b), quantize_zero_to=-1))
    function("binary_weight_affine", rows, lambda x: F.binary_weight_affine(
        x, parameter("W", w), *kept(("Wb", w.shape), ("alpha", (5,))), parameter("b", b)))
    k = RNG.randn(4, 3, 3, 2)
    k[1, 1, 1, 1] = 0
    function("binary_connect_convolution", picture, lambda x: F.binary_connect_convolution(
        x, parameter("W", k), *kept(("Wb", k.shape)), parameter("b", b[:4]), pad=(1, 0), stride=(2, 1)))
    function("binary_weight_convolution", picture, lambda x: F.binary_weight_convolution(
        x, parameter("W", k), *kept(("Wb", k.shape), ("alpha", (4,))), parameter("b", b[:4]), quantize_zero_to=0.5))
    function("unlink", rows, lambda x: F.unlink(x))
    function("vat_noise", rows, lambda x: F.vat_noise(x, parameter("w", np.zeros(rows.shape)), base_axis=1, eps=1.5))
    indices = np.array([[0.0], [0.7], [1.2], [4.9], [-1.0], [-0.4], [-5.0], [-6.0], [5.0], [-1.5]])
    function("one_hot", indices, lambda x: F.one_hot(x, (5,)))
    function("one_hot_pairs", np.array([[1.9, 0.2], [-1.0, 3.0], [2.0, 0.0]]), lambda x: F.one_hot(x, (2, 4)))


def variable(name, kind, dims, *loops):
    loops = "".join(f'    repeat_id: "{loop}"\n' for loop in loops)
    dims = " ".join(f"dim:{dim}" for dim in dims)
    return f'  variable {{\n    name: "{name}"\n    type: "{kind}"\n{loops}    shape: {{ {dims} }}\n  }}\n'


def step(name, kind, inputs, *loops, arguments=""):
    loops = "".join(f'    repeat_id: "{loop}"\n' for loop in loops)
    inputs = "".join(f'    input: "{i}"\n' for i in inputs)
    return (f'  function {{\n    name: "{name}"\n    type: "{kind}"\n{loops}{inputs}    output: "{name}"\n'
            f"    {arguments}\n  }}\n")


def network(name, loops, *parts):
    loops = "".join(f'  repeat_info {{\n    id: "{loop}"\n    times: {times}\n  }}\n' for loop, times in loops)
    return f'network {{\n  name: "{name}"\n  batch_size: 2\n{loops}' + "".join(parts) + "}\n"


def executor(name, of, data=(), generators=(), outputs=(), more=""):
    lines = [f'  data_variable {{ variable_name: "{v}" data_name: "{d}" }}\n' for v, d in data]
    lines += [f'  generator_variable {{ variable_name: "{v}" type: "{t}" multiplier: {m} }}\n' for v, t, m in generators]
    lines += [f'  output_variable {{ variable_name: "{v}" data_name: "{d}" }}\n' for v, d in outputs]
    return f'executor {{\n  name: "{name}"\n  network_name: "{of}"\n  num_evaluations: 1\n  {more}\n' + "".join(lines) + "}\n"


def affine(name, x, *loops):
    return step(name, "Affine", [x, name + "/affine/W", name + "/affine/b"], *loops,
                arguments="affine_param { base_axis: 1 }")


def evaluated(name, text, columns):
    """What nnabla's `forward` makes of a table of 5 random rows with these variables."""
    folder = fresh("networks", name)
    with open(folder + "/net.nntxt", "w") as f:
        f.write(text)
    nn.clear_parameters()
    load.load([folder + "/net.nntxt"], prepare_data_iterator=False)
    for p in nn.get_parameters(grad_only=False).values():
        p.d = RNG.randn(*p.shape) * 0.6
    nn.save_parameters(folder + "/parameter.h5")
    with zipfile.ZipFile(folder + "/net.nnp", "w") as z:
        z.writestr("nnp_version.txt", "0.1\n")
        z.write(folder + "/net.nntxt", "network.prototxt")
        z.write(folder + "/parameter.h5", "parameter.h5")
    with open(folder + "/data.csv", "w") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow([f"{v}__{i}" for v, n in columns for i in range(n)])
        for _ in range(5):
            w.writerow([f"{x:.4f}" for x in RNG.randn(sum(n for _, n in columns))])

    class Arguments:
        config, param, dataset = folder + "/net.nnp", None, folder + "/data.csv"
        outdir, outfile, result_outdir, replace_path, batch_size = folder, "output_result.csv", "", False, -1
    nn.clear_parameters()
    nn.random.prng.seed(313)
    forward_command(Arguments)
    for leftover in ["net.nntxt", "parameter.h5", "progress.txt"]:
        os.remove(os.path.join(folder, leftover))


def repeat():
    """A loop in a loop, parameters of each turn in both spellings, a shared one, and a constant."""
    inner, outer = ('repeat_param { repeat_id: "q" times: 3 }', 'repeat_param { repeat_id: "r" times: 2 }')
    evaluated("repeat", network(
        "Runtime", [("r", 2), ("q", 3)],
        variable("x", "Buffer", (-1, 4)), variable("c", "Buffer", (-1, 4)),
        variable("s", "Buffer", (-1, 4), "r"), variable("a", "Buffer", (-1, 4), "r"),
        variable("a{r}/affine/W", "Parameter", (4, 4), "r"), variable("a{r}/affine/b", "Parameter", (4,), "r"),
        variable("u", "Buffer", (-1, 4), "r", "q"), variable("b/b", "Parameter", (1, 4), "r", "q"),
        variable("w/w", "Parameter", (1, 4)), variable("v", "Buffer", (-1, 4), "r", "q"),
        variable("m", "Buffer", (-1, 4), "r", "q"), variable("t", "Buffer", (-1, 4), "r", "q"),
        variable("e", "Buffer", (-1, 4), "r"), variable("p", "Buffer", (-1, 4), "r"),
        variable("y", "Buffer", (-1, 4)),
        step("s", "RepeatStart", ["x", "p"], "r", arguments=outer),
        affine("a{r}", "s", "r").replace('name: "a{r}"', 'name: "a"').replace('output: "a{r}"', 'output: "a"'),
        step("u", "RepeatStart", ["a", "t"], "r", "q", arguments=inner),
        step("v", "Add2", ["u", "b/b"], "r", "q", arguments="add2_param { }"),
        step("m", "Mul2", ["v", "w/w"], "r", "q", arguments="mul2_param { }"),
        step("t", "Tanh", ["m"], "r", "q"),
        step("e", "RepeatEnd", ["t"], "r", arguments=inner),
        step("p", "Add2", ["e", "c"], "r", arguments="add2_param { }"),
        step("y", "RepeatEnd", ["p"], arguments=outer),
    ) + executor("Executor", "Runtime", [("x", "x")], [("c", "Constant", 0.25)], [("y", "y'")]), [("x", 4)])


def recurrent():
    """Two states handed on, one that begins as a constant and one that begins as data, and a loop inside."""
    of = 'recurrent_param { repeat_id: "r" }'
    inner = 'repeat_param { repeat_id: "q" times: 2 }'
    evaluated("recurrent", network(
        "Runtime", [("r", 3), ("q", 2)],
        variable("x", "Buffer", (-1, 12)), variable("rows", "Buffer", (-1, 3, 4)), variable("h0", "Buffer", (-1, 4)),
        variable("c0", "Buffer", (-1, 4)),
        variable("i", "Buffer", (-1, 4), "r"), variable("h", "Buffer", (-1, 4), "r"),
        variable("c", "Buffer", (-1, 4), "r"), variable("j", "Buffer", (-1, 4), "r"),
        variable("s", "Buffer", (-1, 4), "r", "q"), variable("a", "Buffer", (-1, 4), "r", "q"),
        variable("a/affine/W", "Parameter", (4, 4)), variable("a/affine/b", "Parameter", (4,)),
        variable("t", "Buffer", (-1, 4), "r", "q"), variable("e", "Buffer", (-1, 4), "r"),
        variable("n", "Buffer", (-1, 4), "r"), variable("o", "Buffer", (-1, 3, 4)),
        variable("last", "Buffer", (-1, 1, 4)), variable("y", "Buffer", (-1, 4)),
        step("rows", "Reshape", ["x"], arguments="reshape_param { shape: { dim:-1 dim:3 dim:4 } }"),
        step("i", "RecurrentInput", ["rows"], "r", arguments='recurrent_param { axis: 1 repeat_id: "r" }'),
        step("h", "Delay", ["e", "h0"], "r", arguments=of),
        step("c", "Delay", ["n", "c0"], "r", arguments=of),
        step("j", "Add2", ["i", "h"], "r", arguments="add2_param { }"),
        step("s", "RepeatStart", ["j", "t"], "r", "q", arguments=inner),
        affine("a", "s", "r", "q"), step("t", "Tanh", ["a"], "r", "q"),
        step("e", "RepeatEnd", ["t"], "r", arguments=inner),
        step("n", "Mul2", ["e", "c"], "r", arguments="mul2_param { }"),
        step("o", "RecurrentOutput", ["n"], arguments='recurrent_param { axis: 1 repeat_id: "r" length: 3 }'),
        step("last", "Slice", ["o"], arguments="slice_param { start: 2 start: 0 stop: 3 stop: 4 step: 1 step: 1 }"),
        step("y", "Reshape", ["last"], arguments="reshape_param { shape: { dim:-1 dim:4 } }"),
    ) + executor("Executor", "Runtime", [("x", "x"), ("c0", "c")], [("h0", "Constant", 0.5)], [("y", "y'")]),
        [("x", 12), ("c", 4)])


def generators():
    """Two executors with noise; the last one asks for deviations."""
    def noisy(name):
        return network(
            name, [], variable("x", "Buffer", (-1, 3)), variable("n", "Buffer", (-1, 3)),
            variable("u", "Buffer", (-1, 2)), variable("k", "Buffer", (-1, 3)),
            variable("s", "Buffer", (-1, 3)), variable("t", "Buffer", (-1, 3)), variable("v", "Buffer", (-1, 2)),
            step("s", "Add2", ["x", "n"], arguments="add2_param { }"),
            step("t", "Mul2", ["s", "k"], arguments="mul2_param { }"), step("v", "Tanh", ["u"]))
    evaluated("generators", noisy("A") + noisy("B") + executor(
        "first", "A", [("x", "x")], [("n", "Normal", 0.5), ("u", "Uniform", 2), ("k", "Constant", 3)],
        [("t", "t"), ("v", "v")],
    ) + executor("second", "B", [("x", "z")], [("u", "Uniform", 1), ("n", "Normal", 1), ("k", "Range", 0.5)],
                 [("v", "w"), ("t", "r")]), [("x", 3), ("z", 3)])


if __name__ == "__main__":
    for part in [functions, repeat, recurrent, generators]:
        if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
            part()
