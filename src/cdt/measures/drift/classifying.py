"""Whether a classifier can tell current rows from those of the reference."""

import math

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.measures.drift.encoding import Matrix, Table, points_of
from cdt.measures.estimates import Estimate
from cdt.measures.performance.ranking import roc_auc_of_rows
from cdt.measures.quantiles import normal_tail

MOST_ROWS = 20_000
PENALTY = 1.0
_MOST_TERMS = 150
_STEPS = 50


def domain_classifier(
    reference: Table,
    current: Table,
    *,
    most_rows: int = MOST_ROWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """How well a classifier tells current rows from those of the reference: its area under the ROC curve.

    Rows become points (see `points_of`), with their squares and, up to 150 terms, their products, so that spreads and
    correlations are told as well as means. A logistic regression with a ridge of 1 is fitted to half of the rows of
    either side, drawn, and asked about the other half. Areas of several folds would share rows that they are fitted
    to: where nothing had changed, the p-value of their mean was below 0.05 in 15 of 100 simulations.

    Returns a value in [0, 1]; 0.5 is no difference that it could tell. `p_value` is that of the mean rank sum where
    there is none. The same seed gives the same number.
    Source: Lopez-Paz and Oquab 2017, Revisiting classifier two-sample tests. Interval: as for `roc_auc_of_rows`.

    >>> random = np.random.default_rng(1)
    >>> domain_classifier(random.normal(size=(500, 2)), random.normal(2, 1, size=(500, 2))).value > 0.9
    True
    """
    points = points_of(reference, current, most_rows=most_rows, seed=seed)
    rows = min(len(points.reference), len(points.current))
    if points.reason:
        return Estimate.missing(points.reason, rows=rows)
    terms = terms_of(np.vstack(points))
    is_current = np.arange(len(terms)) >= len(points.reference)
    random = np.random.default_rng(seed)
    asked = np.concatenate([random.permutation(len(side)) % 2 == 1 for side in points])
    weights = logistic_regression(terms[~asked], is_current[~asked])
    area = roc_auc_of_rows(terms[asked] @ weights, is_current[asked], confidence=confidence)
    assert area.value is not None
    currents = int(np.count_nonzero(is_current[asked]))
    others = int(np.count_nonzero(asked)) - currents
    error = math.sqrt((others + currents + 1) / (12 * others * currents))
    return replace(area, rows=rows, p_value=normal_tail((area.value - 0.5) / error))


def terms_of(points: Matrix) -> Matrix:
    """(rows, terms) 1, the dimensions, their squares, and their products unless there would be too many of them."""
    dimensions = points.shape[1]
    terms = [np.ones((len(points), 1)), points, points**2]
    if 1 + dimensions * (dimensions + 3) // 2 <= _MOST_TERMS:
        first, second = np.triu_indices(dimensions, 1)
        terms.append(points[:, first] * points[:, second])
    found = np.hstack(terms)
    scale = np.sqrt((found**2).mean(axis=0))
    return found / np.where(scale > 0, scale, 1.0)


def logistic_regression(terms: Matrix, is_positive: NDArray[np.bool_], *, penalty: float = PENALTY) -> Matrix:
    """(terms,) weights: of least log loss plus half the penalty times their squares, but for the first's.

    By Newton's steps, halved until the loss falls; none is random.
    Source: Hastie, Tibshirani and Friedman 2009, The Elements of Statistical Learning, ch. 4.4.
    """
    ridge = np.full(terms.shape[1], penalty)
    ridge[0] = 0.0
    target = is_positive.astype(np.float64)
    weights = np.zeros(terms.shape[1])
    loss = _loss(terms, target, weights, ridge)
    for _ in range(_STEPS):
        chance = 0.5 * (1 + np.tanh(0.5 * (terms @ weights)))
        slope = terms.T @ (chance - target) + ridge * weights
        curve = (terms * (chance * (1 - chance))[:, None]).T @ terms + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, slope)
        size = 1.0
        while (found := _loss(terms, target, weights - size * step, ridge)) > loss and size > 1e-6:
            size /= 2
        gain, loss, weights = loss - found, min(loss, found), weights - size * step if found <= loss else weights
        if gain <= 1e-10 * (1 + abs(loss)):
            break
    return weights


def _loss(terms: Matrix, target: Matrix, weights: Matrix, ridge: Matrix) -> float:
    score = terms @ weights
    return float(np.sum(np.logaddexp(0.0, score) - target * score) + np.sum(ridge * weights**2) / 2)
