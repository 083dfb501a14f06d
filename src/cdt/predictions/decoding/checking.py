"""Which rows of many columns are bad, each named once, by the first column that is wrong."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cdt.predictions.rejections import MAXIMUM_REPORTED, Rejection, Rejections


class Checking:
    """Marks bad rows column by column.

    is_good: (rows,). numbers: (rows,) which row of the body each is.
    """

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        self.is_good = np.ones(len(numbers), dtype=np.bool_)
        self._numbers = numbers
        self._found: list[Rejection] = []

    def require(self, holds: NDArray[np.bool_], column: str, reason: str | Callable[[int], str]) -> None:
        """Mark the rows where something doesn't hold; `reason` is the sentence, or makes it for a row."""
        if holds.all():
            return
        bad = self.is_good & ~holds
        for place in np.flatnonzero(bad)[:MAXIMUM_REPORTED].tolist():
            sentence = reason if isinstance(reason, str) else reason(place)
            self._found.append(Rejection(int(self._numbers[place]), column, sentence))
        self.is_good &= holds

    def report(self, rejections: Rejections) -> None:
        """Hand over what was found."""
        rejections.add_all(self._found, self._numbers[~self.is_good].tolist())

    def reject(self, place: int, column: str, reason: str) -> None:
        """Mark one row."""
        if self.is_good[place]:
            if len(self._found) < MAXIMUM_REPORTED:
                self._found.append(Rejection(int(self._numbers[place]), column, reason))
            self.is_good[place] = False
