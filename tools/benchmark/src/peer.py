"""The other side of the comparison: anomalib, and PyTorch alone, on the same images and with the same network.

Run as: python3 peer.py padim|patchcore|eager WEIGHTS TRAIN_CSV TEST_CSV FOLDER THREADS
What was measured is left as JSON in FOLDER/figures.json. Seconds begin after everything was imported.
"""

import csv
import json
import os
import pathlib
import shutil
import sys
import time

# No hub is asked for anything: the weights lie in a file.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")

import torch
from safetensors.torch import load_file

SIDE = 224
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
# As many as nnc-host keeps with the ratio of the comparison.
PADIM_CHANNELS = 88
PATCHCORE_SAMPLES = 0.01
EAGER_BATCH, EAGER_IMAGES = 8, 64


def rows(path):
    """Image and label of each row of an NNC dataset."""
    path = pathlib.Path(path)
    with path.open(newline="", encoding="utf-8") as file:
        return [((path.parent / row["x:image"]).resolve(), int(row["y:label"])) for row in csv.DictReader(file)]


def link(folder, images):
    """Links images into a folder, as anomalib wants them; a row that comes twice is there twice."""
    folder.mkdir(parents=True)
    for number, image in enumerate(images):
        (folder / f"{number:06}{image.suffix}").symlink_to(image)
    return folder


def load(network, weights):
    """Gives the network the weights up to its third stage; the rest stays as it is."""
    missing = network.load_state_dict(load_file(weights), strict=False)
    if missing.unexpected_keys:
        raise SystemExit(f"the network does not know {missing.unexpected_keys[:3]}")


def anomalib(detector, weights, train, test, folder, threads):
    from anomalib.data import Folder
    from anomalib.engine import Engine
    from anomalib.models import Padim, Patchcore
    from anomalib.pre_processing import PreProcessor
    from torchvision.transforms.v2 import Compose, Normalize, Resize

    normal = [image for image, label in test if label == 0]
    abnormal = [image for image, label in test if label != 0]
    # Usual batches; no validation set, so training does nothing but train, and the test set is tested whole.
    data = Folder(
        name="bench",
        normal_dir=link(folder / "images/train", [image for image, _ in train]),
        normal_test_dir=link(folder / "images/good", normal),
        abnormal_dir=link(folder / "images/bad", abnormal),
        num_workers=min(8, threads),
        val_split_mode="none",
    )
    common = {
        "backbone": "resnet50",
        "pre_trained": False,
        # The images have that size; the usual 256 would be more work.
        "pre_processor": PreProcessor(Compose([Resize((SIDE, SIDE)), Normalize(MEAN, DEVIATION)])),
        # nnc-host draws no pictures either, unless it is asked to.
        "visualizer": False,
    }
    if detector == "padim":
        model = Padim(layers=["layer1", "layer2", "layer3"], n_features=PADIM_CHANNELS, **common)
    else:
        model = Patchcore(layers=["layer2", "layer3"], coreset_sampling_ratio=PATCHCORE_SAMPLES, **common)
    load(model.model.feature_extractor.feature_extractor, weights)

    # On the class, since the checkpoint that training writes holds the object.
    times = {}
    fit = type(model).fit

    def timed_fit(self):
        start = time.perf_counter()
        fit(self)
        times["fitting"] = (start, time.perf_counter())

    type(model).fit = timed_fit
    engine = Engine(default_root_dir=folder / "results", accelerator="cpu", limit_val_batches=0)
    start = time.perf_counter()
    engine.fit(model=model, datamodule=data)
    trained = time.perf_counter()
    engine.test(model=model, datamodule=data)
    tested = time.perf_counter()
    fitting_start, fitting_end = times["fitting"]
    return {
        "features_seconds": fitting_start - start,
        "fitting_seconds": fitting_end - fitting_start,
        "train_seconds": trained - start,
        "evaluate_seconds": tested - trained,
    }


def eager(weights, train):
    """Images per second through the network alone, as PyTorch runs it unless told otherwise."""
    import numpy
    import torchvision
    from PIL import Image

    network = torchvision.models.resnet50(weights=None).eval()
    load(network, weights)
    stages = torch.nn.Sequential(*list(network.children())[:-3])
    images = [train[number % len(train)][0] for number in range(EAGER_IMAGES)]
    pixels = [numpy.asarray(Image.open(image).convert("RGB")) for image in images]
    batch = torch.from_numpy(numpy.stack(pixels)).permute(0, 3, 1, 2).float() / 255
    batch = (batch - torch.tensor(MEAN).reshape(1, 3, 1, 1)) / torch.tensor(DEVIATION).reshape(1, 3, 1, 1)
    parts = batch.contiguous().split(EAGER_BATCH)
    with torch.inference_mode():
        stages(parts[0])
        start = time.perf_counter()
        for part in parts:
            stages(part)
        seconds = time.perf_counter() - start
    return {"features_seconds": seconds, "images": EAGER_IMAGES}


def main(what, weights, train, test, folder, threads):
    torch.set_num_threads(threads)
    if what == "eager":
        figures = eager(weights, rows(train))
    else:
        for name in ["images", "results"]:
            shutil.rmtree(folder / name, ignore_errors=True)
        figures = anomalib(what, weights, rows(train), rows(test), folder, threads)
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")


# Data loaders may import this file again.
if __name__ == "__main__":
    main(*sys.argv[1:5], pathlib.Path(sys.argv[5]), int(sys.argv[6]))
