"""Figures of scikit-learn for random classes, numbers and class maps: python3 make_tasks.py [SEED] > tasks.json

Needs numpy and scikit-learn. Outputs are 32-bit floats, half of them drawn from few values so that many tie; some classes
occur neither as label nor as prediction, some regressions have a constant target, and some pixels are labelled 255.
"""

import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics


def classification(random, rows, classes, ties, single):
    labels = random.integers(0, max(classes - 1, 1) if classes > 3 else classes, rows)
    if single:
        outputs = random.uniform(0, 1, (rows, 1))
    else:
        raw = random.normal(size=(rows, classes)) + 1.5 * np.eye(classes)[labels] * random.uniform(0, 2)
        outputs = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    if ties:
        outputs = np.round(outputs * 4) / 4
    outputs = outputs.astype(np.float32)
    found = (outputs[:, 0] >= 0.5).astype(int) if single else outputs.argmax(axis=1)
    scores = np.hstack([np.float32(1) - outputs, outputs]) if single else outputs
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        labels, found, labels=range(classes), zero_division=0)
    mean = metrics.precision_recall_fscore_support(labels, found, average="macro", zero_division=0)
    average = []
    for one in range(classes):
        is_one = labels == one
        average.append(metrics.average_precision_score(is_one, scores[:, one]) if 0 < is_one.sum() < rows else None)
    known = [value for value in average if value is not None]
    return {
        "labels": labels.tolist(),
        "outputs": outputs.tolist(),
        "classes": classes,
        "accuracy": metrics.accuracy_score(labels, found),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "mean": [float(value) for value in mean[:3]],
        "average_precision": average,
        "mean_average_precision": float(np.mean(known)) if known else None,
        "confusion": metrics.confusion_matrix(labels, found, labels=range(classes)).tolist(),
    }


def regression(random, rows, values, constant):
    target = random.normal(1000 * random.uniform(), 3.0, (rows, values))
    if constant:
        target[:, 0] = 2.5
    found = (target + random.normal(size=target.shape) * random.uniform(0, 4)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        r2 = metrics.r2_score(target, found, multioutput="raw_values") if rows > 1 else [None] * values
    each = {
        "mae": metrics.mean_absolute_error(target, found, multioutput="raw_values").tolist(),
        "rmse": metrics.root_mean_squared_error(target, found, multioutput="raw_values").tolist(),
        "r2": [value if value is None else float(value) for value in r2],
    }
    return {
        "target": target.tolist(),
        "found": found.tolist(),
        "mae": metrics.mean_absolute_error(target, found),
        "rmse": metrics.root_mean_squared_error(target, found),
        "r2": None if rows < 2 else float(metrics.r2_score(target, found)),
        "each": each,
    }


def segmentation(random, pictures, side, classes):
    labels = random.integers(0, classes, (pictures, side, side))
    found = np.where(random.uniform(size=labels.shape) < 0.6, labels, random.integers(0, classes, labels.shape))
    labels[random.uniform(size=labels.shape) < 0.05] = 255
    kept = labels != 255
    due, got = labels[kept], found[kept]
    occurring = np.union1d(due, got)
    return {
        "labels": labels.reshape(pictures, -1).tolist(),
        "found": found.reshape(pictures, -1).tolist(),
        "classes": classes,
        "accuracy": metrics.accuracy_score(due, got),
        "iou": metrics.jaccard_score(due, got, labels=range(classes), average=None, zero_division=0).tolist(),
        "mean_iou": float(metrics.jaccard_score(due, got, labels=occurring, average="macro")),
        "ignored": int((~kept).sum()),
    }


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20261128
    random = np.random.default_rng(seed)
    shapes = [(int(random.integers(2, 60)), int(random.integers(2, 7))) for _ in range(24)]
    cases = {
        "made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, seed {seed}",
        "classification": [
            classification(random, rows, 2 if number % 4 == 3 else classes, number % 2 == 0, number % 4 == 3)
            for number, (rows, classes) in enumerate(shapes)
        ],
        "regression": [
            regression(random, rows, 1 + classes % 3, number % 6 == 5)
            for number, (rows, classes) in enumerate([(1, 2), *shapes[:14]])
        ],
        "segmentation": [segmentation(random, 1 + number % 3, 5 + number, 2 + number % 4) for number in range(8)],
    }
    text = json.dumps(cases)
    print(text.replace('{"labels"', '\n{"labels"').replace('{"target"', '\n{"target"'))


main()
