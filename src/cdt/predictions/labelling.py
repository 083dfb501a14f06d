"""Labels of one version on their way into segments: which are new, which correct another, which must wait."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from cdt.domain.kernel import Actor
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column, number_column
from cdt.predictions.arrow import texts_of
from cdt.predictions.columns import Label, Labels, feature_kinds, group_kinds, moment_of, truths_of
from cdt.predictions.digests import digest_of_labels
from cdt.predictions.lookup import Outcome
from cdt.predictions.payloads import labels_as_arrow
from cdt.predictions.rows import LabelRow
from cdt.predictions.sealing import NewSegment
from cdt.predictions.segment_ids import SegmentIds

SEGMENT_ROWS = 10_000


class Place(NamedTuple):
    """Which prediction a label belongs to: the segment, and the row in it. No two have the same."""

    segment_id: int
    row_number: int


class Entry(NamedTuple):
    """One row of a label segment: `sign` is -1 for a label that is taken back."""

    id: str
    label: Label
    sign: int
    outcome: Outcome


class Correction(NamedTuple):
    """A label that another has replaced."""

    id: str
    outcome: Outcome
    before: Label
    after: Label
    reason: str | None
    by: Actor | None


class Counted(msgspec.Struct):
    """What became of one body's labels."""

    new: int = 0
    corrected: int = 0
    duplicates: int = 0
    waiting: int = 0


def place_of(outcome: Outcome) -> Place:
    """Where a prediction stands."""
    return Place(outcome.segment_id, outcome.row_number)


class Labelling:
    """Labels that found their prediction, put onto those that it had before.

    present: the label that predictions had at the beginning, by place; one that is not there had none.
    """

    def __init__(self, present: Mapping[Place, Label]) -> None:
        self._before = present
        self._now: dict[Place, Label] = {}
        self.entries: list[Entry] = []
        self.corrections: list[Correction] = []

    def put(self, row: LabelRow, outcome: Outcome, counted: Counted, by: Actor | None = None) -> None:
        """One more label: new, the same again, or a correction."""
        key = place_of(outcome)
        present = self._now.get(key, self._before.get(key))
        if present == row.label:
            counted.duplicates += 1
            return
        if present is None:
            counted.new += 1
        else:
            counted.corrected += 1
            self.entries.append(Entry(row.id, present, -1, outcome))
            self.corrections.append(Correction(row.id, outcome, present, row.label, row.reason, by))
        self.entries.append(Entry(row.id, row.label, 1, outcome))
        self._now[key] = row.label

    @property
    def new(self) -> list[tuple[Place, Label]]:
        """Predictions that have their first label, in the order in which every writer takes them."""
        return sorted((key, label) for key, label in self._now.items() if key not in self._before)

    @property
    def changed(self) -> list[tuple[Place, Label, Label]]:
        """Predictions whose label is another now, in the same order, with the one before and the one now."""
        return sorted(
            (key, self._before[key], label)
            for key, label in self._now.items()
            if key in self._before and self._before[key] != label
        )

    def segments(self, signature: Signature, segment_ids: SegmentIds) -> list[NewSegment]:
        """The segments that hold the entries."""
        parts = [self.entries[start : start + SEGMENT_ROWS] for start in range(0, len(self.entries), SEGMENT_ROWS)]
        return [_segment(_columns(part, signature), segment_ids.take()) for part in parts]


def _segment(rows: Labels, segment_id: int) -> NewSegment:
    return NewSegment(
        segment_id=segment_id,
        rows=len(rows),
        predicted_from=moment_of(rows.predicted_at.min()),
        predicted_to=moment_of(rows.predicted_at.max()),
        digest=digest_of_labels(rows),
        format="arrow",
        payload=labels_as_arrow(rows),
    )


def _columns(entries: Sequence[Entry], signature: Signature) -> Labels:
    kinds = feature_kinds(signature)
    features: dict[str, Column] = {}
    for place, name in enumerate(group_kinds(signature)):
        values = [entry.outcome.features[place] for entry in entries]
        if kinds[name] == "number":
            features[name] = number_column(value if isinstance(value, float) else None for value in values)
        else:
            features[name] = CategoryColumn.from_texts(value if isinstance(value, str) else None for value in values)
    return Labels(
        ids=texts_of([entry.id for entry in entries]),
        predicted_at=np.array([entry.outcome.predicted_at for entry in entries], dtype=np.int64),
        label=truths_of([entry.label for entry in entries], signature),
        sign=np.array([entry.sign for entry in entries], dtype=np.int8),
        decision=CategoryColumn(
            np.array([entry.outcome.decision for entry in entries], dtype=np.int32), signature.classes
        ),
        score=np.array([entry.outcome.score for entry in entries], dtype=np.float64),
        features=features,
    )
