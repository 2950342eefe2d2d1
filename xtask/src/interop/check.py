"""Forwards images through the models of finished jobs with nnabla and compares the anomaly maps with the jobs' own.

Usage: check.py LIMIT FOLDER SUBJECT/MODE...
The dataset of a subject is FOLDER/SUBJECT/data/test.csv, its job lies in FOLDER/SUBJECT/MODE. Prints one line for each
model file and each way to run it: the largest difference of a map as a share of the map's maximum. The exit code is 1
if one of them is above LIMIT.
"""

import argparse
import csv
import logging
import os
import sys
import tempfile

# nnabla tells of its start and of every batch; warnings and errors still come through.
logging.disable(logging.INFO)

import nnabla as nn
import numpy as np
from nnabla.logger import logger
from nnabla.utils.cli.forward import add_forward_command
from nnabla.utils.load import load
from nnabla.utils.nnp_graph import NnpLoader
from PIL import Image

PROGRESS_LEVEL = 99
logger.addFilter(lambda record: record.levelno != PROGRESS_LEVEL)


def read_csv(path):
    """Rows of a CSV file as dictionaries."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def read_maps(folder):
    """Rows of a result list and the anomaly maps it names."""
    rows = read_csv(os.path.join(folder, "output_result.csv"))
    maps = [np.loadtxt(os.path.join(folder, row["x'"]), delimiter=",", ndmin=2) for row in rows]
    return rows, np.stack(maps)


def read_images(dataset):
    """Raw images, 0 to 255, shape (N, 3, H, W)."""
    folder = os.path.dirname(dataset)
    images = []
    for row in read_csv(dataset):
        with Image.open(os.path.join(folder, row["x:image"])) as image:
            images.append(np.asarray(image.convert("RGB"), dtype=np.float32).transpose(2, 0, 1))
    return np.stack(images)


def forward(x, y, images):
    """Anomaly maps of all images; an incomplete last batch is filled up with its last image."""
    batch = x.shape[0]
    maps = []
    for start in range(0, len(images), batch):
        part = images[start:start + batch]
        missing = batch - len(part)
        x.d = np.concatenate([part, np.repeat(part[-1:], missing, axis=0)])
        y.forward(clear_buffer=True)
        maps.append(y.d[:len(part)].copy())
    return np.concatenate(maps)


def with_load(model, _dataset, images):
    """The loader that Neural Network Console's own commands use, batch size as stored."""
    nn.clear_parameters()
    (executor,) = load([model], prepare_data_iterator=False).executors.values()
    (x,) = executor.dataset_assign
    (y,) = executor.output_assign
    return forward(x.variable_instance, y.variable_instance, images)


def with_loader(model, _dataset, images):
    """The loader for application code, batch size 1."""
    nn.clear_parameters()
    loader = NnpLoader(model)
    (name,) = loader.get_network_names()
    network = loader.get_network(name, batch_size=1)
    (x,) = network.inputs.values()
    (y,) = network.outputs.values()
    return forward(x, y, images)


def with_command(model, dataset, _images):
    """`nnabla_cli forward`, which is how Neural Network Console evaluates."""
    nn.clear_parameters()
    parser = argparse.ArgumentParser()
    add_forward_command(parser.add_subparsers())
    with tempfile.TemporaryDirectory() as folder:
        command = ["forward", "-c", model, "-d", dataset, "-o", folder, "--result_outdir", "outputs"]
        args = parser.parse_args(command)
        if not args.func(args):
            raise RuntimeError("nnabla_cli forward failed")
        rows, maps = read_maps(folder)
    if rows != read_csv(os.path.join(os.path.dirname(model), "output_result.csv")):
        raise RuntimeError("nnabla_cli forward wrote another output_result.csv")
    return maps


WAYS = [("load", with_load), ("NnpLoader, batch 1", with_loader), ("nnabla_cli forward", with_command)]


def main(limit, folder, jobs):
    """Prints the table and returns whether all of it is within the limit."""
    passed = True
    print(f"\nnnabla {nn.__version__}, NumPy {np.__version__}; largest difference / maximum of the map, limit {limit:g}")
    print(f"{'job':30} {'model':22} {'way':20} {'images':>6}  difference")
    for job in jobs:
        dataset = os.path.join(folder, os.path.dirname(job), "data", "test.csv")
        images = read_images(dataset)
        _, own = read_maps(os.path.join(folder, job))
        for name in ["results.nnp", "result_evaluate.nnp"]:
            for way, run in WAYS:
                try:
                    maps = run(os.path.join(folder, job, name), dataset, images)
                    if maps.shape != own.shape:
                        raise RuntimeError(f"nnabla gave maps of shape {maps.shape}, the job {own.shape}")
                    difference = np.max(np.abs(maps - own).max(axis=(1, 2)) / own.max(axis=(1, 2)))
                    # Not a number is no agreement either.
                    agrees = bool(difference <= limit)
                    result = f"{difference:.2e}{'' if agrees else '  TOO LARGE'}"
                except Exception as error:  # Whatever nnabla raises is a result of this comparison.
                    agrees = False
                    result = f"FAILED: {type(error).__name__}: {' '.join(str(error).split())}"
                passed &= agrees
                print(f"{job:30} {name:22} {way:20} {len(images):6}  {result}", flush=True)
    print("nnabla computes the same anomaly maps" if passed else "nnabla does not agree", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(0 if main(float(sys.argv[1]), sys.argv[2], sys.argv[3:]) else 1)
