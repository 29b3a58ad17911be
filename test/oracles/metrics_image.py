"""Image metrics by scikit-learn, and DeLong's interval: python metrics_image.py > metrics_image.json"""

import json

import numpy as np
import scipy
import sklearn
from scipy.stats import norm
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve, roc_auc_score, roc_curve

rng = np.random.default_rng(7)


def case(name, scores, positive, thresholds):
    scores, positive = np.asarray(scores, np.float64), np.asarray(positive, int)
    p, r, t = precision_recall_curve(positive, scores)
    f1 = np.array([f1_score(positive, scores >= x, zero_division=0) for x in t])
    fpr, tpr, roc_t = roc_curve(positive, scores, drop_intermediate=False)
    return {
        "name": name,
        "scores": scores.tolist(),
        "positive": positive.tolist(),
        "auroc": roc_auc_score(positive, scores),
        "average_precision": average_precision_score(positive, scores),
        "f1_max": f1.max(),
        "f1_max_threshold": t[np.flatnonzero(f1 >= f1.max() - 1e-12)[-1]],
        # scikit-learn lists the curve by falling recall and ends it with the added point (0, 1)
        "precision": p[:-1][::-1].tolist(),
        "recall": r[:-1][::-1].tolist(),
        "fpr": fpr[1:].tolist(),
        "tpr": tpr[1:].tolist(),
        "roc_thresholds": roc_t[1:].tolist(),
        "f1_at": [[x, f1_score(positive, scores > x, zero_division=0)] for x in thresholds],
        "delong": delong(scores, positive),
    }


def delong(scores, positive, level=0.95):
    """DeLong, DeLong, Clarke-Pearson 1988, straight from the placement values."""
    a, b = scores[positive == 1], scores[positive == 0]
    wins = (a[:, None] > b[None, :]) + 0.5 * (a[:, None] == b[None, :])
    variance = wins.mean(1).var(ddof=1) / len(a) + wins.mean(0).var(ddof=1) / len(b)
    half = norm.ppf(0.5 + level / 2) * np.sqrt(variance)
    return [wins.mean() - half, wins.mean() + half]


def normal(good, defective, shift):
    scores = np.r_[rng.normal(0, 1, good), rng.normal(shift, 1.3, defective)]
    return scores, np.r_[np.zeros(good), np.ones(defective)]


mixed, labels = normal(41, 119, 1.1)
order = rng.permutation(len(mixed))
coarse, coarse_labels = normal(60, 25, 0.8)
cases = [
    case("41 good and 119 defective", mixed[order], labels[order], [0.0, 0.5, 1.0]),
    case("many ties", np.round(coarse), coarse_labels, [-1.0, 0.0, 1.0]),
    case("all scores equal", np.full(9, 0.25), [0, 1, 0, 0, 1, 0, 1, 0, 0], [0.2, 0.25]),
    case("perfect", [1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], [3, 4]),
    case("reversed", [6, 5, 4, 3, 2, 1], [0, 0, 0, 1, 1, 1], [3, 4]),
    case("zero and minus zero are equal", [0.0, -0.0, 1.0, -1.0, 0.0], [1, 0, 1, 0, 0], [0.0]),
]
versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
print(json.dumps({"versions": versions, "cases": cases}))
