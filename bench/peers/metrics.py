"""One metric of all scores for each line on stdin, by scikit-learn: metrics.py SCORES LABELS auroc|ap."""

import sys

import numpy
from peer import serve
from sklearn.metrics import average_precision_score, roc_auc_score

scores = numpy.fromfile(sys.argv[1], numpy.float32)
labels = numpy.fromfile(sys.argv[2], numpy.uint8)
metric = {"auroc": roc_auc_score, "ap": average_precision_score}[sys.argv[3]]

serve(lambda: metric(labels, scores), note=lambda value: f"{value:.6f}")
