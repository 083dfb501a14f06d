"""Performance of predicted numbers without labels: how far off they are expected to be, by how far off they were.

Direct loss estimation: labelled rows of a reference teach how large the error of a prediction is, by the prediction and
by the row's features (`trees`); rows without labels are asked for theirs. It is right as long as rows that are alike
are predicted as badly as they were: it sees other rows coming, and doesn't see the same rows turning out otherwise.

Five models are fitted, each without a fifth of the reference, every fifth row. What each expects of the rows that it
has not seen is held against their errors: the sum of both is made equal, and what is left is the spread of a row. The
interval is where the measure of the window's own labels will lie: of the spread of its rows, in proportion to what is
expected of each, and of that of the five models, by the jackknife; normal, of the value's logarithm.
Source: NannyML, Direct Loss Estimation.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.columns import CategoryColumn
from cdt.measures.drift.encoding import Table, by_name, points_of
from cdt.measures.drift.sides import Values
from cdt.measures.estimates import Estimate
from cdt.measures.performance.means import TOO_LARGE
from cdt.measures.performance.regression import NOT_FINITE
from cdt.measures.performance.trees import Trees, fitted
from cdt.measures.plain_arrays import numbers, same_rows
from cdt.measures.quantiles import normal_quantile

Floats = NDArray[np.float64]

FOLDS = 5
LEAST_LABELLED = 200
"""Labelled rows of a reference without which nothing is learnt from it."""
MOST_LABELLED = 10_000
"""More are thinned evenly: five times sixty trees of ten columns then take a second."""
NO_PREDICTIONS = "no rows with a prediction"
_PREDICTION = "\x00prediction"


def estimated_mean_absolute_error(
    reference_label: ArrayLike,
    reference_predicted: ArrayLike,
    reference: Table,
    predicted: ArrayLike,
    current: Table,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The expected mean distance of predictions from labels, in the label's unit, in [0, inf).

    reference_label, reference_predicted: (rows,) numbers of labelled rows; reference: their features, columns by name.
    predicted, current: those of the window, without labels. A row that lacks a label or a prediction doesn't count.

    >>> random = np.random.default_rng(1)
    >>> age, now = random.uniform(0, 1, 2_000), random.uniform(0.5, 1, 1_000)
    >>> label = random.normal(0, age)
    >>> estimate = estimated_mean_absolute_error(label, 0 * age, {"age": age}, 0 * now, {"age": now})
    >>> round(estimate.value, 1)  # 0.75 times the mean distance of a standard normal
    0.6
    """
    return _expected(reference_label, reference_predicted, reference, predicted, current, 1, confidence)


