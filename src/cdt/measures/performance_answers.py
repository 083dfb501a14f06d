"""The measures of performance, of the labelled rows of a window."""

from collections.abc import Callable, Iterator

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from cdt.measures.answers import Answer
from cdt.measures.definitions import CountedFrom, ReadingRules
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid
from cdt.measures.performance.confusion import (
    accuracy_of,
    averaged_of,
    balanced_accuracy_of,
    decided_of,
    f1_of,
    matthews_of,
    precision_of,
    recall_of,
)
from cdt.measures.performance.probability import brier_score_of, expected_calibration_error_of, log_loss_of
from cdt.measures.performance.ranking import average_precision_of, lift_of, roc_auc_of_rows, ties_of
from cdt.measures.profile import Profile
from cdt.measures.samples import LabelRows, Sample

Counts = NDArray[np.int64]

ALL_POSITIVE = "every label is positive, so that precision is 1 whatever is decided"
NO_SCORES = "no labelled rows with a score"
ROWS_ALONE = "only an evaluation of rows can tell; a live reading has counts"
NO_BASELINE_ROWS = "the baseline is kept as counts, which don't tell it"


def performance(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """What the labels say of the decisions, beside what those of the baseline say."""
    positive, confidence = grid.positive_code, rules.confidence_of("performance")
    old, new = baseline.confusion, current.confusion
    yield _beside("accuracy", accuracy_of(new, confidence=confidence), accuracy_of(old))
    yield _beside("precision", _precision(new, positive, rules), _precision(old, positive, rules))
    yield _beside("recall", recall_of(new, positive, confidence=confidence), recall_of(old, positive))
    for name, function in _of_confusion(positive).items():
        if rules.wants(name):
            yield _beside(name, function(new, confidence), function(old, confidence))


def _precision(confusion: Counts, positive: int, rules: ReadingRules) -> Estimate:
    """By the first edition also of labels that are all positive, of which it is 1 whatever is decided."""
    found = precision_of(confusion, positive, confidence=rules.confidence_of("performance"))
    labels = decided_of(confusion).sum(axis=0)
    if rules.edition is UNSET or found.value is None or labels.sum() > labels[positive]:
        return found
    return Estimate.missing(ALL_POSITIVE, rows=found.rows)


def ranked(now: Estimate, before: Estimate, baseline: Profile, *, counted_from: CountedFrom = "profile") -> Answer:
    """The ROC AUC, beside that of the baseline."""
    return _ranked("roc_auc", now, before, baseline, counted_from)


def ranking_of_rows(grid: Grid, labels: LabelRows | None, rules: ReadingRules) -> Estimate:
    """The ROC AUC of labelled rows, exactly."""
    scored = _scored(grid, labels)
    if scored is None:
        return Estimate.missing(NO_SCORES)
    return roc_auc_of_rows(*scored, confidence=rules.confidence_of("performance"))


def of_scores(
    grid: Grid,
    baseline: Profile,
    current: Profile,
    rules: ReadingRules,
    *,
    baseline_rows: Sample | None = None,
    current_rows: Sample | None = None,
) -> Iterator[Answer]:
    """What scores are worth beside the ROC AUC: rankings also from profiles, chances from rows alone."""
    confidence = rules.confidence_of("performance")
    for name, ranking_measure in (("average_precision", average_precision_of), ("lift", lift_of)):
        if rules.wants(name):
            now, before = (
                ranking_measure(_ties(grid, profile, rows), is_exact=rows is not None, confidence=confidence)
                for profile, rows in ((current, current_rows), (baseline, baseline_rows))
            )
            yield _ranked(name, now, before, baseline, "profile" if current_rows is None else "rows")
    for name, chance_measure in (
        ("log_loss", log_loss_of),
        ("brier_score", brier_score_of),
        ("expected_calibration_error", expected_calibration_error_of),
    ):
        if rules.wants(name):
            now, before = (
                _of_chances(chance_measure, grid, rows, otherwise, confidence)
                for rows, otherwise in ((current_rows, ROWS_ALONE), (baseline_rows, NO_BASELINE_ROWS))
            )
            yield _beside(name, now, before)


_OfConfusion = Callable[[Counts, float], Estimate]


def _of_confusion(positive: int) -> dict[str, _OfConfusion]:
    """What is taken of decisions by labels where a plan names it."""

    def averaged(what: str, average: str) -> _OfConfusion:
        return lambda table, confidence: averaged_of(table, what, average, confidence=confidence)

    return {
        "balanced_accuracy": lambda table, confidence: balanced_accuracy_of(table, confidence=confidence),
        "f1": lambda table, confidence: f1_of(table, positive, confidence=confidence),
        "matthews_correlation": lambda table, confidence: matthews_of(table, confidence=confidence),
        "macro_precision": averaged("precision", "macro"),
        "macro_recall": averaged("recall", "macro"),
        "macro_f1": averaged("f1", "macro"),
        "weighted_precision": averaged("precision", "weighted"),
        "weighted_f1": averaged("f1", "weighted"),
    }


OF_CONFUSION = tuple(_of_confusion(0))
"""What the table of decisions by labels tells besides accuracy, precision and recall."""


def _of_chances(
    function: Callable[..., Estimate], grid: Grid, rows: Sample | None, otherwise: str, confidence: float
) -> Estimate:
    if rows is None:
        return Estimate.missing(otherwise)
    scored = _scored(grid, rows.labels)
    return Estimate.missing(NO_SCORES) if scored is None else function(*scored, confidence=confidence)


def _ties(grid: Grid, profile: Profile, rows: Sample | None) -> Counts:
    if rows is None:
        return profile.ranking
    scored = _scored(grid, rows.labels)
    return np.zeros((0, 2), dtype=np.int64) if scored is None else ties_of(*scored)


def _scored(grid: Grid, labels: LabelRows | None) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    if labels is None or labels.score is None:
        return None
    is_labelled = labels.label >= 0
    return labels.score[is_labelled], labels.label[is_labelled] == grid.positive_code


def _ranked(measure: str, now: Estimate, before: Estimate, baseline: Profile, counted_from: CountedFrom) -> Answer:
    rarer = int(baseline.ranking.sum(axis=0).min())
    return Answer(measure, None, now, before.value, before.rows, rarer, before.reason, counted_from)


def _beside(measure: str, now: Estimate, before: Estimate) -> Answer:
    return Answer(measure, None, now, before.value, before.rows, baseline_reason=before.reason)
