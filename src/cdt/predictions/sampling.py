"""A sample of rows that go by: all of them, or every second, fourth, eighth, as few as fit the memory."""

import numpy as np

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import Predictions, join_predictions, join_truths
from cdt.predictions.decoding.references import ReferenceRows

MOST_ROWS = 200_000
MOST_BYTES = 64 << 20
_TEXT_BYTES = 60
"""What a short text takes besides its letters."""


class Sample:
    """Of reference rows, in the order in which they come. The same rows in the same order give the same sample.

    step: the rows whose number, from 0, is a multiple of it are in it.
    """

    def __init__(self, signature: Signature, *, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> None:
        """Empty."""
        self.step = 1
        self._signature = signature
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._seen = self._rows = self._bytes = 0
        self._parts: list[tuple[int, ReferenceRows]] = []
        """Each with the number of its first row."""

    @property
    def is_everything(self) -> bool:
        """Whether no row was left out."""
        return self.step == 1

    def add(self, rows: ReferenceRows) -> None:
        """The next rows."""
        self._keep(self._seen, rows)
        self._seen += len(rows)
        while (self._rows > self._most_rows or self._bytes > self._most_bytes) and self._rows > 1:
            self.step *= 2
            parts, self._parts = self._parts, []
            self._rows = self._bytes = 0
            for first, part in parts:
                self._keep(first, part, apart=self.step // 2)

    def rows(self) -> ReferenceRows:
        """Those that are in it."""
        parts = [rows for _, rows in self._parts]
        return ReferenceRows(
            join_predictions([each.predictions for each in parts], self._signature),
            join_truths([each.label for each in parts], self._signature),
        )

    def _keep(self, first: int, rows: ReferenceRows, *, apart: int = 1) -> None:
        """Of rows whose numbers are `first` and so far apart, those that are multiples of the step."""
        numbers = first + apart * np.arange(len(rows))
        places = np.flatnonzero(numbers % self.step == 0)
        if len(places):
            chosen = _alone(rows.at(places))
            self._parts.append((int(numbers[places[0]]), chosen))
            self._rows += len(chosen)
            self._bytes += sum(_bytes_of(column) for column in chosen.predictions.features.values())


def _alone(rows: ReferenceRows) -> ReferenceRows:
    """The same rows without the texts of others."""
    predictions = rows.predictions
    features = {name: _used(column) for name, column in predictions.features.items()}
    return ReferenceRows(
        Predictions(predictions.ids, predictions.predicted_at, predictions.decision, predictions.score, features),
        rows.label,
    )


def _used(column: Column) -> Column:
    if not isinstance(column, CategoryColumn):
        return column
    used: list[int] = np.unique(column.codes[column.codes >= 0]).tolist()
    code = np.full(len(column.values) + 1, -1, dtype=np.int32)
    code[used] = np.arange(len(used), dtype=np.int32)
    return CategoryColumn(code[column.codes], tuple(column.values[place] for place in used))


def _bytes_of(column: Column) -> int:
    if not isinstance(column, CategoryColumn):
        return 8 * len(column)
    return 4 * len(column) + sum(_TEXT_BYTES + len(text) for text in column.values)
