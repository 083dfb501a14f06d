"""Whole rows as points: columns of every kind as numbers on one scale, that of the reference."""

import math
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn, NumberColumn
from cdt.measures.drift.sides import Sides, Values, sides_of
from cdt.measures.fitting import fit_category

Matrix: TypeAlias = NDArray[np.float64]
Table: TypeAlias = Mapping[str, Values] | Matrix
"""Columns by name, each (rows,); or numbers, (rows, columns)."""

LEAST_ROWS = 30
"""Of each side; of fewer rows nothing is said about how columns hang together."""
MOST_CATEGORIES = 20
FARTHEST = 10.0
"""Standard deviations: a value beyond counts as that far, an infinite one, too."""


class Points(NamedTuple):
    """(rows, dimensions) both sides, in standard deviations of the reference from its mean."""

    reference: Matrix
    current: Matrix

    @property
    def reason(self) -> str | None:
        """Why nothing can be said of them."""
        for which, side in (("baseline", self.reference), ("current", self.current)):
            if len(side) < LEAST_ROWS:
                return f"only {len(side)} {which} rows, and {LEAST_ROWS} are needed"
        return None if self.reference.shape[1] else "no columns"


def points_of(reference: Table, current: Table, *, most_rows: int, seed: int) -> Points:
    """Both sides as points, at most so many rows of each, drawn without replacement.

    A number is a dimension, a missing one stands at the mean of the reference; each of the 20 most frequent values of a
    category is one, 1 or 0; where a side of a column has missing values, whether they are is one more. Columns are
    taken in the order of their names. A column that one side hasn't got is missing there.
    """
    random = np.random.default_rng(seed)
    old, new = by_name(reference), by_name(current)
    rows = _rows(old), _rows(new)
    chosen = [_some(random, count, most_rows) for count in rows]
    found: list[tuple[Matrix, Matrix]] = []
    for name in sorted({*old, *new}):
        sides = sides_of(old.get(name, np.full(rows[0], np.nan)), new.get(name, np.full(rows[1], np.nan)))
        found += [(before[chosen[0]], now[chosen[1]]) for before, now in _dimensions(sides)]
    return Points(
        *(np.column_stack([np.empty((len(chosen[side]), 0)), *(each[side] for each in found)]) for side in (0, 1))
    )


def by_name(table: Table) -> dict[str, Values]:
    """The columns of a table; those without a name by their places."""
    if isinstance(table, Mapping):
        return dict(table)
    if np.ndim(table) != 2:
        raise ValueError(f"rows are columns by name, or an array of two dimensions, not of {np.ndim(table)}")
    width = len(str(table.shape[1]))
    return {f"{place:0{width}}": table[:, place] for place in range(table.shape[1])}


def _rows(columns: Mapping[str, Values]) -> int:
    counts = {
        len(column) if isinstance(column, CategoryColumn) else len(np.asarray(column)) for column in columns.values()
    }
    if len(counts) > 1:
        raise ValueError(f"columns are of the same rows, not of {' and '.join(map(str, sorted(counts)))}")
    return counts.pop() if counts else 0


def _some(random: np.random.Generator, rows: int, most: int) -> NDArray[np.intp]:
    if rows <= most:
        return np.arange(rows)
    return np.sort(random.choice(rows, most, replace=False))


def _dimensions(sides: Sides) -> list[tuple[Matrix, Matrix]]:
    categories = sides.categories
    if categories is not None:
        values = fit_category("", categories[0], most_categories=MOST_CATEGORIES).values
        shown = [_indicators(column, values) for column in categories]
        found = [(shown[0][:, place], shown[1][:, place]) for place in range(len(values))]
        missing = [column.codes < 0 for column in categories]
    else:
        numbers = sides.numbers
        assert numbers is not None
        missing = [np.isnan(side) for side in numbers]
        found = [_centred(numbers)]
    if missing[0].any() or missing[1].any():
        found.append((missing[0].astype(np.float64), missing[1].astype(np.float64)))
    return [_scaled(*each) for each in found]


def _indicators(column: CategoryColumn, values: tuple[str, ...]) -> Matrix:
    place = {value: number for number, value in enumerate(values)}
    table = np.zeros((len(column.values) + 1, len(values)))
    for code, value in enumerate(column.values):
        if value in place:
            table[code, place[value]] = 1.0
    return table[column.codes]


def _centred(numbers: tuple[NumberColumn, NumberColumn]) -> tuple[Matrix, Matrix]:
    """Less their finite mean, and divided by the greatest, so that no square overflows; the missing at 0."""
    finite = numbers[0][np.isfinite(numbers[0])]
    if not finite.size:
        return tuple(np.nan_to_num(side, nan=0.0, posinf=1.0, neginf=-1.0) for side in numbers)  # type: ignore[return-value]
    largest = float(np.abs(finite).max()) or 1.0
    mean = float((finite / largest).mean())
    with np.errstate(over="ignore"):
        return tuple(np.where(np.isnan(side), 0.0, side / largest - mean) for side in numbers)  # type: ignore[return-value]


def _scaled(old: Matrix, new: Matrix) -> tuple[Matrix, Matrix]:
    """In standard deviations of the reference; of a constant one, of what both sides have together."""
    finite = old[np.isfinite(old)]
    mean, deviation = (float(finite.mean()), float(finite.std())) if finite.size else (0.0, 0.0)
    if deviation <= 1e-12 * max(1.0, abs(mean)):
        both = np.concatenate((old, new))
        deviation = _deviation(both[np.isfinite(both)]) or 1.0
    with np.errstate(over="ignore"):
        one, other = (np.clip((side - mean) / deviation, -FARTHEST, FARTHEST) for side in (old, new))
    return one, other


def _deviation(values: Matrix) -> float:
    """The standard deviation of finite numbers; 0 of none."""
    if not values.size:
        return 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        deviation = float(values.std())
    if math.isfinite(deviation):
        return deviation
    largest = float(np.abs(values).max())  # whose squares are no numbers
    return largest * float((values / largest).std())
