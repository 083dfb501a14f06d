"""How well a model ranks: what scores tell of which label is positive.

A ranking is (cells, 2) labelled rows by ascending score, others first, positive ones second; rows of one cell are ties.
"""

import math

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, wilson_interval
from cdt.measures.quantiles import normal_quantile

Counts = NDArray[np.int64]

TOP_SHARE = 0.1
"""Of the rows, where a lift says no other."""


def roc_auc_of_cells(ranking: Counts, *, confidence: float = 0.95) -> Estimate:
    """The chance that a positive row has a higher score than another one, from counts by score cell.

    ranking: (cells, 2) labelled rows by ascending score cell, others first, positive ones second.
    Returns a value in [0, 1]; 0.5 is no better than chance. Two rows in one cell count half, so the value is off by at
    most `cell_error`, by which the interval is widened on both sides.
    Source: Hanley and McNeil 1982; the variance by DeLong, DeLong and Clarke-Pearson 1988; the interval is Wilson's
    with the number of rows that would have that variance, so that it stays within [0, 1].

    >>> roc_auc_of_cells(np.array([[3, 0], [1, 1], [0, 3]])).value
    0.96875
    """
    others, positives = ranking[:, 0], ranking[:, 1]
    missing = _nothing_to_rank(int(others.sum()), int(positives.sum()))
    if missing:
        return missing
    return _auc_of_ties(others, positives, cell_error(ranking), confidence)


def cell_error(ranking: Counts) -> float:
    """How far `roc_auc_of_cells` can be from the value of the rows: half the share of pairs that lie in one cell.

    >>> cell_error(np.array([[3, 0], [1, 1], [0, 3]]))
    0.03125
    """
    others, positives = ranking[:, 0].astype(np.float64), ranking[:, 1].astype(np.float64)
    return float(np.sum(others * positives) / 2 / (others.sum() * positives.sum()))


def roc_auc_of_rows(
    score: NDArray[np.float64], is_positive: NDArray[np.bool_], *, confidence: float = 0.95
) -> Estimate:
    """The chance that a positive row has a higher score than another one, exactly; equal scores count half.

    score: (rows,); rows whose score is missing don't count. is_positive: (rows,). Sources as for `roc_auc_of_cells`.

    >>> roc_auc_of_rows(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])).value
    0.75
    """
    ties = ties_of(score, is_positive)
    missing = _nothing_to_rank(int(ties[:, 0].sum()), int(ties[:, 1].sum()))
    return missing or _auc_of_ties(ties[:, 0], ties[:, 1], 0.0, confidence)


