"""How likely a row is among those of the reference: by its bins, and by how the bins of its columns hang together.

The bins of each column depend on those of one other column: of all such trees the one that loses least of what pairs of
columns tell of each other. A row costs the sum over its columns of -ln(share of its bin among reference rows with the
same bin of the other column), in whole 1/256: the same bits in any order. It is unlikely when it costs more than 99 of
100 rows of the reference that the shares were not taken from.
Source: Chow and Liu 1968, Approximating discrete probability distributions with dependence trees.
"""

import math
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

ROOT = -1
LEAST_ROWS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 100
"""Of those that may hang together: each pair of them is looked at. Further ones are taken by themselves."""
LIKELY = 0.99
_UNITS_A_NAT = 256
_BYTE = 256
_PRIOR_ROWS = 10.0
"""As many rows as the other column's bin has, its share counts as much as that of all rows together."""

Bins = NDArray[np.uint8]
"""(columns, rows) the bin of each value."""


class Likelihood(Struct, frozen=True, kw_only=True, dict=True, forbid_unknown_fields=True):
    """What a row's bins cost.

    parents: for each feature of the grid the place of the one that it depends on, or ROOT.
    costs: for each feature (bins of the parent, bins) row by row; of a root, (bins,).
    bins: of each feature. limit: a row that costs more is unlikely.
    """

    parents: tuple[int, ...]
    bins: tuple[int, ...]
    costs: tuple[tuple[int, ...], ...]
    limit: int

    def __post_init__(self) -> None:
        sizes = [(1 if at == ROOT else self.bins[at]) * bins for at, bins in zip(self.parents, self.bins, strict=True)]
        if [len(each) for each in self.costs] != sizes:
            raise ValueError("a likelihood holds a cost for each bin of a feature, beside each of what it depends on")

    @cached_property
    def tables(self) -> tuple[NDArray[np.int32], ...]:
        """The costs as arrays."""
        return tuple(np.array(each, dtype=np.int32) for each in self.costs)

    def is_unlikely(self, bins: Bins) -> NDArray[np.bool_]:
        """(rows,) whether each row costs more than the limit."""
        return self.cost_of(bins) > self.limit

    def cost_of(self, bins: Bins) -> NDArray[np.int32]:
        """(rows,) what each row costs."""
        costs = np.zeros(bins.shape[1], dtype=np.int32)
        for own, parent, size, table in zip(bins, self.parents, self.bins, self.tables, strict=True):
            place = own.astype(np.intp) if parent == ROOT else _places(bins[parent], own, size, len(table))
            costs += table.take(place, mode="wrap")  # none is outside, and this is the fastest
        return costs


def _places(parent: NDArray[np.uint8], own: NDArray[np.uint8], size: int, places: int) -> NDArray[np.intp]:
    """Where the cost of each row stands in a table of so many places; in bytes as long as these will do."""
    if places <= _BYTE:
        return (parent * np.uint8(size) + own).astype(np.intp)
    return parent * np.intp(size) + own


def step_of(rows: int) -> int:
    """Which rows of so many are enough for a likelihood: 1 for all, 2 for every other one."""
    return max(1, rows // MOST_ROWS)


def fit_likelihood(bins: Bins, sizes: tuple[int, ...]) -> Likelihood | None:
    """Every other row of the reference gives the shares, the others the limit; None of fewer than 500 rows.

    bins: (features, rows) of the reference; of many rows those of every `step_of`.
    sizes: how many bins each feature has.
    """
    rows = bins.shape[1]
    if rows < LEAST_ROWS or not sizes:
        return None
    fitted, held_out = bins[:, ::2], bins[:, 1::2]
    parents = _tree(fitted[:MOST_COLUMNS], sizes) + (ROOT,) * (len(sizes) - MOST_COLUMNS)
    costs = tuple(
        _costs(
            fitted[own], sizes[own], None if parent == ROOT else fitted[parent], 1 if parent == ROOT else sizes[parent]
        )
        for own, parent in enumerate(parents)
    )
    draft = Likelihood(parents=parents, bins=sizes, costs=costs, limit=0)
    limit = int(np.quantile(draft.cost_of(held_out), LIKELY, method="higher"))
    return Likelihood(parents=parents, bins=sizes, costs=costs, limit=limit)


def _tree(bins: Bins, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The parent of each column in the spanning tree with the most mutual information, from the first column on."""
    parents = [ROOT] * len(bins)
    best = np.zeros(len(bins))
    is_in = np.zeros(len(bins), dtype=np.bool_)
    newest = 0
    for _ in range(len(bins) - 1):
        is_in[newest] = True
        for other in np.flatnonzero(~is_in).tolist():
            told = _told(bins[newest], sizes[newest], bins[other], sizes[other])
            if told > best[other]:
                best[other], parents[other] = told, newest
        newest = int(np.where(is_in, -1.0, best).argmax())
    return tuple(parents)


def _told(one: NDArray[np.uint8], ones: int, other: NDArray[np.uint8], others: int) -> float:
    """The mutual information of two columns, less the most that chance gives columns which tell nothing."""
    shares = _together(one, ones, other, others) / len(one)
    apart = shares.sum(axis=1, keepdims=True) * shares.sum(axis=0)
    filled = shares > 0
    degrees = (ones - 1) * (others - 1)
    chance = (degrees + 4 * math.sqrt(2 * degrees)) / (2 * len(one))  # of a chi-square statistic, four deviations on
    return float(np.sum(shares[filled] * np.log(shares[filled] / apart[filled]))) - chance


def _together(one: NDArray[np.uint8], ones: int, other: NDArray[np.uint8], others: int) -> NDArray[np.intp]:
    """(ones, others) rows by the bins of both."""
    return np.bincount(one * np.intp(others) + other, minlength=ones * others).reshape(ones, others)


def _costs(own: NDArray[np.uint8], size: int, parent: NDArray[np.uint8] | None, parents: int) -> tuple[int, ...]:
    rows = _together(np.zeros_like(own) if parent is None else parent, parents, own, size)
    overall = (rows.sum(axis=0) + 0.5) / (len(own) + 0.5 * size)
    shares = (rows + _PRIOR_ROWS * overall) / (rows.sum(axis=1, keepdims=True) + _PRIOR_ROWS)
    return tuple(np.rint(-np.log(shares) * _UNITS_A_NAT).astype(np.int64).reshape(-1).tolist())
