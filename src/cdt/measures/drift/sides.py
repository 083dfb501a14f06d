"""Plain arrays of two sides, made comparable: numbers or categories, with what is missing told apart."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from numbers import Real
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.columns import CategoryColumn, NumberColumn

Values: TypeAlias = ArrayLike | CategoryColumn
"""(rows,) values of one kind, in any order: numbers, texts, truths, dates or times. None, NaN and NaT are missing."""

Kind = Literal["number", "truth", "time", "category", "nothing"]
_KIND_BY_CODE: dict[str, Kind] = {
    "f": "number",
    "i": "number",
    "u": "number",
    "b": "truth",
    "M": "time",
    "m": "time",
    "U": "category",
    "S": "category",
}
_MICROSECONDS = 1e6


class Side(NamedTuple):
    """One side: its kind, and its values where they have an order, or where they have none."""

    kind: Kind
    numbers: NumberColumn | None = None
    categories: CategoryColumn | None = None

    @property
    def rows(self) -> int:
        """With and without a value."""
        found = self.numbers if self.categories is None else self.categories
        return 0 if found is None else len(found)


class Sides(NamedTuple):
    """Reference and current, of one kind."""

    kind: Kind
    reference: Side
    current: Side

    @property
    def numbers(self) -> tuple[NumberColumn, NumberColumn] | None:
        """Both as numbers: truths as 0 and 1, times in seconds since 1970; None for categories, which have no order."""
        old, new = (_as_numbers(side) for side in (self.reference, self.current))
        return None if old is None or new is None else (old, new)

    @property
    def categories(self) -> tuple[CategoryColumn, CategoryColumn] | None:
        """Both as categories, truths among them; None for numbers and times."""
        if self.kind not in {"truth", "category"}:
            return None
        return _as_categories(self.reference), _as_categories(self.current)


def sides_of(reference: Values, current: Values) -> Sides:
    """Both sides as columns of one kind; TypeError where they can't be compared.

    A side without any value is of the other's kind, truths beside numbers are numbers.

    >>> sides_of([1, None, 2], [True]).numbers
    (array([ 1., nan,  2.]), array([1.]))
    """
    old, new = side_of(reference), side_of(current)
    kinds: set[Kind] = {kind for kind in (old.kind, new.kind) if kind != "nothing"}
    if kinds == {"truth", "number"}:
        kinds = {"number"}
    if len(kinds) > 1:
        raise TypeError(f"the reference holds values of the kind {old.kind!r}, the current side of {new.kind!r}")
    return Sides(kinds.pop() if kinds else "nothing", old, new)


def side_of(values: Values) -> Side:
    """One side, of whatever kind it is."""
    if isinstance(values, CategoryColumn):
        return Side("category", categories=values)
    # numbers and texts in one list would all become texts
    array = np.asarray(values, dtype=np.object_ if isinstance(values, list | tuple) else None)
    if array.ndim != 1:
        raise ValueError(f"a column is one value a row, not an array of {array.ndim} dimensions")
    if not array.size:
        return Side("nothing", numbers=np.empty(0))
    if array.dtype.kind == "O":
        return _of_objects(array.tolist())
    kind = _KIND_BY_CODE.get(array.dtype.kind)
    if kind is None:
        raise TypeError(f"there is no drift of values of the type {array.dtype}")
    if kind == "category":
        return Side(kind, categories=CategoryColumn.from_texts([_text(each) for each in array.tolist()]))
    numbers = _seconds(array) if kind == "time" else array.astype(np.float64, copy=False)
    return Side("nothing" if kind != "truth" and np.isnan(numbers).all() else kind, numbers=numbers)


def _of_objects(values: list[Any]) -> Side:
    known = [None if _is_missing(value) else value for value in values]
    kinds: set[Kind] = {_kind_of(value) for value in known if value is not None}
    if kinds == {"truth", "number"}:
        kinds = {"number"}
    if len(kinds) > 1:
        raise TypeError(f"a column holds values of one kind, not of {' and '.join(sorted(kinds))}")
    kind = kinds.pop() if kinds else "nothing"
    if kind == "category":
        return Side(kind, categories=CategoryColumn.from_texts([None if v is None else _text(v) for v in known]))
    if kind == "time":
        return Side(kind, numbers=_seconds(np.array([None if v is None else _moment(v) for v in known], "M8[us]")))
    return Side(kind, numbers=_floats(known))


def _kind_of(value: object) -> Kind:
    if isinstance(value, bool | np.bool_):
        return "truth"
    if isinstance(value, Real):
        return "number"
    if isinstance(value, str | bytes):
        return "category"
    if isinstance(value, date | np.datetime64 | np.timedelta64):
        return "time"
    raise TypeError(f"there is no drift of values of the type {type(value).__name__}")


def _is_missing(value: object) -> bool:
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or bool(value != value)  # noqa: PLR0124


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode(errors="backslashreplace")


def _moment(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _seconds(times: NDArray[Any]) -> NumberColumn:
    """Seconds since 1970, to the microsecond, or of a length of time."""
    fine = times.astype(f"{times.dtype.kind}8[us]")
    return np.where(np.isnat(fine), np.nan, fine.astype(np.int64) / _MICROSECONDS)


def _floats(values: Iterable[Any]) -> NumberColumn:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _as_numbers(side: Side) -> NumberColumn | None:
    if side.kind == "nothing":
        return np.full(side.rows, np.nan)
    return side.numbers


def _as_categories(side: Side) -> CategoryColumn:
    if side.categories is not None:
        return side.categories
    assert side.numbers is not None
    missing = np.isnan(side.numbers)
    codes = np.where(missing, -1, np.nan_to_num(side.numbers)).astype(np.int32)
    return CategoryColumn(codes, ("false", "true"))
