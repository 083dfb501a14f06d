"""What numbers to expect of rows: small trees, each fitted to what those before it have left; none is random.

Gradient boosting of the squared error over bins of columns. Source: Friedman 2001, Greedy function approximation: a
gradient boosting machine; bins and leaves as of Ke and others 2017, LightGBM.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Binned = NDArray[np.intp]

BINS = 32
DEPTH = 3
TREES = 60
RATE = 0.1
LEAST_LEAF = 20
"""Rows of a leaf."""
PENALTY = 1.0
"""Rows of no deviation that each leaf is taken to hold besides."""


class Tree(NamedTuple):
    """A question for each inner node, level by level: is the column's bin beyond the border? A number for each leaf."""

    columns: NDArray[np.intp]
    borders: NDArray[np.intp]
    leaves: Floats

    def of(self, binned: Binned) -> Floats:
        """(rows,) the number of each row's leaf."""
        return self.leaves[_leaf(self, binned)]


class Trees(NamedTuple):
    """edges: of each column the borders of its bins, ascending. start: what is expected of a row before any tree."""

    edges: tuple[Floats, ...]
    start: float
    trees: tuple[Tree, ...]

    def of(self, points: Floats) -> Floats:
        """(rows,) what is expected of (rows, columns) points."""
        binned = _binned(points, self.edges)
        found = np.full(len(points), self.start)
        for tree in self.trees:
            found += tree.of(binned)
        return found


def fitted(points: Floats, target: Floats) -> Trees:
    """Fitted to (rows, columns) points without missing values and (rows,) numbers."""
    quantiles = np.quantile(points, np.arange(1, BINS) / BINS, axis=0)
    edges = tuple(np.unique(quantiles[:, column]) for column in range(points.shape[1]))
    binned = _binned(points, edges)
    start = float(target.mean())
    left = target - start
    trees: list[Tree] = []
    for _ in range(TREES):
        tree = _grown(binned, left)
        left = left - tree.of(binned)
        trees.append(tree)
    return Trees(edges, start, tuple(trees))


def _binned(points: Floats, edges: tuple[Floats, ...]) -> Binned:
    found = np.empty(points.shape, dtype=np.intp)
    for column, borders in enumerate(edges):
        found[:, column] = np.searchsorted(borders, points[:, column], side="right")
    return found


def _grown(binned: Binned, left: Floats) -> Tree:
    rows, width = binned.shape
    columns, borders = np.zeros(2**DEPTH - 1, dtype=np.intp), np.full(2**DEPTH - 1, BINS, dtype=np.intp)
    node = np.zeros(rows, dtype=np.intp)
    weights = np.repeat(left, width)
    for level in range(DEPTH):
        nodes = 2**level
        place: Binned = np.arange(width, dtype=np.intp) * nodes + node[:, np.newaxis]
        key: Binned = np.ravel(place * BINS + binned)
        shape = (width, nodes, BINS)
        sums = np.bincount(key, weights=weights, minlength=width * nodes * BINS).reshape(shape).cumsum(axis=2)
        counts = np.bincount(key, minlength=width * nodes * BINS).reshape(shape).cumsum(axis=2)
        gain = _gain(sums, counts)
        best = gain.transpose(1, 0, 2).reshape(nodes, -1).argmax(axis=1)
        column, border = np.divmod(best, BINS)
        is_split = gain[column, np.arange(nodes), border] > 0
        first = nodes - 1
        columns[first : first + nodes] = np.where(is_split, column, 0)
        borders[first : first + nodes] = np.where(is_split, border, BINS)
        asked = first + node
        node = 2 * node + (binned[np.arange(rows), columns[asked]] > borders[asked])
    size = 2**DEPTH
    total, count = np.bincount(node, weights=left, minlength=size), np.bincount(node, minlength=size)
    return Tree(columns, borders, RATE * total / (count + PENALTY))


def _gain(sums: Floats, counts: NDArray[np.intp]) -> Floats:
    """(columns, nodes, bins) by how much squares fall when a node is split after a bin; 0 where a side is too small."""
    whole, rows = sums[:, :, -1:], counts[:, :, -1:]
    found = sums**2 / (counts + PENALTY) + (whole - sums) ** 2 / (rows - counts + PENALTY) - whole**2 / (rows + PENALTY)
    return np.where(np.minimum(counts, rows - counts) >= LEAST_LEAF, found, 0.0)


def _leaf(tree: Tree, binned: Binned) -> NDArray[np.intp]:
    node, rows = np.zeros(len(binned), dtype=np.intp), np.arange(len(binned))
    for level in range(DEPTH):
        asked = 2**level - 1 + node
        node = 2 * node + (binned[rows, tree.columns[asked]] > tree.borders[asked])
    return node
