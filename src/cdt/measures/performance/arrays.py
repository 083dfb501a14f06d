"""The measures of performance of plain arrays, under the names that the field knows them by.

`label`, `decision` and `score` are arrays of one value a row; a row that lacks one of those that a measure takes
doesn't count. The answer is an `Estimate`: its `value`, its interval `low` to `high`, the `rows` it rests on, or the
`reason` why there is no value.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.performance import confusion as counted
from cdt.measures.performance import probability, ranking
from cdt.measures.performance.worth import business_value_of
from cdt.measures.plain_arrays import (
    class_of,
    classes,
    encoded,
    is_missing,
    is_positive,
    numbers,
    one_a_row,
    same_rows,
    text_of,
)

Average = Literal["binary", "macro", "micro", "weighted"]
"""Of the positive class alone; the mean over classes; of all rows together; the mean by how many labels each has."""


class Confusion(NamedTuple):
    """(classes, classes) labelled rows by decision and label, in the order of `classes`."""

    counts: NDArray[np.int64]
    classes: tuple[str, ...]

    def place_of(self, value: object) -> int | None:
        """Where a class stands; None if it has neither a decision nor a label."""
        name = text_of(class_of(value))
        return self.classes.index(name) if name in self.classes else None


def confusion_matrix(label: ArrayLike, decision: ArrayLike) -> Confusion:
    """Labelled rows by decision and label, of the classes that occur; truths are the classes 0 and 1.

    >>> confusion_matrix(["no", "yes", "yes"], ["no", "no", "yes"]).counts.tolist()
    [[1, 1], [0, 1]]
    """
    truth, decided = classes(one_a_row(label, "label")), classes(one_a_row(decision, "decision"))
    same_rows(labels=truth, decisions=decided)
    is_there = ~is_missing(truth) & ~is_missing(decided)
    labels, label_codes = encoded(truth[is_there])
    decisions, decision_codes = encoded(decided[is_there])
    names = tuple(sorted({*labels, *decisions}))
    place = {name: at for at, name in enumerate(names)}
    columns = np.array([place[name] for name in labels], dtype=np.intp)[label_codes]
    rows = np.array([place[name] for name in decisions], dtype=np.intp)[decision_codes]
    size = len(names)
    return Confusion(np.bincount(rows * size + columns, minlength=size * size).reshape(size, size), names)


def accuracy(label: ArrayLike, decision: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The share of decisions that are their label, in [0, 1].

    >>> accuracy([1, 0, 1, 1], [1, 0, 0, 1]).value
    0.75
    """
    return counted.accuracy_of(confusion_matrix(label, decision).counts, confidence=confidence)


