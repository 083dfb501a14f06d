"""What is said about rows that can't be taken in: the good ones go in, the bad ones are named."""

from array import array
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

MAXIMUM_REPORTED = 1_000


class Rejection(msgspec.Struct, frozen=True):
    """A bad row, counted from 0 in its body, and the first column found wrong; None for the row as a whole."""

    row: int
    column: str | None
    reason: str


class Rejections:
    """The bad rows of one body: how many there are, and a thousand of them, the first ones if they come in order."""

    def __init__(self) -> None:
        self._rows = array("q")
        self._passed_over = 0
        self._reported: list[Rejection] = []

    @property
    def count(self) -> int:
        """How many rows are bad."""
        return len(self._rows) - self._passed_over

    def add(self, row: int, column: str | None, reason: str) -> None:
        """Count a row, once, with what is wrong with it."""
        self._rows.append(row)
        if len(self._reported) < MAXIMUM_REPORTED:
            self._reported.append(Rejection(row, column, reason))

    def add_all(self, rejections: Iterable[Rejection], rows: Iterable[int]) -> None:
        """Count many rows, of which the first are named."""
        self._rows.extend(rows)
        self._reported = sorted([*self._reported, *rejections], key=lambda rejection: rejection.row)[:MAXIMUM_REPORTED]

    def pass_over(self, row: int) -> None:
        """Note that a row is not among the good ones, and is taken in all the same."""
        self._rows.append(row)
        self._passed_over += 1

    @property
    def numbers(self) -> list[int]:
        """The rows that are not among the good ones, in order."""
        return sorted(self._rows)

    def copy(self) -> "Rejections":
        """The same, to which more can be added."""
        copied = Rejections()
        copied.add_all(self._reported, self._rows)
        copied._passed_over = self._passed_over
        return copied

    def numbers_of(self, good: Sequence[int]) -> list[int]:
        """Which rows of the body good ones are, by their places among the good ones.

        >>> rejections = Rejections()
        >>> rejections.add(0, None, "is bad")
        >>> rejections.add(2, None, "is bad")
        >>> rejections.numbers_of([0, 1, 2])
        [1, 3, 4]
        """
        rows = np.sort(np.array(self._rows, dtype=np.int64))
        # before the bad row at a place stand as many good ones as its number less its place, which never falls
        places = np.asarray(good, dtype=np.int64)
        return (places + np.searchsorted(rows - np.arange(len(rows)), places, side="right")).tolist()

    @property
    def reported(self) -> list[Rejection]:
        """Those that are named, in the order of their rows."""
        return sorted(self._reported, key=lambda rejection: rejection.row)
