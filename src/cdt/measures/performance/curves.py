"""What a ranking looks like at every threshold, and what its scores came to: for a look, in a few hundred numbers."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.cells import NumberCells, about_at
from cdt.measures.estimates import Estimate, wilson_interval
from cdt.measures.performance.probability import BINS, NO_PROBABILITIES
from cdt.measures.performance.ranking import roc_auc_of_cells

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_POINTS = 200


class Bin(Struct, frozen=True, kw_only=True):
    """Labelled rows whose scores lie in one tenth of [0, 1]: what was said of them, and the share that was positive."""

    mean_score: float
    positive_share: Estimate


class Curves(Struct, frozen=True, kw_only=True):
    """The ROC, precision-recall and reliability curve of one set of labelled rows; nothing of them with a `reason`.

    thresholds: (points,) descending scores; None is below all. The rows of at least that score are:
    others, positives: (points,) of either label; the last point takes all rows. Where nothing is taken is no point.
    bins: those with rows, ascending; none where scores are no chances, and then `bins_reason` says so.
    """

    thresholds: tuple[float | None, ...] = ()
    others: tuple[int, ...] = ()
    positives: tuple[int, ...] = ()
    bins: tuple[Bin, ...] = ()
    reason: str | None = None
    bins_reason: str | None = None


class CurvesOfBoth(Struct, frozen=True, kw_only=True):
    """Those of a window and of what it is held against."""

    baseline: Curves
    current: Curves


def curves_of(
    cells: NumberCells, ranking: Counts, extremes: tuple[float, float], *, confidence: float = 0.95
) -> Curves:
    """The curves that counts by score cell tell: right to the cells of the grid.

    ranking: (cells, 2) labelled rows by ascending score cell, others first. extremes: the least and greatest score.
    At most 200 points, evenly along the ROC curve, so that they are densest where either rate grows.
    """
    if reason := roc_auc_of_cells(ranking).reason:
        return Curves(reason=reason)
    filled = np.flatnonzero(ranking.sum(axis=1))[::-1]
    taken = np.cumsum(ranking[filled], axis=0)
    totals = taken[-1]
    along = taken @ totals[::-1] / (2.0 * float(totals[0]) * float(totals[1]))
    block = np.floor(along * (MOST_POINTS - 1)).astype(np.intp)
    last = np.flatnonzero(np.append(np.diff(block) > 0, True))
    starts = about_at(cells, filled[last]).tolist()
    are_chances = extremes[0] >= 0 and extremes[1] <= 1
    return Curves(
        thresholds=tuple(
            None if cell == 0 else start for cell, start in zip(filled[last].tolist(), starts, strict=True)
        ),
        others=tuple(taken[last, 0].tolist()),
        positives=tuple(taken[last, 1].tolist()),
        bins=_bins(cells, ranking, confidence) if are_chances else (),
        bins_reason=None if are_chances else NO_PROBABILITIES,
    )


def _bins(cells: NumberCells, ranking: Counts, confidence: float) -> tuple[Bin, ...]:
    scores = _scores(cells)
    place = np.minimum(np.round(scores * BINS, 9).astype(np.intp), BINS - 1)
    of_cell = ranking.sum(axis=1)
    rows = np.bincount(place, weights=of_cell, minlength=BINS).tolist()
    positives = np.bincount(place, weights=ranking[:, 1], minlength=BINS).tolist()
    called = np.bincount(place, weights=of_cell * scores, minlength=BINS).tolist()
    return tuple(
        Bin(
            mean_score=said / count,
            positive_share=Estimate.of(
                came / count, *wilson_interval(came / count, count, confidence=confidence), rows=int(count)
            ),
        )
        for count, came, said in zip(rows, positives, called, strict=True)
        if count
    )


def _scores(cells: NumberCells) -> Floats:
    """(cells,) the chance in the middle of each cell; of stepped cells the one that they hold."""
    borders = about_at(cells, np.arange(cells.size + 1))
    middle = borders[:-1] if cells.is_whole else (borders[:-1] + borders[1:]) / 2
    return np.clip(middle, 0.0, 1.0)
