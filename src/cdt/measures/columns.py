"""The columns that every measure takes: numbers with NaN for missing, and categories as codes into their values."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

NumberColumn: TypeAlias = NDArray[np.float64]
"""(rows,) numbers; NaN is missing, infinities are values."""


@dataclass(frozen=True, slots=True, eq=False)
class CategoryColumn:
    """A dictionary-encoded column.

    codes: (rows,) int32 indexes into `values`; -1 is missing.
    values: the texts that the codes stand for; some may have no row, and a text may stand twice.

    >>> CategoryColumn.from_texts(["b", "a", None, "b"])
    CategoryColumn(codes=array([ 0,  1, -1,  0], dtype=int32), values=('b', 'a'))
    """

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.codes.dtype != np.int32 or self.codes.ndim != 1:
            raise TypeError(f"codes are a flat int32 array, not {self.codes.ndim}-dimensional {self.codes.dtype}")
        if self.codes.size and (self.codes.min() < -1 or self.codes.max() >= len(self.values)):
            raise ValueError(f"codes lie between -1 and {len(self.values) - 1}, one less than the number of values")

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def from_texts(cls, texts: Iterable[str | None]) -> Self:
        """Encode texts in the order in which they first appear; None is missing."""
        texts = texts if isinstance(texts, Sequence) else tuple(texts)
        values = tuple(text for text in dict.fromkeys(texts) if text is not None)
        code_by_text: dict[str | None, int] = {text: code for code, text in enumerate(values)} | {None: -1}
        return cls(codes=np.array([*map(code_by_text.__getitem__, texts)], dtype=np.int32), values=values)


Column: TypeAlias = NumberColumn | CategoryColumn
Columns: TypeAlias = Mapping[str, Column]


def number_column(values: Iterable[float | None]) -> NumberColumn:
    """A number column from plain values; None is missing.

    >>> number_column([1, None, 2.5])
    array([1. , nan, 2.5])
    """
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def every(column: Column, step: int) -> Column:
    """The rows of a column from the first on, by steps.

    >>> every(np.arange(5.0), 2)
    array([0., 2., 4.])
    """
    if isinstance(column, CategoryColumn):
        return CategoryColumn(column.codes[::step], column.values)
    return column[::step]


def concatenate(parts: Sequence[Column]) -> Column:
    """One column of the rows of several, in order; categories may be encoded differently in each part.

    >>> concatenate([CategoryColumn.from_texts(["a"]), CategoryColumn.from_texts(["b", None, "a"])])
    CategoryColumn(codes=array([ 0,  1, -1,  0], dtype=int32), values=('a', 'b'))
    """
    categories = [part for part in parts if isinstance(part, CategoryColumn)]
    if not categories:
        numbers = [part for part in parts if not isinstance(part, CategoryColumn)]
        return np.concatenate([np.empty(0), *numbers]).astype(np.float64, copy=False)
    if len(categories) != len(parts):
        raise TypeError("numbers and categories can't be one column")
    code_by_text: dict[str, int] = {}
    codes: list[NDArray[np.int32]] = []
    for part in categories:
        table = [code_by_text.setdefault(value, len(code_by_text)) for value in part.values]
        codes.append(np.array([*table, -1], dtype=np.int32)[part.codes])
    return CategoryColumn(codes=np.concatenate(codes), values=tuple(code_by_text))


def numbers_of(name: str, column: Column, rows: int) -> NumberColumn:
    """The column as numbers, or a sentence why it isn't one of that many rows."""
    if isinstance(column, CategoryColumn):
        raise TypeError(f"column {name!r} holds categories where the grid has numbers")
    values = np.asarray(column, dtype=np.float64)
    if values.shape != (rows,):
        raise ValueError(f"column {name!r} has the shape {values.shape} where {rows} rows were expected")
    return values


def categories_of(name: str, column: Column, rows: int) -> CategoryColumn:
    """The column as categories, or a sentence why it isn't one of that many rows."""
    if not isinstance(column, CategoryColumn):
        raise TypeError(f"column {name!r} holds numbers where the grid has categories")
    if len(column) != rows:
        raise ValueError(f"column {name!r} has {len(column)} rows where {rows} were expected")
    return column
