"""Measures fairness with fairlearn, again and again: run by a Python that has it, driven by the lines that it reads."""

import sys
import time
from itertools import combinations

import numpy as np
import pandas
from fairlearn import metrics
from sklearn.metrics import accuracy_score, precision_score

RATES = {
    "selection": metrics.selection_rate,
    "true positive": metrics.true_positive_rate,
    "false positive": metrics.false_positive_rate,
    "false negative": metrics.false_negative_rate,
    "true negative": metrics.true_negative_rate,
    "precision": precision_score,
    "accuracy": accuracy_score,
    "rows": metrics.count,
}


def main() -> None:
    """Read a file of columns; for each line, measure every set of attributes once and answer the seconds it took."""
    stored = np.load(sys.argv[1])
    attributes = pandas.DataFrame({name: stored[name] for name in stored.files if name not in {"label", "decision"}})
    label, decision = stored["label"].astype(int), stored["decision"].astype(int)
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        for size in range(1, attributes.shape[1] + 1):
            for names in combinations(attributes, size):
                frame = metrics.MetricFrame(
                    metrics=RATES, y_true=label, y_pred=decision, sensitive_features=attributes[list(names)]
                )
                frame.difference()
                frame.ratio()
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
