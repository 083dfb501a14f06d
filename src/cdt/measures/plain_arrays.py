"""What may stand in the plain arrays that public functions take: any values, with None and NaN for missing."""

from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LARGEST_WHOLE = 2.0**53
"""Beyond it a float stands for several whole numbers."""


def is_positive(values: ArrayLike, positive: object, *, what: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows of decisions or labels are positive, and which are there at all; both (rows,).

    >>> is_positive([1, 0, None], 1, what="decision")[1].tolist()
    [True, True, False]
    """
    array = one_a_row(values, what)
    if isinstance(positive, bool | int | float) and array.dtype.kind in "US":
        raise TypeError(
            f"the {what}s are texts: name the positive one, as in positive={str(array[0]) if len(array) else 'yes'!r}"
        )
    return np.asarray(array == positive, dtype=np.bool_), ~is_missing(array)


def one_a_row(values: ArrayLike, what: str) -> NDArray[Any]:
    """The values as an array of one value a row."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"a {what} is one value a row, not an array of {array.ndim} dimensions")
    return array


def numbers(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """(rows,) numbers; None and NaN are missing, and both are NaN here."""
    return one_a_row(values, what).astype(np.float64)


def same_rows(**columns: NDArray[Any]) -> None:
    """Raise ValueError unless all columns are of as many rows."""
    if len({len(each) for each in columns.values()}) > 1:
        told = ", ".join(f"{len(each)} of {name}" for name, each in columns.items())
        raise ValueError(f"these are not of the same rows: {told}")


def encoded(array: NDArray[Any]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """The texts of the values that occur, in order, and (rows,) the place of each row's among them, -1 for missing."""
    return (_named if array.dtype.kind in "OUS" else _numbered)(array)


def is_missing(array: NDArray[Any]) -> NDArray[np.bool_]:
    """(rows,) which values are missing."""
    if array.dtype.kind == "f":
        return np.isnan(array)
    if array.dtype.kind == "O":
        return np.array([is_none(value) for value in array.tolist()], dtype=np.bool_)
    return np.zeros(len(array), dtype=np.bool_)


def is_none(value: object) -> bool:
    """Whether a value is missing: None, or a number that is none."""
    return value is None or value != value  # noqa: PLR0124


def text_of(value: object) -> str:
    """How a value is named: other values otherwise, and a whole number alike whatever type it has.

    >>> text_of(2.0), text_of(1_234_567.0), text_of(0.5), text_of(float("inf"))
    ('2', '1234567', '0.5', 'inf')
    """
    if not isinstance(value, float):
        return str(value)
    is_whole = value.is_integer() and abs(value) < _LARGEST_WHOLE
    return str(int(value)) if is_whole else repr(float(value))


def class_of(value: object) -> object:
    """A class as it is compared with others: truths beside numbers are 0 and 1."""
    if isinstance(value, bool | np.bool_):
        return 1 if value else 0
    return value


def classes(array: NDArray[Any]) -> NDArray[Any]:
    """(rows,) decisions or labels, truths as 0 and 1."""
    if array.dtype.kind == "b":
        return array.astype(np.int8)
    if array.dtype.kind == "O":
        return np.array([class_of(value) for value in array.tolist()], dtype=np.object_)
    return array


def _numbered(array: NDArray[Any]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    missing = is_missing(array)
    values, places = np.unique(array[~missing], return_inverse=True)
    codes = np.full(len(array), -1, dtype=np.intp)
    codes[~missing] = places
    return tuple(map(text_of, cast(list[object], values.tolist()))), codes


def _named(array: NDArray[Any]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Texts are looked up, which is faster than sorting them; objects have no common order, so their texts give it."""
    rows = cast(list[object], array.tolist())
    text_by_value = {value: None if is_none(value) else text_of(value) for value in dict.fromkeys(rows)}
    names = sorted({text for text in text_by_value.values() if text is not None})
    place_by_text: dict[str | None, int] = {text: place for place, text in enumerate(names)}
    place_by_text[None] = -1
    place_by_value = {value: place_by_text[text] for value, text in text_by_value.items()}
    return tuple(names), np.fromiter(map(place_by_value.__getitem__, rows), dtype=np.intp, count=len(rows))
