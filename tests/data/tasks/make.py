"""Draws five small datasets, trains a network on each with nnabla 1.39 and writes both: python3 make.py

A classifier (three shapes), a regression (a curved surface over four numbers), an autoencoder (sine waves, of which some
have a dent; its outputs are those of NNC's tutorial), a segmentation (discs and bars on a ground) and a restoration (pictures
without their noise). Each folder holds
`results.nnp`, `test.csv` with its files, and `expected.csv`, the outputs of nnabla for every row of the table.

Needs nnabla 1.39, numpy before 2 and Pillow. The draws are the same every time, and so are the weights they are trained
from.
"""

import csv
from pathlib import Path

import nnabla as nn
import nnabla.functions as F
import nnabla.parametric_functions as PF
import nnabla.solvers as S
import numpy as np
from nnabla.utils.save import save
from PIL import Image

HERE = Path(__file__).parent
SIDE = 24


def shape(random, kind):
    """A grey picture of a disc, a square or a cross, with grain; and where it is."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    cx, cy = random.uniform(9, 15, 2)
    size = random.uniform(4, 6)
    inside = [
        (x - cx) ** 2 + (y - cy) ** 2 < size**2,
        (abs(x - cx) < size * 0.85) & (abs(y - cy) < size * 0.85),
        ((abs(x - cx) < 1.5) & (abs(y - cy) < size * 1.2)) | ((abs(y - cy) < 1.5) & (abs(x - cx) < size * 1.2)),
    ][kind]
    picture = 0.2 + 0.6 * inside + random.normal(0, 0.12, inside.shape)
    return picture.clip(0, 1), inside


def train(loss, epochs, feed, rate=0.01):
    solver = S.Adam(rate)
    solver.set_parameters(nn.get_parameters())
    for epoch in range(epochs):
        feed()
        loss.forward(clear_no_need_grad=True)
        solver.zero_grad()
        loss.backward(clear_buffer=True)
        solver.update()
    print(f"  loss {float(loss.d):.4f}")


def write(name, inputs, outputs, batch, table, expected):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    names = {key: variable for key, variable in inputs.items()}
    contents = {
        "networks": [{"name": "main", "batch_size": batch, "outputs": outputs, "names": names}],
        "executors": [{"name": "runtime", "network": "main", "data": list(inputs), "output": list(outputs)}],
    }
    save(str(folder / "results.nnp"), contents, variable_batch_size=True)
    with open(folder / "test.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
    with open(folder / "expected.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(expected)


def save_picture(name, file, values):
    path = HERE / name / file
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values.astype(np.uint8)).save(path)


def classifier(random):
    nn.clear_parameters()
    kinds = random.integers(0, 3, 300)
    pictures = np.stack([shape(random, kind)[0] for kind in kinds])[:, None]

    def network(x):
        h = F.relu(PF.convolution(x, 6, (5, 5), stride=(2, 2), name="c1"))
        h = F.relu(PF.convolution(h, 8, (3, 3), stride=(2, 2), name="c2"))
        return PF.affine(h, 3, name="out")

    x, t = nn.Variable((300, 1, SIDE, SIDE)), nn.Variable((300, 1))

    def feed():
        x.d, t.d = pictures, kinds[:, None]

    # Stopped early, so that there are mistakes to show.
    train(F.mean(F.softmax_cross_entropy(network(x), t)), 22, feed)

    rows = 30
    test = random.integers(0, 3, rows)
    drawn = np.stack([np.round(shape(random, kind)[0] * 255) for kind in test])
    x = nn.Variable((rows, 1, SIDE, SIDE))
    y = F.softmax(network(x))
    x.d = drawn[:, None] / 255
    y.forward()
    table = [["x:image", "y:label"]]
    for row, kind in enumerate(test):
        save_picture("classifier", f"{kind}/{row:02}.png", drawn[row])
        table.append([f"./{kind}/{row:02}.png", kind])
    print("  accuracy", (y.d.argmax(axis=1) == test).mean())
    write("classifier", {"x": x}, {"y'": y}, rows, table, y.d.tolist())


def regression(random):
    nn.clear_parameters()
    surface = lambda v: 20 + 8 * v[:, :1] * v[:, 1:2] + 5 * np.sin(2 * v[:, 2:3]) - 3 * v[:, 3:]
    points = random.uniform(-1, 1, (400, 4))

    def network(x):
        return PF.affine(F.tanh(PF.affine(x, 12, name="a1")), 1, name="a2") * 10 + 20

    x, t = nn.Variable((400, 4)), nn.Variable((400, 1))

    def feed():
        x.d, t.d = points, surface(points)

    train(F.mean(F.squared_error(network(x), t)), 300, feed, 0.03)
    rows = 40
    test = random.uniform(-1, 1, (rows, 4)).round(3)
    due = (surface(test) + random.normal(0, 0.4, (rows, 1))).round(3)
    x = nn.Variable((rows, 4))
    y = network(x)
    x.d = test
    y.forward()
    table = [[f"x__{i}:feature" for i in range(4)] + ["y:target"]]
    table += [list(values) + list(value) for values, value in zip(test, due)]
    write("regression", {"x": x}, {"y'": y}, rows, table, y.d.tolist())


def wave(random, dented):
    steps = np.arange(64) / 64
    values = np.sin(2 * np.pi * (2 * steps + random.uniform())) * random.uniform(0.6, 1.0)
    if dented:
        at = random.integers(8, 52)
        values[at : at + 5] += random.choice([-1, 1]) * random.uniform(0.5, 0.9)
    return (values + random.normal(0, 0.02, 64))[:, None]


def autoencoder(random):
    nn.clear_parameters()
    waves = np.stack([wave(random, False) for _ in range(300)])

    def network(x):
        h = F.tanh(PF.affine(x, 10, name="e1"))
        h = PF.affine(h, 3, name="e2")
        h = F.tanh(PF.affine(h, 10, name="d1"))
        return F.reshape(PF.affine(h, 64, name="d2"), (x.shape[0], 64, 1))

    x = nn.Variable((300, 64, 1))

    def feed():
        x.d = waves

    train(F.mean(F.squared_error(network(x), x)), 900, feed, 0.02)
    rows = 24
    dented = np.arange(rows) % 3 == 2
    test = np.stack([wave(random, bad) for bad in dented]).round(5)
    x = nn.Variable((rows, 64, 1))
    again = network(x)
    largest = F.max(F.squared_error(again, x), axis=(1, 2))
    x.d = test
    nn.forward_all([again, largest])
    table = [["x:wave", "y:label"]]
    for row in range(rows):
        path = HERE / "autoencoder" / "waves" / f"{row:02}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{value:.5f}\n" for value in test[row, :, 0]))
        table.append([f"./waves/{row:02}.csv", int(dented[row])])
    expected = [[float(score)] + values[:, 0].tolist() for score, values in zip(largest.d, again.d)]
    write("autoencoder", {"x": x}, {"max_se'": largest, "x'": again}, rows, table, expected)


def segmentation(random):
    nn.clear_parameters()

    def scene():
        disc, first = shape(random, 0)
        bar = np.zeros((SIDE, SIDE), bool)
        at = random.integers(1, SIDE - 4)
        bar[at : at + 3] = True
        picture = disc * 0.6 + 0.35 * bar
        classes = np.where(bar, 2, np.where(first, 1, 0))
        picture = np.where(bar, 0.95, picture + 0.0)
        return picture.clip(0, 1), classes

    scenes = [scene() for _ in range(120)]

    def network(x):
        h = F.relu(PF.convolution(x, 8, (3, 3), pad=(1, 1), name="s1"))
        h = F.relu(PF.convolution(h, 8, (3, 3), pad=(1, 1), name="s2"))
        return PF.convolution(h, 3, (1, 1), name="s3")

    x, t = nn.Variable((120, 1, SIDE, SIDE)), nn.Variable((120, 1, SIDE, SIDE))

    def feed():
        x.d = np.stack([picture for picture, _ in scenes])[:, None]
        t.d = np.stack([classes for _, classes in scenes])[:, None]

    train(F.mean(F.softmax_cross_entropy(network(x), t, axis=1)), 26, feed, 0.02)
    rows = 10
    test = [scene() for _ in range(rows)]
    x = nn.Variable((rows, 1, SIDE, SIDE))
    y = F.softmax(network(x), axis=1)
    drawn = np.stack([np.round(picture * 255) for picture, _ in test])
    x.d = drawn[:, None] / 255
    y.forward()
    table = [["x:scene", "y:classes"]]
    for row, (_, classes) in enumerate(test):
        save_picture("segmentation", f"scenes/{row}.png", drawn[row])
        save_picture("segmentation", f"labels/{row}.png", classes)
        table.append([f"./scenes/{row}.png", f"./labels/{row}.png"])
    found = y.d.argmax(axis=1)
    print("  pixels right", (found == np.stack([classes for _, classes in test])).mean())
    write("segmentation", {"x": x}, {"y'": y}, rows, table, found.reshape(rows, -1).tolist())


def restoration(random):
    nn.clear_parameters()
    side = 16

    def pair():
        y, x = np.mgrid[0:side, 0:side]
        phase = random.uniform(0, 2 * np.pi)
        clean = np.stack([0.5 + 0.3 * np.sin(x / 2 + phase), 0.5 + 0.3 * np.sin(y / 3 + phase), 0.4 + 0.0 * x])
        at = random.integers(2, side - 6, 2)
        clean[:, at[0] : at[0] + 4, at[1] : at[1] + 4] = random.choice([0.05, 0.95])
        noisy = clean + random.normal(0, 0.12, clean.shape)
        return np.round(noisy.clip(0, 1) * 255), np.round(clean * 255)

    pairs = [pair() for _ in range(100)]

    def network(x):
        h = F.relu(PF.convolution(x, 6, (3, 3), pad=(1, 1), name="r1"))
        return F.sigmoid(PF.convolution(h, 3, (3, 3), pad=(1, 1), name="r2"))

    x, t = nn.Variable((100, 3, side, side)), nn.Variable((100, 3, side, side))

    def feed():
        x.d = np.stack([noisy for noisy, _ in pairs]) / 255
        t.d = np.stack([clean for _, clean in pairs]) / 255

    train(F.mean(F.squared_error(network(x), t)), 150, feed, 0.02)
    rows = 8
    test = [pair() for _ in range(rows)]
    x = nn.Variable((rows, 3, side, side))
    y = network(x)
    x.d = np.stack([noisy for noisy, _ in test]) / 255
    y.forward()
    table = [["x:noisy", "y:clean"]]
    for row, (noisy, clean) in enumerate(test):
        save_picture("restoration", f"noisy/{row}.png", noisy.transpose(1, 2, 0))
        save_picture("restoration", f"clean/{row}.png", clean.transpose(1, 2, 0))
        table.append([f"./noisy/{row}.png", f"./clean/{row}.png"])
    error = y.d - np.stack([clean for _, clean in test]) / 255
    expected = [[abs(e).mean(), np.sqrt((e**2).mean()), 10 * np.log10(1 / (e**2).mean())] for e in error]
    write("restoration", {"x": x}, {"y'": y}, rows, table, expected)


for number, make in enumerate([classifier, regression, autoencoder, segmentation, restoration]):
    print(make.__name__)
    np.random.seed(number)
    nn.random.prng = np.random.RandomState(313 + number)
    make(np.random.default_rng(2026 + number))
