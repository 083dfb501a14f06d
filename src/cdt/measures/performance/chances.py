"""What a score has meant so far: the chance of a positive label at it, learnt from labelled rows of a reference."""

from functools import lru_cache
from typing import NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
Places = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.intp]

LEAST_LABELLED = 100
"""Labelled rows of a reference without which nothing is learnt from it."""
LEAST_OF_A_CLASS = 10
"""And those of either label."""
NO_SCORES = "no labelled rows with a score in the baseline"
ALL_THE_SAME = "the scores of the baseline's labelled rows tell nothing of their labels"


class Chances(NamedTuple):
    """Blocks of neighbouring scores, each with one chance that grows from block to block.

    starts: (blocks - 1,) the place from which on a score belongs to the next block.
    positives, rows: (blocks,) of the reference's labelled rows; their quotient is the chance.
    """

    starts: Floats
    positives: Counts
    rows: Counts

    @property
    def chance(self) -> Floats:
        """(blocks,) the share of positive labels."""
        return self.positives / self.rows

    def block_of(self, place: Places) -> NDArray[np.intp]:
        """The block of each score or cell; beyond the reference's scores it is the outermost."""
        return np.searchsorted(self.starts, place, side="right")


def learnt(places: Places, ranking: Counts) -> Chances | Estimate:
    """The chances at scores by isotonic regression, or the missing value with the reason why they can't be told.

    places: (cells,) ascending scores, or numbers of cells. ranking: (cells, 2) rows, others and positive ones.
    Isotonic, since a score that ranks at all means a chance that grows with it, whatever it is otherwise; it has no
    number to choose, and pools what the rows can't tell apart. Between two blocks the border lies half way.
    Source: Zadrozny and Elkan 2002, Transforming classifier scores into accurate multiclass probability estimates.
    """
    rows = ranking.sum(axis=1)
    total, (others, positives) = int(rows.sum()), ranking.sum(axis=0).tolist()
    if not total:
        return Estimate.missing(NO_SCORES)
    if total < LEAST_LABELLED:
        return Estimate.missing(f"only {total} labelled rows in the baseline; {LEAST_LABELLED} are needed")
    if (rarer := min(others, positives)) < LEAST_OF_A_CLASS:
        return Estimate.missing(
            f"only {rarer} of the baseline's labelled rows are of the rarer class; {LEAST_OF_A_CLASS} are needed"
        )
    is_there = rows > 0
    found, counts = places[is_there].astype(np.float64), ranking[is_there]
    blocks = _isotonic()(counts[:, 1] / counts.sum(axis=1), weights=counts.sum(axis=1)).blocks.astype(np.intp)
    if len(blocks) < 3:
        return Estimate.missing(ALL_THE_SAME)
    pooled = np.add.reduceat(counts, blocks[:-1])
    firsts = blocks[1:-1]
    return Chances(_borders(found[firsts - 1], found[firsts]), pooled[:, 1], pooled.sum(axis=1))


def _borders(last: Floats, first: Floats) -> Floats:
    """Half way from the last score of a block to the first of the next; at that one where no number lies between."""
    with np.errstate(invalid="ignore"):  # half way between both infinities is nowhere
        middle = last / 2 + first / 2
        return np.where(middle > last, middle, first)


class _Fitted(Protocol):
    blocks: NDArray[np.int64]


class _Isotonic(Protocol):
    def __call__(self, y: Floats, *, weights: Counts) -> _Fitted: ...


@lru_cache(maxsize=1)
def _isotonic() -> _Isotonic:
    """Imported where it is first used: it takes longer than all measures of a small window."""
    from scipy.optimize import isotonic_regression  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    return cast(_Isotonic, isotonic_regression)