def estimated_mean_squared_error(
    reference_label: ArrayLike,
    reference_predicted: ArrayLike,
    reference: Table,
    predicted: ArrayLike,
    current: Table,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The expected mean squared distance, in the square of the label's unit; as `estimated_mean_absolute_error`."""
    return _expected(reference_label, reference_predicted, reference, predicted, current, 2, confidence)


def estimated_root_mean_squared_error(
    reference_label: ArrayLike,
    reference_predicted: ArrayLike,
    reference: Table,
    predicted: ArrayLike,
    current: Table,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The root of the expected mean squared distance, in the label's unit; as `estimated_mean_absolute_error`."""
    found = _expected(reference_label, reference_predicted, reference, predicted, current, 2, confidence)
    if found.value is None:
        return found
    if found.low is None or found.high is None:
        return Estimate(value=math.sqrt(found.value), rows=found.rows)
    return Estimate.of(math.sqrt(found.value), math.sqrt(found.low), math.sqrt(found.high), rows=found.rows)


def _expected(
    reference_label: ArrayLike,
    reference_predicted: ArrayLike,
    reference: Table,
    predicted: ArrayLike,
    current: Table,
    power: int,
    confidence: float,
) -> Estimate:
    label, before, now = (
        numbers(each, what)
        for each, what in ((reference_label, "label"), (reference_predicted, "prediction"), (predicted, "prediction"))
    )
    same_rows(labels=label, predictions=before)
    is_labelled, is_predicted = ~np.isnan(label) & ~np.isnan(before), ~np.isnan(now)
    rows, labelled = int(is_predicted.sum()), int(is_labelled.sum())
    if labelled < LEAST_LABELLED:
        return Estimate.missing(
            f"only {labelled} labelled rows with a prediction in the reference; {LEAST_LABELLED} are needed", rows=rows
        )
    if not rows:
        return Estimate.missing(NO_PREDICTIONS)
    if np.isinf(label).any() or np.isinf(before).any() or np.isinf(now).any():
        return Estimate.missing(NOT_FINITE, rows=rows)
    with np.errstate(over="ignore"):
        loss = np.abs(label - before) ** power
    chosen = np.flatnonzero(is_labelled)
    chosen = chosen[np.linspace(0, labelled - 1, min(labelled, MOST_LABELLED)).round().astype(np.intp)]
    known, asked = _points(reference, before, chosen), _points(current, now, np.flatnonzero(is_predicted))
    points = points_of(known, asked, most_rows=max(len(label), len(now)), seed=0)
    return _of_points(points.reference, loss[chosen], points.current, confidence)


def _points(table: Table, predicted: Floats, rows: NDArray[np.intp]) -> dict[str, Values]:
    """The chosen rows' features, and what was predicted of them."""
    columns: dict[str, Values] = by_name(table)
    found: dict[str, Values] = {}
    for name, column in columns.items():
        values = column if isinstance(column, CategoryColumn) else _array(column)
        if len(values) != len(predicted):
            raise ValueError(f"these are not of the same rows: {len(values)} of {name!r}, {len(predicted)} predictions")
        found[name] = (
            CategoryColumn(values.codes[rows], values.values) if isinstance(values, CategoryColumn) else values[rows]
        )
    found[_PREDICTION] = predicted[rows]
    return found


def _array(column: ArrayLike) -> NDArray[Any]:
    """Numbers and texts in one list would all become texts."""
    return np.asarray(column, dtype=np.object_ if isinstance(column, list | tuple) else None)


def _of_points(known: Floats, loss: Floats, asked: Floats, confidence: float) -> Estimate:
    rows, largest = len(asked), float(loss.max())
    if not math.isfinite(largest):
        return Estimate.missing(TOO_LARGE, rows=rows)
    if not largest:
        return Estimate(value=0.0, rows=rows)
    loss = loss / largest
    fold = np.arange(len(loss)) % FOLDS
    unseen, expected = np.empty(len(loss)), np.empty((FOLDS, rows))
    for each in range(FOLDS):
        model = fitted(known[fold != each], loss[fold != each])
        unseen[fold == each] = _positive(model, known[fold == each])
        expected[each] = _positive(model, asked)
    level = float(loss.sum()) / float(unseen.sum()) if unseen.any() else 1.0
    unseen, expected = level * unseen, level * expected
    value = float(expected.mean())
    spread = float(((loss - unseen) ** 2).sum()) / float((unseen**2).sum()) if unseen.any() else 0.0
    of_rows = spread * float((expected.mean(axis=0) ** 2).sum()) / rows**2
    of_models = (FOLDS - 1) / FOLDS * float(((expected.mean(axis=1) - value) ** 2).sum())
    if not value:
        return Estimate(value=0.0, rows=rows)
    reach = math.exp(min(50.0, normal_quantile(confidence) * math.sqrt(of_rows + of_models) / value))
    ends = (value * largest, value / reach * largest, value * reach * largest)
    if not all(map(math.isfinite, ends)):
        return Estimate.missing(TOO_LARGE, rows=rows)
    return Estimate.of(*ends, rows=rows)


def _positive(model: Trees, points: Floats) -> Floats:
    """What is expected of an error is none that is negative."""
    return np.maximum(model.of(points), 0.0)
