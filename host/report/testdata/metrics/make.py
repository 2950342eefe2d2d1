"""Figures of scikit-learn and SciPy for random scores, maps and masks: python3 make.py [SEED] > cases.json

Needs numpy, scipy and scikit-learn. Scores are 32-bit floats, half of them drawn from few values so that many tie.
The per-region overlap is scikit-learn's weighted ROC curve: with each marked pixel weighing one over the size of its
region, the true positive rate is the mean overlap of the definition (Bergmann et al., IJCV 2021).
"""

import json
import sys
from fractions import Fraction

import numpy as np
import sklearn
from scipy import ndimage, stats
from sklearn.metrics import auc, average_precision_score, roc_auc_score, roc_curve

LIMIT = 0.3


def scores_of(random, labels, ties):
    scores = random.normal(labels * random.uniform(-0.5, 2.0), 1.0)
    if ties:
        scores = np.round(scores * 2)
    return scores.astype(np.float32)


def f1_max(labels, scores):
    """The best F1, compared without rounding, and the lowest threshold that reaches it."""
    best = (Fraction(-1), 0.0)
    for threshold in np.unique(scores)[::-1]:
        flagged = scores >= threshold
        f1 = Fraction(2 * int((flagged & (labels == 1)).sum()), int(flagged.sum()) + int(labels.sum()))
        if f1 >= best[0]:
            best = (f1, float(threshold))
    return float(best[0]), best[1]


def image_case(random, count, ties):
    labels = np.zeros(count, dtype=int)
    labels[: random.integers(1, count)] = 1
    random.shuffle(labels)
    scores = scores_of(random, labels, ties)
    f1, threshold = f1_max(labels, scores)
    return {
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "auroc": roc_auc_score(labels, scores),
        "average_precision": average_precision_score(labels, scores),
        "f1_max": f1,
        "f1_max_threshold": threshold,
    }


def mask_of(random, height, width):
    noise = ndimage.gaussian_filter(random.normal(size=(height, width)), 0.7)
    return noise > np.quantile(noise, random.uniform(0.6, 0.95))


def areas(masks, maps, chosen):
    """ROC area and overlap of the marked pixels of the chosen images against the unmarked pixels of all."""
    labels, scores, weights, regions = [], [], [], 0
    for mask, values, taken in zip(masks, maps, chosen):
        region, count = ndimage.label(mask, structure=np.ones((3, 3)))
        sizes = np.bincount(region.ravel())
        kept = np.full(mask.shape, True) if taken else ~mask
        labels.append(mask[kept])
        scores.append(values[kept])
        weights.append(np.where(mask, 1.0 / sizes[region], 1.0)[kept])
        regions += count if taken else 0
    labels, scores, weights = (np.concatenate(parts) for parts in (labels, scores, weights))
    fpr, overlap, _ = roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)
    # Points at the limit itself stay: the curve may rise there, which adds no area.
    inside = fpr <= LIMIT
    at_limit = np.interp(LIMIT, fpr, overlap)
    area = auc(np.append(fpr[inside], LIMIT), np.append(overlap[inside], at_limit))
    return roc_auc_score(labels, scores), area / LIMIT, regions


def pixel_case(random, images, ties):
    height, width = int(random.integers(4, 9)), int(random.integers(4, 9))
    masks, maps = [], []
    for index in range(images):
        mask = mask_of(random, height, width) if index % 3 else np.zeros((height, width), dtype=bool)
        masks.append(mask)
        maps.append(scores_of(random, mask.astype(int), ties))
    kinds = ["" if not mask.any() else "ab"[index % 2] for index, mask in enumerate(masks)]
    auroc, aupro, regions = areas(masks, maps, [True] * images)
    by_kind = {kind: areas(masks, maps, [k == kind for k in kinds])[:2] for kind in sorted(set(kinds) - {""})}
    return {
        "masks": [mask.astype(int).tolist() for mask in masks],
        "maps": [values.tolist() for values in maps],
        "kinds": kinds,
        "auroc": auroc,
        "aupro": aupro,
        "regions": regions,
        "by_kind": by_kind,
    }


def interval_case(random):
    trials = int(10 ** random.uniform(0, 4))
    hits = int(random.integers(0, trials + 1)) if random.random() < 0.5 else min(trials, int(random.integers(0, 5)))
    confidence = float(random.choice([0.9, 0.95, 0.99]))
    interval = stats.binomtest(hits, trials).proportion_ci(confidence, method="exact")
    return {"hits": hits, "trials": trials, "confidence": confidence, "low": interval.low, "high": interval.high}


def main():
    random = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 20210)
    cases = {
        "scikit_learn": sklearn.__version__,
        "image": [image_case(random, int(random.integers(2, 60)), ties) for ties in [False, True] * 12],
        "pixel": [pixel_case(random, int(random.integers(2, 6)), ties) for ties in [False, True] * 6],
        "interval": [interval_case(random) for _ in range(40)],
    }
    json.dump(cases, sys.stdout, separators=(",", ":"))
    print()


main()
