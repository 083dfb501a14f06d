"""Plain arrays, one value a row, counted into the table that every measure of fairness is taken of."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.columns import CategoryColumn
from cdt.measures.plain_arrays import encoded, is_positive, text_of

Groups: TypeAlias = ArrayLike | CategoryColumn
"""(rows,) the group of each row, of any kind: texts, numbers, truths. None and NaN are missing."""

TOGETHER = " & "
"""Between the values of several attributes, in the name of a group that they make together."""


class Grouped(NamedTuple):
    """Rows by group: (rows,) `codes` into `names`; the code after the last name is missing."""

    codes: NDArray[np.intp]
    names: tuple[str, ...]

    @property
    def is_group(self) -> NDArray[np.bool_]:
        """(names + 1,) true but for those who are missing."""
        return np.arange(len(self.names) + 1) < len(self.names)

    def place_of(self, value: object) -> int:
        """Where a group stands; ValueError if there is none of that name."""
        name = text_of(value)
        if name not in self.names:
            raise ValueError(f"there is no group {name!r}: there are {', '.join(map(repr, self.names)) or 'none'}")
        return self.names.index(name)


def grouped(group: Groups | Sequence[Groups], *, bands: Sequence[float] | None = None) -> Grouped:
    """The group of each row.

    group: one attribute; or several as a list or tuple of arrays, and then those who are alike in all of them make a
        group, an intersection. Who is missing in one of them is missing.
    bands: ascending numbers at which the second band of a number attribute and the following begin.

    >>> grouped(["b", "a", None, "b"]).codes.tolist(), grouped(["b", "a", None, "b"]).names
    ([1, 0, 2, 1], ('a', 'b'))
    >>> grouped([np.array(["f", "m", "f"]), np.array([20, 40, 70])], bands=[65]).names
    ('f & below 65', 'f & 65 and above', 'm & below 65')
    """
    if isinstance(group, list | tuple):
        several = cast(Sequence[Groups], group)
        if len(several) and isinstance(several[0], CategoryColumn | np.ndarray | list | tuple):
            return together([_one(each, bands) for each in several])
    return _one(cast(Groups, group), bands)


def together(attributes: Sequence[Grouped]) -> Grouped:
    """The intersections of several attributes, those that have rows, in the order of their values."""
    rows = {len(each.codes) for each in attributes}
    if len(rows) != 1:
        raise ValueError(f"attributes are of the same rows, not of {', '.join(map(str, sorted(rows)))}")
    codes = np.zeros(rows.pop(), dtype=np.int64)
    names: list[tuple[str, ...]] = [()]
    is_missing = np.zeros(len(codes), dtype=np.bool_)
    for attribute in attributes:
        size = max(1, len(attribute.names))
        is_missing |= attribute.codes == len(attribute.names)
        codes = codes * size + np.minimum(attribute.codes, size - 1)
        present = _present(codes, len(names) * size)
        values: tuple[str, ...] = attribute.names or (
            "",
        )  # of an attribute that is missing everywhere, and then so is every row
        names = [(*names[place // size], values[place % size]) for place in present]
        places: NDArray[np.int64] = np.zeros(int(present[-1]) + 1 if len(present) else 1, dtype=np.int64)
        places[present] = np.arange(len(present))
        codes = places[codes]
    kept = np.flatnonzero(np.bincount(codes[~is_missing]))
    renamed = np.full(len(names) + 1, len(kept), dtype=np.intp)
    renamed[kept] = np.arange(len(kept))
    codes[is_missing] = len(names)
    return Grouped(renamed[codes], tuple(TOGETHER.join(names[place]) for place in kept.tolist()))


def table_of(groups: Grouped, decision: ArrayLike, label: ArrayLike | None, positive: object) -> NDArray[np.int64]:
    """(groups + 1, 2, 2) rows by group, missing last, decision and label, positive ones second.

    Rows without a decision, or without the label where labels are given, don't count. Without labels all stand in the
    first column.
    """
    chosen, is_there = is_positive(decision, positive, what="decision")
    labelled = np.zeros(len(chosen), dtype=np.bool_)
    if label is not None:
        labelled, has_label = is_positive(label, positive, what="label")
        if len(labelled) != len(chosen):
            raise ValueError(f"{len(chosen)} decisions and {len(labelled)} labels are not of the same rows")
        is_there = is_there & has_label
    if len(groups.codes) != len(chosen):
        raise ValueError(f"{len(chosen)} decisions and {len(groups.codes)} groups are not of the same rows")
    cells = (groups.codes * 2 + chosen) * 2 + labelled
    if not is_there.all():
        cells = cells[is_there]
    size = (len(groups.names) + 1) * 4
    return np.bincount(cells, minlength=size).reshape(-1, 2, 2)


def _one(group: Groups, bands: Sequence[float] | None) -> Grouped:
    if isinstance(group, CategoryColumn):
        return _of_codes(group.codes.astype(np.intp), group.values)
    array = np.asarray(group)
    if array.ndim != 1:
        raise ValueError("an attribute is one value a row; give several as a list of arrays")
    if bands is not None and array.dtype.kind in "iuf":
        return _banded(array.astype(np.float64), bands)
    names, codes = encoded(array)
    codes[codes < 0] = len(names)
    return Grouped(codes, names)


def _of_codes(codes: NDArray[np.intp], values: tuple[str, ...]) -> Grouped:
    present = np.flatnonzero(np.bincount(codes[codes >= 0]))
    renamed = np.full(len(values) + 1, len(present), dtype=np.intp)
    renamed[present] = np.arange(len(present))
    return Grouped(renamed[codes], tuple(values[place] for place in present.tolist()))


def _banded(numbers: NDArray[np.float64], bands: Sequence[float]) -> Grouped:
    if not bands or any(low >= high for low, high in pairwise(bands)):
        raise ValueError("bands are one ascending number or more")
    codes = np.searchsorted(np.array(bands, dtype=np.float64), numbers, side="right").astype(np.intp)
    names = (
        f"below {bands[0]:g}",
        *(f"{low:g} to below {high:g}" for low, high in pairwise(bands)),
        f"{bands[-1]:g} and above",
    )
    codes[np.isnan(numbers)] = -1
    return _of_codes(codes, names)


def _present(codes: NDArray[np.int64], size: int) -> NDArray[np.intp]:
    """Which codes have rows, ascending; counted where that takes no more room than the rows."""
    if size <= max(10_000, len(codes)):
        return np.flatnonzero(np.bincount(codes, minlength=size))
    return np.unique(codes).astype(np.intp)
