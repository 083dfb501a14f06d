"""The measures of performance of a version that predicts numbers."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.answers import Answer
from cdt.measures.columns import Columns
from cdt.measures.definitions import ReadingRules
from cdt.measures.distribution import Distribution, distribution_of_number
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid
from cdt.measures.layout import ABSOLUTE_ERROR, ERROR, LABEL, RELATIVE_ERROR, SQUARED_ERROR
from cdt.measures.moments import Spread, Spreads, spread_of_outcome
from cdt.measures.outcome_fairness import GroupNumbers, group_numbers
from cdt.measures.performance.direct_loss import (
    NO_PREDICTIONS,
    estimated_mean_absolute_error,
    estimated_root_mean_squared_error,
)
from cdt.measures.performance.means import TOO_LARGE, positive_mean_of
from cdt.measures.performance.regression import (
    ALL_ZERO,
    NO_LABELS,
    ONE_NUMBER,
    mean_absolute_error,
    mean_absolute_percentage_error,
    r_squared,
    root_mean_squared_error,
    root_of,
)
from cdt.measures.profile import Profile
from cdt.measures.samples import Sample
from cdt.measures.whole_rows import taken

ROWS_ALONE = "only an evaluation of rows can tell; a live reading has counts"
NO_LABELLED_ROWS = "the baseline is kept as counts, which don't tell which rows were predicted badly"
MOST_ESTIMATED = 200_000
"""Of a window with more rows so many are looked at, evenly: each of three hundred trees is asked about each."""

_OUTCOME_OF = {
    "mean_absolute_error": ABSOLUTE_ERROR,
    "root_mean_squared_error": SQUARED_ERROR,
    "mean_absolute_percentage_error": RELATIVE_ERROR,
}
_EXPECTED: dict[str, Callable[..., Estimate]] = {
    "mean_absolute_error": estimated_mean_absolute_error,
    "root_mean_squared_error": estimated_root_mean_squared_error,
}
_OF_ROWS = {
    "mean_absolute_error": mean_absolute_error,
    "root_mean_squared_error": root_mean_squared_error,
    "mean_absolute_percentage_error": mean_absolute_percentage_error,
    "r_squared": r_squared,
}


class LabelledReference(NamedTuple):
    """Labelled rows of a baseline with the columns of their predictions, or the reason why there are none.

    columns: by name, each (rows,). predicted, label: (rows,).
    """

    reason: str | None
    columns: Columns = {}
    predicted: NDArray[np.float64] = np.empty(0)
    label: NDArray[np.float64] = np.empty(0)


class NumbersReading(Struct, frozen=True, kw_only=True):
    """What is shown of a version that predicts numbers besides its measures.

    errors: how far labels lie above predictions, in a few bins, and `error_spreads` their means and variances.
    groups: by attribute.
    """

    errors: Distribution
    error_spreads: Spreads
    groups: dict[str, tuple[GroupNumbers, ...]]


def numbers_reading(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> NumbersReading:
    """Of a window beside its baseline."""
    assert grid.outcomes
    old, new = (spread_of_outcome(grid, profile, ERROR) for profile in (baseline, current))
    return NumbersReading(
        errors=distribution_of_number(grid.outcomes.error, baseline.outcome(ERROR), current.outcome(ERROR)),
        error_spreads=Spreads(baseline=old, current=new),
        groups={
            name: group_numbers(grid, current, name, minimum_group_size=rules.minimum_group_size)
            for name in grid.attributes
        },
    )


def performance(
    baseline: Profile,
    current: Profile,
    rules: ReadingRules,
    *,
    baseline_rows: Sample | None = None,
    current_rows: Sample | None = None,
) -> Iterator[Answer]:
    """How far predictions lay from what came, beside how far they lay in the baseline."""
    for name in _OF_ROWS:
        if not rules.wants(name):
            continue
        now = _error(name, current, current_rows, rules)
        before = _error(name, baseline, baseline_rows, rules)
        yield Answer(
            name,
            None,
            now,
            before.value,
            before.rows,
            baseline_reason=before.reason,
            counted_from="profile" if current_rows is None else "rows",
        )


def estimated(
    grid: Grid,
    baseline: Profile,
    rules: ReadingRules,
    *,
    reference: LabelledReference | None = None,
    current_rows: Sample | None = None,
) -> Iterator[Answer]:
    """How far off predictions are expected to be before their labels come, beside how far the baseline's were."""
    for name, function in _EXPECTED.items():
        if not rules.wants(f"estimated_{name}"):
            continue
        before = _error(name, baseline, None, rules)
        yield Answer(
            f"estimated_{name}",
            None,
            _expected(function, grid, rules, reference, current_rows),
            before.value,
            before.rows,
            baseline_reason=before.reason,
            counted_from="rows",
        )