def balanced_accuracy(label: ArrayLike, decision: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The mean recall of the classes that have labels, in [0, 1]; see `confusion.balanced_accuracy_of`."""
    return counted.balanced_accuracy_of(confusion_matrix(label, decision).counts, confidence=confidence)


def precision(
    label: ArrayLike,
    decision: ArrayLike,
    *,
    positive: object = 1,
    average: Average = "binary",
    confidence: float = 0.95,
) -> Estimate:
    """The share of positive decisions whose label is positive too, in [0, 1]; of all classes where `average` says so.

    >>> precision([1, 0, 1, 1], [1, 1, 0, 1]).value
    0.6666666666666666
    """
    return _one_or_all("precision", label, decision, positive, average, confidence)


def recall(
    label: ArrayLike,
    decision: ArrayLike,
    *,
    positive: object = 1,
    average: Average = "binary",
    confidence: float = 0.95,
) -> Estimate:
    """The share of positive labels that are decided positively, in [0, 1]; of all classes where `average` says so."""
    return _one_or_all("recall", label, decision, positive, average, confidence)


def f1(
    label: ArrayLike,
    decision: ArrayLike,
    *,
    positive: object = 1,
    average: Average = "binary",
    confidence: float = 0.95,
) -> Estimate:
    """The harmonic mean of precision and recall, in [0, 1]; of all classes where `average` says so."""
    return _one_or_all("f1", label, decision, positive, average, confidence)


def matthews_correlation(label: ArrayLike, decision: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The correlation of decisions and labels, in [-1, 1]; see `confusion.matthews_of`."""
    return counted.matthews_of(confusion_matrix(label, decision).counts, confidence=confidence)


def roc_auc(label: ArrayLike, score: ArrayLike, *, positive: object = 1, confidence: float = 0.95) -> Estimate:
    """The chance that a positive row has a higher score than another one, in [0, 1]; see `ranking.roc_auc_of_rows`.

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value
    0.75
    """
    scores, truth = _scored(label, score, positive)
    return ranking.roc_auc_of_rows(scores, truth, confidence=confidence)


def average_precision(
    label: ArrayLike, score: ArrayLike, *, positive: object = 1, confidence: float = 0.95
) -> Estimate:
    """The area under precision by recall (PR AUC), in [0, 1]; see `ranking.average_precision_of`."""
    return ranking.average_precision_of(ranking.ties_of(*_scored(label, score, positive)), confidence=confidence)


def lift(
    label: ArrayLike,
    score: ArrayLike,
    *,
    share: float = ranking.TOP_SHARE,
    positive: object = 1,
    confidence: float = 0.95,
) -> Estimate:
    """How many times as often the share of rows with the highest scores is positive as all are; see `lift_of`."""
    ties = ranking.ties_of(*_scored(label, score, positive))
    return ranking.lift_of(ties, share=share, confidence=confidence)


def log_loss(label: ArrayLike, score: ArrayLike, *, positive: object = 1, confidence: float = 0.95) -> Estimate:
    """The mean of -ln of the chance that was given to what came; see `probability.log_loss_of`."""
    return probability.log_loss_of(*_scored(label, score, positive), confidence=confidence)


def brier_score(label: ArrayLike, score: ArrayLike, *, positive: object = 1, confidence: float = 0.95) -> Estimate:
    """The mean squared distance of scores from what came, in [0, 1]."""
    return probability.brier_score_of(*_scored(label, score, positive), confidence=confidence)


def expected_calibration_error(
    label: ArrayLike,
    score: ArrayLike,
    *,
    bins: int = probability.BINS,
    positive: object = 1,
    confidence: float = 0.95,
) -> Estimate:
    """How far shares of positive rows lie from scores; see `probability.expected_calibration_error_of`."""
    scores, truth = _scored(label, score, positive)
    return probability.expected_calibration_error_of(scores, truth, bins=bins, confidence=confidence)


def business_value(
    label: ArrayLike,
    decision: ArrayLike,
    values: Mapping[tuple[object, object], float],
    *,
    confidence: float = 0.95,
) -> Estimate:
    """What a decision is worth on average, by what each pair of decision and label gains or, below zero, costs.

    values: (decision, label) to its value; every pair that occurs must have one. Times the rows it is the whole value.
    Its interval is that of `worth.business_value_of`. Source: Elkan 2001, The foundations of cost-sensitive learning.

    >>> business_value([1, 0, 1, 0], [1, 1, 0, 0], {(1, 1): 50, (1, 0): -10, (0, 1): 0, (0, 0): 0}).value
    10.0
    """
    counts, names = confusion_matrix(label, decision)
    worth = {
        (text_of(class_of(decided)), text_of(class_of(truth))): float(value)
        for (decided, truth), value in values.items()
    }
    if not all(np.isfinite(list(worth.values()))):
        raise ValueError("a value is a finite number")
    pairs = [(names[row], names[column]) for row, column in np.argwhere(counts).tolist()]
    lacking = [pair for pair in pairs if pair not in worth]
    if lacking:
        decided, truth = lacking[0]
        raise ValueError(f"decisions {decided!r} of label {truth!r} occur and have no value")
    if not pairs:
        return Estimate.missing(counted.NO_DECISIONS)
    table = np.array([[worth.get((decided, truth), np.nan) for truth in names] for decided in names])
    return business_value_of(counts, table, confidence=confidence)


def _one_or_all(
    what: str, label: ArrayLike, decision: ArrayLike, positive: object, average: Average, confidence: float
) -> Estimate:
    table = confusion_matrix(label, decision)
    if average != "binary":
        return counted.averaged_of(table.counts, what, average, confidence=confidence)
    if isinstance(positive, bool | int | float) and one_a_row(decision, "decision").dtype.kind in "US":
        raise TypeError("the decisions are texts: name the positive one, as in positive='yes'")
    of_class = {"precision": counted.precision_of, "recall": counted.recall_of, "f1": counted.f1_of}[what]
    place = table.place_of(positive)
    if place is not None:
        return of_class(table.counts, place, confidence=confidence)
    empty = np.zeros((len(table.classes) + 1, len(table.classes) + 1), dtype=np.int64)
    empty[:-1, :-1] = table.counts
    return of_class(empty, len(table.classes), confidence=confidence)


def _scored(label: ArrayLike, score: ArrayLike, positive: object) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    truth, is_there = is_positive(label, positive, what="label")
    scores = numbers(score, "score")
    same_rows(labels=truth, scores=scores)
    return scores[is_there], truth[is_there]
