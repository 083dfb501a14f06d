"""How well a model decides: what a table of decisions by labels tells.

A confusion is (classes, classes) labelled rows by decision and label, both in one order of classes; counts of a
profile have one decision more, the missing ones, last: those rows don't count.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, share_estimate, wilson_interval

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_LABELS = "no labelled rows"
NO_DECISIONS = "no labelled rows with a decision"
NO_CHOSEN = "no labelled rows decided positively"
NO_POSITIVES = "no labelled rows of the positive class"


def accuracy_of(confusion: Counts, *, confidence: float = 0.95) -> Estimate:
    """The share of labelled rows whose decision is their label, with Wilson's interval.

    >>> accuracy_of(np.array([[40, 10], [5, 45], [0, 3]])).value
    0.85
    """
    decided = decided_of(confusion)
    return share_estimate(int(np.trace(decided)), int(decided.sum()), confidence=confidence, reason=NO_LABELS)


def precision_of(confusion: Counts, positive: int, *, confidence: float = 0.95) -> Estimate:
    """The share of positive decisions whose label is positive too, with Wilson's interval.

    >>> precision_of(np.array([[40, 10], [5, 45], [0, 3]]), 1).value
    0.9
    """
    chosen = confusion[positive]
    reason = NO_CHOSEN if confusion.sum() else NO_LABELS
    return share_estimate(int(chosen[positive]), int(chosen.sum()), confidence=confidence, reason=reason)


def recall_of(confusion: Counts, positive: int, *, confidence: float = 0.95) -> Estimate:
    """The share of positive labels that were decided positively, with Wilson's interval. Also: true positive rate.

    >>> recall_of(np.array([[40, 15], [5, 45], [0, 3]]), 1).value
    0.75
    """
    labelled = decided_of(confusion)[:, positive]
    reason = NO_POSITIVES if confusion.sum() else NO_LABELS
    return share_estimate(int(labelled[positive]), int(labelled.sum()), confidence=confidence, reason=reason)


def f1_of(confusion: Counts, positive: int, *, confidence: float = 0.95) -> Estimate:
    """The harmonic mean of precision and recall, in [0, 1].

    It grows with the share of true positives among the rows that are positive by decision or label, so the ends of its
    interval are those of that share's, by Wilson. Source: van Rijsbergen 1979, Information Retrieval, ch. 7.

    >>> round(f1_of(np.array([[40, 15], [5, 45], [0, 3]]), 1).value, 4)
    0.8182
    """
    decided = decided_of(confusion)
    both = int(decided[positive, positive])
    either = int(decided[positive].sum() + decided[:, positive].sum()) - both
    if not either:
        reason = "no labelled rows positive by decision or label" if decided.sum() else NO_DECISIONS
        return Estimate.missing(reason, rows=int(decided.sum()))
    low, high = (2 * end / (1 + end) for end in wilson_interval(both / either, either, confidence=confidence))
    return Estimate.of(2 * both / (either + both), low, high, rows=either)


def balanced_accuracy_of(confusion: Counts, *, confidence: float = 0.95) -> Estimate:
    """The mean recall of the classes that have labels, in [0, 1]; guessing gives 1 / classes.

    Source: Brodersen, Ong, Stephan and Buhmann 2010, The balanced accuracy and its posterior distribution.

    >>> balanced_accuracy_of(np.array([[40, 15], [10, 45]])).value
    0.775
    """
    decided = decided_of(confusion)
    is_labelled = decided.sum(axis=0) > 0

    def mean_recall(table: Floats) -> tuple[float, Floats]:
        recalls, gradients = _recalls(table)
        return float(recalls[is_labelled].mean()), gradients[is_labelled].mean(axis=0)

    return _of_gradient(decided, mean_recall, confidence)


def averaged_of(confusion: Counts, what: str, average: str, *, confidence: float = 0.95) -> Estimate:
    """Precision, recall or F1 of all classes together, in [0, 1].

    what: `precision`, `recall` or `f1`. average: `macro`, the mean over classes; `weighted`, that by how many labels
        each has; `micro`, of all rows together, which is the accuracy.
    Classes without decisions or labels are left out, those with one of the two alone count as 0.
    """
    decided = decided_of(confusion)
    if average == "micro":
        return share_estimate(int(np.trace(decided)), int(decided.sum()), confidence=confidence, reason=NO_DECISIONS)
    if what not in _BY_CLASS or average not in {"macro", "weighted"}:
        raise ValueError(f"no {average} average of {what}: take precision, recall or f1; macro, weighted or micro")
    occurs = (decided.sum(axis=0) + decided.sum(axis=1)) > 0

    def mean(table: Floats) -> tuple[float, Floats]:
        values, gradients = _BY_CLASS[what](table)
        if average == "macro":
            return float(values[occurs].mean()), gradients[occurs].mean(axis=0)
        weights = table.sum(axis=0) / table.sum()
        value = float(values @ weights)
        moved = (values - value) / table.sum()  # by a row more of each label
        return value, np.tensordot(weights, gradients, axes=1) + moved[None, :]

    return _of_gradient(decided, mean, confidence)


def matthews_of(confusion: Counts, *, confidence: float = 0.95) -> Estimate:
    """The correlation of decisions and labels, in [-1, 1]; 0 is no better than chance. Of two classes, phi.

    None when all rows are decided or labelled alike. Source: Gorodkin 2004, Comparing two K-category assignments by a
    K-category correlation coefficient.

    >>> round(matthews_of(np.array([[40, 15], [10, 45]])).value, 4)
    0.5477
    """
    decided = decided_of(confusion)
    if decided.sum() and (np.count_nonzero(decided.sum(axis=0)) < 2 or np.count_nonzero(decided.sum(axis=1)) < 2):
        return Estimate.missing("all rows are decided or labelled alike", rows=int(decided.sum()))

    def halved(table: Floats) -> tuple[float, Floats]:
        rows, right = table.sum(), np.trace(table)
        decisions, labels = table.sum(axis=1), table.sum(axis=0)
        among, between = rows**2 - decisions @ decisions, rows**2 - labels @ labels
        scale = float(np.sqrt(among * between))
        value = float(right * rows - decisions @ labels) / scale
        gradient = right + rows * np.eye(len(table)) - labels[:, None] - decisions[None, :]
        spread = (rows - decisions)[:, None] / among + (rows - labels)[None, :] / between
        return (value + 1) / 2, (gradient / scale - value * spread) / 2

    found = _of_gradient(decided, halved, confidence)
    if found.value is None or found.low is None or found.high is None:
        return found
    return Estimate.of(2 * found.value - 1, 2 * found.low - 1, 2 * found.high - 1, rows=found.rows)


def decided_of(confusion: Counts) -> Counts:
    """(classes, classes) the rows that have a decision."""
    return confusion[: confusion.shape[1]]


_Gradient = Callable[[Floats], tuple[float, Floats]]
"""(classes, classes) to a value in [0, 1] and how far one more row in each cell moves it."""


def _of_gradient(decided: Counts, function: _Gradient, confidence: float) -> Estimate:
    """A smooth function of shares, with Wilson's interval of the number of rows that would have its variance.

    The variance is the delta method's, two rows spread over all cells added: a table without errors proves nothing.
    """
    rows = int(decided.sum())
    if not rows:
        return Estimate.missing(NO_DECISIONS)
    value = min(1.0, max(0.0, function(decided.astype(np.float64))[0]))
    smoothed = decided.astype(np.float64) + 2 / decided.size
    centre, gradient = function(smoothed)
    variance = float(np.sum(smoothed * gradient**2) - np.sum(smoothed * gradient) ** 2 / smoothed.sum())
    rows_worth = min(float(rows), centre * (1 - centre) / variance) if variance > 0 else 1.0
    return Estimate.of(value, *wilson_interval(value, rows_worth, confidence=confidence), rows=rows)


class _ByClass(NamedTuple):
    """(classes,) values, and (classes, classes, classes) how far a row more in each cell moves each."""

    values: Floats
    gradients: Floats


def _precisions(table: Floats) -> _ByClass:
    return _quotients(np.diag(table), table.sum(axis=1), rows=1.0, columns=0.0)


def _recalls(table: Floats) -> _ByClass:
    return _quotients(np.diag(table), table.sum(axis=0), rows=0.0, columns=1.0)


def _f1s(table: Floats) -> _ByClass:
    return _quotients(np.diag(table), (table.sum(axis=0) + table.sum(axis=1)) / 2, rows=0.5, columns=0.5)


def _quotients(right: Floats, of: Floats, *, rows: float, columns: float) -> _ByClass:
    """Right / of, by class; `of` grows by `rows` with the class's decisions and by `columns` with its labels."""
    classes = len(right)
    values = np.divide(right, of, out=np.zeros(classes), where=of > 0)
    scale = np.divide(1.0, of, out=np.zeros(classes), where=of > 0)
    gradients = np.zeros((classes, classes, classes))
    each = np.arange(classes)
    gradients[each, each, :] -= rows * (values * scale)[:, None]
    gradients[each, :, each] -= columns * (values * scale)[:, None]
    gradients[each, each, each] += scale
    return _ByClass(values, gradients)


_BY_CLASS: Mapping[str, Callable[[Floats], _ByClass]] = {"precision": _precisions, "recall": _recalls, "f1": _f1s}
