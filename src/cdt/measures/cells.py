"""The cells of a number column: which cell a value falls into, and where a cell begins.

Cells 1 to `count` lie between `low` and `high`; cell 0 holds what is below, the last one what is above. Finding a
cell is a subtraction, a multiplication and a cast: 4 ns a value with counting, where a binary search over edges takes
19 to 63.
"""

import math
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Spacing = Literal["linear", "logarithmic", "stepped"]

MOST_CELLS = 65_536
BLOCK = 32_768
"""Values looked at together: the two buffers of 256 kB stay in the second-level cache."""
_NEAR = 256
"""Floats on either side of where an edge is looked for first."""
OFFSET_BITS = 32
"""Of a fine offset from `low`; a coarse one has half of them. 2 thousand million offsets, or squares, fit an int64."""


class NumberCells(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the numbers of one column are cut into cells.

    spacing: `linear`, cells of equal width; `logarithmic`, cells equally wide in the bit pattern of the number, which
        is its logarithm to the base 2 drawn straight between powers of two (exact on every processor, and faster than a
        logarithm); `stepped`, one cell for each number that the column can hold: all are whole multiples of a step.
    origin: where cell 0 would begin if it were as wide as the others.
    scale: cells for each unit of the value, or for each step of its bit pattern.
    count: inner cells, between below and above.
    low, high: the least value of cell 1, the least value above.
    steps_per_unit: of stepped cells, 1 for whole numbers, 100 for hundredths.
    atom: the one value that very many rows share (the zero of a zero-inflated column); counted apart as well.
    """

    spacing: Spacing
    origin: float
    scale: float
    count: int
    low: float
    high: float
    steps_per_unit: int = 1
    atom: float | None = None

    def __post_init__(self) -> None:
        numbers = np.array([self.origin, self.scale, self.low, self.high], dtype=np.float64)
        if not (np.isfinite(numbers).all() and self.scale > 0 and self.low < self.high):
            raise ValueError("cells need finite bounds in ascending order and a positive scale")
        if not (1 <= self.count <= MOST_CELLS and 1 <= self.steps_per_unit <= MOST_CELLS):
            raise ValueError(f"a column is cut into 1 to {MOST_CELLS} cells")

    @property
    def is_whole(self) -> bool:
        """Whether each cell is one whole number."""
        return self.spacing == "stepped" and self.steps_per_unit == 1

    @property
    def size(self) -> int:
        """Inner cells and the two outside."""
        return self.count + 2

    @property
    def quantum(self) -> float:
        """The unit in which the distance of values outside is added up: 1/65,536 of the inner range."""
        return self.high / 65_536 - self.low / 65_536

    @property
    def offset_unit(self) -> float:
        """The unit in which values in range are added up: a power of two, at most 2**-31 of the inner range."""
        _, exponent = math.frexp(self.high / 2 - self.low / 2)
        return math.ldexp(1.0, exponent + 1 - OFFSET_BITS)


def linear_cells(
    values: NDArray[np.float64],
    origin: NDArray[np.float64],
    scale: NDArray[np.float64],
    top: NDArray[np.float64],
    *,
    positions: NDArray[np.float64],
    cells: NDArray[np.intp],
    has_missing: bool = True,
) -> None:
    """Write the cell of each value, linear or stepped, into `cells`, and the position it was cut from into `positions`.

    values, positions, cells: (features, rows); origin, scale, top: (features, 1). A missing value lands in cell 0.
    """
    np.subtract(values, origin, out=positions)
    np.multiply(positions, scale, out=positions)
    np.clip(positions, 0.0, top, out=positions)
    if has_missing:  # in a quarter of the time that fmax and fmin take, which pass over NaN
        np.copyto(positions, 0.0, where=np.isnan(positions))
    np.copyto(cells, positions, casting="unsafe")


def logarithmic_cells(
    values: NDArray[np.float64],
    origin: NDArray[np.float64],
    scale: NDArray[np.float64],
    top: NDArray[np.float64],
    *,
    positions: NDArray[np.float64],
    cells: NDArray[np.intp],
) -> None:
    """As `linear_cells`, over the bit patterns.

    What isn't positive lands in cell 0, a missing value in the first or the last.
    """
    bits, least = cells.view(np.int64), origin.view(np.int64)
    np.maximum(values.view(np.int64), least, out=bits)  # the patterns of negative numbers are negative
    np.subtract(bits, least, out=bits)
    np.multiply(bits, scale, out=positions)
    np.clip(positions, 0.0, top, out=positions)  # the patterns of NaN are whole numbers, too
    np.copyto(cells, positions, casting="unsafe")


def cells_of(cells: NumberCells, values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The cell of each value; missing values have none and must not be asked for.

    >>> whole = NumberCells(spacing="stepped", origin=-1.0, scale=1.0, count=3, low=0.0, high=3.0)
    >>> cells_of(whole, np.array([-5.0, 0.0, 1.0, 1.5, 2.0, 3.0, np.inf]))
    array([0, 1, 2, 2, 3, 4, 4])
    """
    values = np.ascontiguousarray(values, dtype=np.float64)
    found = np.empty(values.shape, dtype=np.intp)
    _fill(cells, values, positions=np.empty(values.shape), found=found)
    return found


def count_cells(cells: NumberCells, values: NDArray[np.float64]) -> NDArray[np.intp]:
    """(cells,) how many of the values, of which none is missing, lie in each cell: block by block, in kept buffers.

    >>> whole = NumberCells(spacing="stepped", origin=-1.0, scale=1.0, count=3, low=0.0, high=3.0)
    >>> count_cells(whole, np.array([-5.0, 0.0, 1.0, 1.5, 2.0, 3.0, np.inf]))
    array([1, 1, 2, 1, 2])
    """
    values = np.ascontiguousarray(values, dtype=np.float64)
    counts = np.zeros(cells.size, dtype=np.intp)
    positions, found = np.empty(min(BLOCK, len(values))), np.empty(min(BLOCK, len(values)), dtype=np.intp)
    for start in range(0, len(values), BLOCK):
        part = values[start : start + BLOCK]
        _fill(cells, part, positions=positions[: len(part)], found=found[: len(part)])
        counts += np.bincount(found[: len(part)], minlength=cells.size)
    return counts


def _fill(
    cells: NumberCells,
    values: NDArray[np.float64],
    *,
    positions: NDArray[np.float64],
    found: NDArray[np.intp],
) -> None:
    fill = logarithmic_cells if cells.spacing == "logarithmic" else linear_cells
    origin, scale, top = (
        np.array([number], dtype=np.float64) for number in (cells.origin, cells.scale, cells.size - 1)
    )
    with np.errstate(over="ignore", invalid="ignore"):
        fill(values, origin, scale, top, positions=positions, cells=found)


def edges_of(cells: NumberCells, borders: NDArray[np.intp]) -> NDArray[np.float64]:
    """The least number of each cell in `borders`, exact to the last bit: comparing with it is counting its cell.

    Of whole cells it is the whole number; only a fraction that differs from it by rounding (1e-13 of the range) shares
    its cell.

    >>> whole = NumberCells(spacing="stepped", origin=-1.0, scale=1.0, count=3, low=0.0, high=3.0)
    >>> edges_of(whole, np.array([1, 2, 4]))
    array([0., 1., 3.])
    """
    if cells.is_whole:
        return cells.low - 1 + borders.astype(np.float64)
    below, above = _around(cells, borders)
    while (above > below + 1).any():  # finding a cell is monotone, so bisect over all floats: at most 64 steps
        middle: NDArray[np.int64] = below // 2 + above // 2 + (below % 2 + above % 2) // 2
        reached = cells_of(cells, _float_at(middle)) >= borders
        above = np.where(reached, middle, above)
        below = np.where(reached, below, middle)
    return _float_at(above)


def _around(cells: NumberCells, borders: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranks between which the edges lie: near where arithmetic puts them, or of all floats where that misses."""
    greatest: NDArray[np.int64] = np.full(borders.shape, np.float64(np.finfo(np.float64).max).view(np.int64))
    about = about_at(cells, borders)
    near = np.where(about < 0, -np.abs(about).view(np.int64), np.abs(about).view(np.int64))
    below, above = np.maximum(near - _NEAR, -greatest), np.minimum(near + _NEAR, greatest)
    is_near = (cells_of(cells, _float_at(below)) < borders) & (cells_of(cells, _float_at(above)) >= borders)
    return np.where(is_near, below, -greatest), np.where(is_near, above, greatest)


def about_at(cells: NumberCells, borders: NDArray[np.intp]) -> NDArray[np.float64]:
    """Where cells begin, to the accuracy of the arithmetic.

    A thousand times faster than `edges_of`; for looks and for widths.

    >>> whole = NumberCells(spacing="stepped", origin=-1.0, scale=1.0, count=3, low=0.0, high=3.0)
    >>> about_at(whole, np.array([1, 2, 4]))
    array([0., 1., 3.])
    """
    steps = borders / cells.scale
    if cells.spacing != "logarithmic":
        return cells.origin + steps
    first = np.array([cells.origin], dtype=np.float64).view(np.int64)
    return (first + np.rint(steps).astype(np.int64)).view(np.float64)


def _float_at(rank: NDArray[np.int64]) -> NDArray[np.float64]:
    """The float of that rank, counted from zero: the order of the ranks is the order of the floats."""
    return np.copysign(np.abs(rank).view(np.float64), rank.astype(np.float64)) + 0.0
