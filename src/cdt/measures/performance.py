"""How well a model decides and ranks, once the labels are known."""

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, share_estimate, wilson_interval

Counts = NDArray[np.int64]

NO_LABELS = "no labelled rows"


def accuracy(confusion: Counts, *, confidence: float = 0.95) -> Estimate:
    """The share of labelled rows whose decision is their label, with Wilson's interval.

    confusion: (classes + 1, classes) rows by decision, missing last, and label. Rows without a decision don't count.

    >>> accuracy(np.array([[40, 10], [5, 45], [0, 3]])).value
    0.85
    """
    decided = confusion[:-1]
    return share_estimate(int(np.trace(decided)), int(decided.sum()), confidence=confidence, reason=NO_LABELS)


def precision(confusion: Counts, positive: int, *, confidence: float = 0.95) -> Estimate:
    """The share of positive decisions whose label is positive too, with Wilson's interval.

    >>> precision(np.array([[40, 10], [5, 45], [0, 3]]), 1).value
    0.9
    """
    chosen = confusion[positive]
    reason = "no labelled rows decided positively" if confusion.sum() else NO_LABELS
    return share_estimate(int(chosen[positive]), int(chosen.sum()), confidence=confidence, reason=reason)


def recall(confusion: Counts, positive: int, *, confidence: float = 0.95) -> Estimate:
    """The share of positive labels that were decided positively, with Wilson's interval. Also: true positive rate.

    >>> recall(np.array([[40, 15], [5, 45], [0, 3]]), 1).value
    0.75
    """
    labelled = confusion[:-1, positive]
    reason = "no labelled rows of the positive class" if confusion.sum() else NO_LABELS
    return share_estimate(int(labelled[positive]), int(labelled.sum()), confidence=confidence, reason=reason)


def roc_auc(ranking: Counts, *, confidence: float = 0.95) -> Estimate:
    """The chance that a positive row has a higher score than another one, from counts by score cell.

    ranking: (cells, 2) labelled rows by ascending score cell, others first, positive ones second.
    Returns a value in [0, 1]; 0.5 is no better than chance. Two rows in one cell count half, so the value is off by at
    most `cell_error`, by which the interval is widened on both sides.
    Source: Hanley and McNeil 1982; the variance by DeLong, DeLong and Clarke-Pearson 1988; the interval is Wilson's
    with the number of rows that would have that variance, so that it stays within [0, 1].

    >>> roc_auc(np.array([[3, 0], [1, 1], [0, 3]])).value
    0.96875
    """
    others, positives = ranking[:, 0], ranking[:, 1]
    missing = _nothing_to_rank(int(others.sum()), int(positives.sum()))
    if missing:
        return missing
    return _auc_of_ties(others, positives, cell_error(ranking), confidence)


def cell_error(ranking: Counts) -> float:
    """How far `roc_auc` can be from the value of the rows: half the share of pairs that lie in one cell.

    >>> cell_error(np.array([[3, 0], [1, 1], [0, 3]]))
    0.03125
    """
    others, positives = ranking[:, 0].astype(np.float64), ranking[:, 1].astype(np.float64)
    return float(np.sum(others * positives) / 2 / (others.sum() * positives.sum()))


def roc_auc_of_rows(
    score: NDArray[np.float64], is_positive: NDArray[np.bool_], *, confidence: float = 0.95
) -> Estimate:
    """The chance that a positive row has a higher score than another one, exactly; equal scores count half.

    score: (rows,); rows whose score is missing don't count. is_positive: (rows,). Sources as for `roc_auc`.

    >>> roc_auc_of_rows(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])).value
    0.75
    """
    has_score = ~np.isnan(score)
    ascending = np.argsort(score[has_score], kind="stable")
    ranked, positive = score[has_score][ascending], is_positive[has_score][ascending]
    missing = _nothing_to_rank(int(np.count_nonzero(~positive)), int(np.count_nonzero(positive)))
    if missing:
        return missing
    is_new = np.concatenate(([True], ranked[1:] != ranked[:-1]))
    tie = np.cumsum(is_new) - 1
    ties = int(tie[-1]) + 1
    return _auc_of_ties(
        np.bincount(tie[~positive], minlength=ties), np.bincount(tie[positive], minlength=ties), 0.0, confidence
    )


def _nothing_to_rank(others: int, positives: int) -> Estimate | None:
    if others + positives == 0:
        return Estimate.missing("no labelled rows with a score")
    if not others or not positives:
        which = "positive" if not positives else "other"
        return Estimate.missing(f"no labelled rows of the {which} class", rows=others + positives)
    return None


def _auc_of_ties(others: Counts, positives: Counts, error: float, confidence: float) -> Estimate:
    """The area from rows by distinct score, ascending."""
    negative_rows, positive_rows = int(others.sum()), int(positives.sum())
    others_below = (np.cumsum(others) - others / 2) / negative_rows  # of a positive row, with half of its ties
    positives_above = 1 - (np.cumsum(positives) - positives / 2) / positive_rows  # of another row
    value = float(np.sum(positives * others_below)) / positive_rows
    variance = sum(
        float(np.sum(rows * (placement - value) ** 2)) / max(1, total - 1) / total
        for rows, placement, total in (
            (positives, others_below, positive_rows),
            (others, positives_above, negative_rows),
        )
    )
    fewer = min(negative_rows, positive_rows)
    # Never surer than that many rows; a variance of zero, as of a perfect ranking of few rows, proves nothing.
    rows_worth = min(value * (1 - value) / variance, negative_rows + positive_rows) if variance > 0 else fewer
    low, high = wilson_interval(value, rows_worth, confidence=confidence)
    return Estimate.of(value, max(0.0, low - error), min(1.0, high + error), rows=negative_rows + positive_rows)