def ties_of(score: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> Counts:
    """The ranking of rows: one cell for each score that occurs, missing ones left out.

    >>> ties_of(np.array([0.5, 0.1, 0.5, np.nan]), np.array([True, False, False, True])).tolist()
    [[1, 0], [1, 1]]
    """
    has_score = ~np.isnan(score)
    ascending = np.argsort(score[has_score], kind="stable")
    ranked, positive = score[has_score][ascending], is_positive[has_score][ascending]
    if not len(ranked):
        return np.zeros((0, 2), dtype=np.int64)
    tie = np.cumsum(np.concatenate(([False], ranked[1:] != ranked[:-1])))
    return np.bincount(tie * 2 + positive, minlength=2 * (int(tie[-1]) + 1)).reshape(-1, 2)


def average_precision_of(ranking: Counts, *, is_exact: bool = True, confidence: float = 0.95) -> Estimate:
    """The mean precision at the score of each positive row: the area under precision by recall, in [0, 1].

    A ranking without any skill has the share of positive rows. is_exact: whether cells are equal scores; where they are
    cells of a grid, the interval is widened by what the order within them could change.
    Source: Boyd, Eng and Page 2013, Area under the precision-recall curve: point estimates and confidence intervals.
    The interval is Wilson's of as many rows as there are positive ones, or of as many as would have the delta method's
    variance where those are fewer.

    >>> average_precision_of(np.array([[3, 0], [1, 1], [0, 3]])).value
    0.95
    """
    others, positives = ranking[::-1, 0].astype(np.float64), ranking[::-1, 1].astype(np.float64)
    total = float(positives.sum())
    missing = _nothing_to_rank(int(others.sum()), int(total))
    if missing:
        return missing
    found, chosen = np.cumsum(positives), np.cumsum(positives + others)
    some = positives > 0
    value = float(np.sum(positives[some] * found[some] / chosen[some])) / total
    rows_worth = min(total, value * (1 - value) / _variance(others, positives, value)) if value < 1 else total
    low, high = wilson_interval(value, rows_worth, confidence=confidence)
    if not is_exact:
        before = found - positives
        least = (before[some] + 1) / (chosen[some] - positives[some] + 1)
        most = found[some] / (chosen[some] - others[some])
        low -= max(0.0, value - float(np.sum(positives[some] * np.minimum(least, 1.0))) / total)
        high += max(0.0, float(np.sum(positives[some] * most)) / total - value)
    return Estimate.of(value, max(0.0, low), min(1.0, high), rows=int(total + others.sum()))


def _variance(others: NDArray[np.float64], positives: NDArray[np.float64], value: float) -> float:
    """Of an average precision, by the delta method: others, positives by descending score."""
    found, chosen = np.cumsum(positives), np.maximum(1.0, np.cumsum(positives + others))
    after = np.cumsum((positives * (chosen - found) / chosen**2)[::-1])[::-1]
    of_positive = found / chosen - value + after
    of_other = np.cumsum((positives * found / chosen**2)[::-1])[::-1]
    return float(positives @ of_positive**2 + others @ of_other**2) / float(positives.sum()) ** 2


def lift_of(ranking: Counts, *, share: float = TOP_SHARE, is_exact: bool = True, confidence: float = 0.95) -> Estimate:
    """How many times as often the rows of the highest scores are positive as all rows are, in [0, 1 / share].

    share: of the rows that are taken, in (0, 1]; of equal scores at its edge, as many as fit. is_exact: as above.
    The interval is the delta method's, of the logarithm, half a row of each label added to the top and to the rest.
    Source: Piatetsky-Shapiro and Steingold 2000, Measuring lift quality in database marketing.

    >>> lift_of(np.array([[3, 0], [1, 1], [0, 3]]), share=0.375).value
    2.0
    """
    if not 0 < share <= 1:
        raise ValueError("a share of the rows lies above 0 and up to 1")
    others, positives = ranking[::-1, 0].astype(np.float64), ranking[::-1, 1].astype(np.float64)
    rows, total = float(others.sum() + positives.sum()), float(positives.sum())
    missing = _nothing_to_rank(int(others.sum()), int(total))
    if missing:
        return missing
    taken = share * rows
    within = np.clip(taken - (np.cumsum(others + positives) - others - positives), 0.0, others + positives)
    part = np.divide(within, others + positives, out=np.zeros_like(within), where=within > 0)
    top = float(positives @ part)
    rate = total / rows
    in_top, in_rest = (top + 0.5) / (taken + 1), (total - top + 0.5) / (rows - taken + 1)
    together = share * in_top + (1 - share) * in_rest
    top_weight, rest_weight = 1 / in_top - share / together, (1 - share) / together
    variance = top_weight**2 * in_top * (1 - in_top) / max(taken, 1.0)
    if rows > taken:
        variance += rest_weight**2 * in_rest * (1 - in_rest) / (rows - taken)
    reach = math.exp(normal_quantile(confidence) * math.sqrt(variance))
    low, high = in_top / together / reach, in_top / together * reach
    if not is_exact:
        cut = (part > 0) & (part < 1)
        least, most = np.maximum(0.0, within[cut] - others[cut]), np.minimum(positives[cut], within[cut])
        here = positives[cut] * part[cut]
        low -= float(np.sum(here - least)) / taken / rate
        high += float(np.sum(most - here)) / taken / rate
    return Estimate.of(top / taken / rate, max(0.0, low), min(high, 1 / share), rows=int(rows))


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
