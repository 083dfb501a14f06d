"""Counting rows into the slices that a version's plan declares: together, or by the hour of their predicted_at."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn
from cdt.measures.folding import class_codes, group_codes
from cdt.measures.grid import Grid
from cdt.measures.slice_counts import SliceBins
from cdt.measures.slice_packing import decode_slices, encode_slices, mark_of
from cdt.predictions.columns import Labels, Predictions, group_kinds
from cdt.predictions.counting import MICROSECONDS_AN_HOUR, hours_of
from cdt.predictions.slice_members import members_of

Counts = NDArray[np.int64]
"""(slices, size) see `SliceBins`."""


class SliceCounter:
    """Counts the rows of one version by its slices, on its grid.

    A label knows of its prediction what group attributes are read from: it counts in the slices that these tell.
    """

    def __init__(self, grid: Grid, slices: Sequence[Slice], signature: Signature) -> None:
        """slices: at least one, in the plan's order."""
        self.bins = SliceBins(grid)
        self.slices = tuple(slices)
        self.written = written(self.slices)
        self._mark = mark_of(self.bins, self.written)
        self._signature = signature

    def tells_labels(self, declared: Slice) -> bool:
        """Whether the labels of a slice are counted in it."""
        return do_labels_tell(declared.conditions, self._signature)

    def none(self) -> Counts:
        """Of no rows."""
        return self.bins.none(len(self.slices))

    def encode(self, counts: Counts) -> bytes:
        """As they are kept."""
        return encode_slices(counts, self._mark)

    def decode(self, stored: Iterable[bytes]) -> Counts:
        """The sum of what was kept; BrokenProfile for what was counted of other slices or on another grid."""
        return decode_slices(self.bins, len(self.slices), self._mark, stored)


def do_labels_tell(conditions: Iterable[Condition], signature: Signature) -> bool:
    """Whether a label knows enough of its prediction to say whether that meets the conditions."""
    return {condition.column for condition in conditions} <= group_kinds(signature).keys()


def written(slices: Sequence[Slice]) -> bytes:
    """The slices as JSON, in the same words wherever they come from: 40 is 40.0."""
    read = msgspec.json.decode(msgspec.json.encode(slices), type=tuple[Slice, ...])
    return msgspec.json.encode(read, order="deterministic")


class CountedByHour:
    """The counts of some rows by hour, each made when it is asked for: a year of them would take gigabytes."""

    def __init__(self, counter: SliceCounter, predictions: Predictions, labels: Labels) -> None:
        """What is the same for all hours is found at once."""
        self._counter = counter
        self._added = (_Rows.of_predictions(counter, predictions), _Rows.of_labels(counter, labels, 1))
        self._taken_back = _Rows.of_labels(counter, labels, -1)

    @property
    def hours(self) -> list[int]:
        """Those that there are rows of, ascending, in microseconds since 1970."""
        return sorted({hour for each in (*self._added, self._taken_back) for hour in each.rows_by_hour})

    def all(self) -> Counts:
        """The counts of all rows; below zero where more is taken back than added."""
        added, labelled = (each.counted(None) for each in self._added)
        return added + labelled - self._taken_back.counted(None)

    def of(self, hour: int) -> Counts:
        """The same of one hour's rows."""
        added, labelled = (each.counted(hour) for each in self._added)
        return added + labelled - self._taken_back.counted(hour)


class _Rows:
    """Where rows count within a slice, which slices they belong to, and which of them each hour has."""

    def __init__(
        self,
        counter: SliceCounter,
        places: NDArray[np.int32],
        members: NDArray[np.bool_],
        predicted_at: NDArray[np.int64],
    ) -> None:
        self._counter = counter
        self._places = places
        self._members = members
        hours = hours_of(predicted_at)
        order = np.argsort(hours, kind="stable")
        found, starts = np.unique(hours[order], return_index=True)
        self.rows_by_hour = {
            hour * MICROSECONDS_AN_HOUR: rows
            for hour, rows in zip(found.tolist(), np.split(order, starts[1:]), strict=False)
        }

    @classmethod
    def of_predictions(cls, counter: SliceCounter, rows: Predictions) -> "_Rows":
        decision = class_codes(counter.bins.grid, rows.decision)
        places = counter.bins.places_of_predictions(rows.features, decision, rows.score)
        members = [members_of(each, rows.features, len(rows)) for each in counter.slices]
        return cls(counter, places, np.array(members), rows.predicted_at)

    @classmethod
    def of_labels(cls, counter: SliceCounter, rows: Labels, sign: int) -> "_Rows":
        """Those that are added, or those that are taken back; what is no class is no label, nor a number."""
        grid = counter.bins.grid
        label = np.full(len(rows), -1, dtype=np.int32)
        if isinstance(rows.label, CategoryColumn):
            label = class_codes(grid, rows.label)
        chosen = (label >= 0) & (rows.sign == sign)
        held = rows.where(chosen)
        groups = group_codes(grid, held.features, len(held))
        places = counter.bins.places_of_labels(class_codes(grid, held.decision), label[chosen], groups)
        members = [members_of(each, held.features, len(held)) & counter.tells_labels(each) for each in counter.slices]
        return cls(counter, places, np.array(members), held.predicted_at)

    def counted(self, hour: int | None) -> Counts:
        """Of one hour, or of all."""
        if hour is None:
            return self._counter.bins.counted(self._places, self._members)
        rows = self.rows_by_hour.get(hour)
        if rows is None:
            return self._counter.none()
        return self._counter.bins.counted(self._places[:, rows], self._members[:, rows])
