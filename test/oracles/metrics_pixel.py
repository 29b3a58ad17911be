"""Pixel metrics by scikit-learn, and AUPRO threshold by threshold: python metrics_pixel.py > metrics_pixel.json

AUPRO is written from its definition, not from any implementation: for every distinct score, flag the px at or above it,
take the mean over all regions of the flagged share and the flagged share of the px outside all regions.
"""

import json

import numpy as np
import scipy
import sklearn
from scipy.ndimage import label
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

rng = np.random.default_rng(11)
EIGHT = np.ones((3, 3), int)


def aupro(maps, labels, counts, limit=0.3):
    outside = np.concatenate([m[l == 0] for m, l in zip(maps, labels)])
    regions = [m[l == r] for m, l, n in zip(maps, labels, counts) for r in range(1, n + 1)]
    if not regions or not len(outside):
        return None
    x, y = [0.0], [0.0]
    for t in sorted({float(v) for m in maps for v in m.ravel()}, reverse=True):
        x.append((outside >= t).mean())
        y.append(np.mean([(r >= t).mean() for r in regions]))
    x.append(1.0)
    y.append(1.0)
    area = 0.0
    for x0, x1, y0, y1 in zip(x, x[1:], y, y[1:]):
        if x0 >= limit:
            break
        if x1 > limit:
            x1, y1 = limit, y0 + (y1 - y0) * (limit - x0) / (x1 - x0)
        area += (x1 - x0) * (y0 + y1) / 2
    return area / limit


def metrics(maps, masks, labels, counts):
    s = np.concatenate([m.ravel() for m in maps]) if maps else np.zeros(0)
    y = np.concatenate([m.ravel() for m in masks]) if maps else np.zeros(0, int)
    both = 0 < y.sum() < len(y)
    out = {"auroc": None, "average_precision": None, "f1_max": None, "aupro": aupro(maps, labels, counts) if maps else None}
    if both:
        p, r, _ = precision_recall_curve(y, s)
        out.update(auroc=roc_auc_score(y, s), average_precision=average_precision_score(y, s))
        out["f1_max"] = float((2 * p * r / np.maximum(p + r, 1e-300)).max())
    return out


def case(name, shapes, masks, step, threshold):
    """Scores are whole multiples of `step`, so the file stays small and ties are frequent where it is coarse."""
    maps, labels, counts, images = [], [], [], []
    for (h, w), mask in zip(shapes, masks):
        mask = np.zeros((h, w), int) if mask is None else mask
        raw = rng.gamma(2.0, 1.0, (h, w)) + mask * rng.gamma(2.0, 0.8, (h, w))
        code = np.round(raw / step).astype(int)
        l, n = label(mask, EIGHT)
        maps.append((code * step).astype(np.float32))
        labels.append(l)
        counts.append(int(n))
        images.append({"height": h, "width": w, "codes": code.ravel().tolist(), "labels": l.ravel().tolist(), "regions": int(n), "nok": bool(n)})
    masks = [(l > 0).astype(int) for l in labels]
    nok = [i for i, n in enumerate(counts) if n]
    pick = lambda xs: [xs[i] for i in nok]
    s, y = np.concatenate([m.ravel() for m in maps]), np.concatenate([m.ravel() for m in masks])
    flagged = s > threshold
    return {
        "name": name,
        "step": step,
        "images": images,
        "all": metrics(maps, masks, labels, counts),
        "nok": metrics(pick(maps), pick(masks), pick(labels), pick(counts)),
        "threshold": threshold,
        "confusion": [int((flagged & (y == 1)).sum()), int((flagged & (y == 0)).sum()), int((~flagged & (y == 0)).sum()), int((~flagged & (y == 1)).sum())],
    }


def aupimo(good, defective, low, high):
    """Bertoldo et al. 2024: recall of each defective image over the log of the false positive rate the good ones share."""
    top = max(m.max() for m in good)
    thresholds = sorted({float(v) for m in good for v in m.ravel()}, reverse=True)
    rates = np.array([np.mean([(m >= t).mean() for m in good]) for t in thresholds])
    x = np.log(rates)
    out = []
    for m, mask in defective:
        inside = m[mask > 0]
        y = np.array([(inside >= t).mean() for t in thresholds])
        xs, ys = x, y
        if xs[0] > np.log(low):
            xs, ys = np.r_[np.log(low), xs], np.r_[(inside > top).mean(), ys]
        keep = (xs > np.log(low)) & (xs < np.log(high))
        ends = np.log([low, high])
        px = np.r_[ends[0], xs[keep], ends[1]]
        py = np.r_[np.interp(ends[0], xs, ys), ys[keep], np.interp(ends[1], xs, ys)]
        out.append(float(np.trapezoid(py, px) / (ends[1] - ends[0])))
    return out


def pimo_case(low, high, shapes):
    """Scores 1 .. 4 in steps of 1/128: each has a bin of its own in an image's record."""
    good, defective, images = [], [], []
    for k, (h, w) in enumerate(shapes):
        nok = k % 2 == 1
        mask = boxes(h, w, (2, 2 + h // 3, 3, 3 + w // 4)) if nok else np.zeros((h, w), int)
        code = np.clip(np.round(128 * (rng.gamma(2.0, 0.25, (h, w)) + mask * 0.7)), 0, 383).astype(int)
        m = 1 + code / 128
        if nok:
            defective.append((m, mask))
        else:
            good.append(m)
        images.append({"codes": code.ravel().tolist(), "labels": mask.ravel().tolist(), "nok": nok})
    return {"low": low, "high": high, "images": images, "values": aupimo(good, defective, low, high)}


def boxes(h, w, *rects):
    mask = np.zeros((h, w), int)
    for r0, r1, c0, c1 in rects:
        mask[r0:r1, c0:c1] = 1
    return mask


cases = [
    case("three defective and two good images", [(20, 24)] * 5, [boxes(20, 24, (2, 6, 3, 9), (12, 14, 15, 23)), None, boxes(20, 24, (0, 3, 0, 2)), None, boxes(20, 24, (8, 18, 4, 16))], 2**-16, 3.0),
    case("coarse scores tie across images", [(20, 24)] * 3, [boxes(20, 24, (2, 6, 3, 9)), None, boxes(20, 24, (10, 12, 0, 20), (15, 17, 5, 7))], 0.5, 2.5),
    case("regions that touch at a corner are one", [(12, 12)] * 2, [boxes(12, 12, (2, 5, 2, 5), (5, 7, 5, 8), (10, 11, 0, 1)), None], 2**-10, 2.0),
    case("images of different sizes", [(7, 31), (16, 9), (5, 5)], [boxes(7, 31, (3, 5, 20, 30)), boxes(16, 9, (0, 16, 0, 1)), None], 2**-12, 1.5),
    case("a single px of defect", [(9, 9)], [boxes(9, 9, (4, 5, 4, 5))], 0.25, 1.0),
    case("good images alone", [(8, 8)] * 2, [None, None], 0.25, 1.0),
    case("defective everywhere", [(4, 6)], [boxes(4, 6, (0, 4, 0, 6))], 0.25, 1.0),
]
pimo = [pimo_case(0.01, 0.1, [(16, 20)] * 6), pimo_case(1e-4, 0.05, [(12, 12), (9, 20), (20, 8), (15, 15)])]
versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
print(json.dumps({"versions": versions, "cases": cases, "aupimo": pimo}, separators=(",", ":")))