def _error(name: str, profile: Profile, sample: Sample | None, rules: ReadingRules) -> Estimate:
    confidence = rules.confidence_of("performance")
    if sample is not None:
        labels = sample.labels
        if labels is None or labels.number is None or labels.score is None:
            return Estimate.missing(NO_LABELS)
        return _OF_ROWS[name](labels.number, labels.score, confidence=confidence)
    return _of_counts(name, profile, confidence)


def _of_counts(name: str, profile: Profile, confidence: float) -> Estimate:
    if name == "r_squared":
        return _explained(profile)
    outcome = _OUTCOME_OF[name]
    found: Spread = spread_of_outcome(profile.grid, profile, outcome)
    if not found.rows:
        labelled = profile.labelled
        return Estimate.missing(ALL_ZERO if labelled and outcome == RELATIVE_ERROR else NO_LABELS, rows=labelled)
    if found.mean is None or found.greatest is None:
        return Estimate.missing(TOO_LARGE, rows=found.rows)
    mean = positive_mean_of(
        found.mean, found.variance or 0.0, found.rows, greatest=found.greatest, confidence=confidence
    )
    return root_of(mean) if outcome == SQUARED_ERROR else mean


def _explained(profile: Profile) -> Estimate:
    """The variance of labels that is explained; how sure that is, counts don't tell."""
    label, squares = (spread_of_outcome(profile.grid, profile, name) for name in (LABEL, SQUARED_ERROR))
    rows = squares.rows
    if not rows:
        return Estimate.missing(NO_LABELS)
    if squares.mean is None or label.variance is None or label.rows != rows:
        return Estimate.missing(TOO_LARGE if rows > 1 else ONE_NUMBER, rows=rows)
    if not label.variance > 0:
        return Estimate.missing(ONE_NUMBER, rows=rows)
    return Estimate(value=1 - squares.mean * rows / (label.variance * (rows - 1)), rows=rows)


def _expected(
    function: Callable[..., Estimate],
    grid: Grid,
    rules: ReadingRules,
    reference: LabelledReference | None,
    current: Sample | None,
) -> Estimate:
    if current is None:
        return Estimate.missing(ROWS_ALONE)
    rows, score = current.predictions, current.predictions.score
    if reference is None or reference.reason is not None:
        why = NO_LABELLED_ROWS if reference is None or reference.reason is None else reference.reason
        return Estimate.missing(why, rows=len(rows.decision))
    if score is None or not len(score):
        return Estimate.missing(NO_PREDICTIONS)
    chosen = np.linspace(0, len(score) - 1, min(len(score), MOST_ESTIMATED)).round().astype(np.intp)
    watched = [name for name in rules.watched_of(grid) if name in rows.columns and name in reference.columns]
    return function(
        reference.label,
        reference.predicted,
        {name: reference.columns[name] for name in watched},
        score[chosen],
        {name: taken(rows.columns[name], chosen) for name in watched},
        confidence=rules.confidence_of("performance"),
    )
