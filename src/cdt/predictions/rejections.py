"""What is said about rows that can't be taken in: the good ones go in, the bad ones are named."""

from collections.abc import Iterable

import msgspec

MAXIMUM_REPORTED = 1_000


class Rejection(msgspec.Struct, frozen=True):
    """A bad row, counted from 0 in its body, and the first column found wrong; None for the row as a whole."""

    row: int
    column: str | None
    reason: str


class Rejections:
    """The bad rows of one body: how many there are, and a thousand of them, the first ones if they come in order."""

    def __init__(self) -> None:
        self.count = 0
        self._reported: list[Rejection] = []

    def add(self, row: int, column: str | None, reason: str) -> None:
        """Count a row, once, with what is wrong with it."""
        self.count += 1
        if len(self._reported) < MAXIMUM_REPORTED:
            self._reported.append(Rejection(row, column, reason))

    def add_all(self, rejections: Iterable[Rejection], count: int) -> None:
        """Count many rows, of which the first are named."""
        self.count += count
        self._reported = sorted([*self._reported, *rejections], key=lambda rejection: rejection.row)[:MAXIMUM_REPORTED]

    @property
    def reported(self) -> list[Rejection]:
        """Those that are named, in the order of their rows."""
        return sorted(self._reported, key=lambda rejection: rejection.row)
