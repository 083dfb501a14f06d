"""Erasing the rows of subjects from a version: step by step, each whole or not at all, taken up where it ended.

Predictions are looked at first, in the order of their sequence. From then on no label finds them, so their labels can
be looked for after that: the newest first, since a correction takes back what came before it. At last go the labels
that wait. Rows that come in meanwhile are new and stay.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected

from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions import erasures, folds, kept_objects, swapping
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.erasing_names import erase_corrections, erase_waiting
from cdt.predictions.erasing_quarantine import Sent, erase_quarantined, holds_value, ids_in
from cdt.predictions.erasures import Progress
from cdt.predictions.holding import require_free
from cdt.predictions.identities import day_of_number, days_of
from cdt.predictions.objects import Objects
from cdt.predictions.packing import write_object
from cdt.predictions.parquet import column_of
from cdt.predictions.reading import apart, each_part
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import Kind, Segment, find_segments
from cdt.predictions.shapes import LABELS, PREDICTIONS, Shape
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.uncounting import uncount_labels, uncount_predictions
from cdt.predictions.versions import NumberedVersion
from cdt.predictions.without_rows import Change, without

SEGMENTS_AT_ONCE = 500
ROWS_AT_ONCE = 100_000
_ATTEMPTS = 5

R = TypeVar("R", Predictions, Labels)


@dataclass(frozen=True, kw_only=True)
class Request:
    """Whose rows go. column: that tells whose a row is; None for the prediction's id."""

    erasure_id: UUID
    column: str | None
    subjects: frozenset[str]


class Erasing:
    """One erasure in one version, under the lock of whoever packs the version."""

    def __init__(
        self,
        connection: AsyncConnection[Any],
        objects: Objects,
        version: NumberedVersion,
        request: Request,
        *,
        hash_key: bytes,
    ) -> None:
        """The connection must not be in a transaction."""
        self._connection = connection
        self._objects = objects
        self._version = version
        self._request = request
        self._hash_key = hash_key
        self._segment_ids = SegmentIds()
        self._ids = SubjectHashes(hash_key, version.project_id, None)
        self._values = SubjectHashes(hash_key, version.project_id, request.column)
        self._erased: set[tuple[date, str]] | None = None

    async def step(self) -> bool:
        """Do some of what is left; whether there was anything. Raises IsHeld."""
        progress = await erasures.begin(self._connection, self._version, self._request.erasure_id)
        match progress.phase:
            case "predictions":
                await self._look_at_predictions(progress)
            case "labels":
                await self._look_at_labels(progress)
            case "waiting":
                await self._look_at_waiting(progress)
            case "done":
                return False
        return True

    async def _look_at_predictions(self, progress: Progress) -> None:
        found = await find_segments(
            self._connection,
            self._version.number,
            kind="predictions",
            after=progress.reached,
            to=progress.through,
            limit=SEGMENTS_AT_ONCE,
        )
        unit = await self._unit(found)
        if not unit:
            async with self._connection.transaction():
                await require_free(self._connection, self._version.number)
                await erasures.enter(self._connection, progress, "labels")
            return
        is_gone = await self._matches(unit, PREDICTIONS)
        reached = max(progress.reached, unit[-1].sequence)
        await self._rewrite(progress, unit, is_gone, PREDICTIONS, reached)

    async def _look_at_labels(self, progress: Progress) -> None:
        if self._erased is None:
            number = self._version.number
            self._erased = await erasures.erased_by(self._connection, number, self._request.erasure_id)
        found = await self._before(progress.reached)
        unit = await self._unit(found)
        if not unit:
            async with self._connection.transaction():
                await erasures.enter(self._connection, progress, "waiting")
            return
        is_gone = await self._matches(unit, LABELS)
        reached = min(progress.reached, *(each.sequence for each in unit))
        await self._rewrite(progress, unit, is_gone, LABELS, reached)

    async def _before(self, sequence: int) -> list[Segment]:
        cursor = await self._connection.execute(
            "SELECT sequence FROM predictions.segments WHERE version_number = %(number)s AND kind = 'labels'"
            " AND sequence < %(sequence)s ORDER BY sequence DESC LIMIT %(most)s",
            {"number": self._version.number, "sequence": sequence, "most": SEGMENTS_AT_ONCE},
        )
        sequences = [row[0] for row in await cursor.fetchall()]
        if not sequences:
            return []
        found = await find_segments(
            self._connection, self._version.number, kind="labels", after=sequences[-1] - 1, to=sequences[0]
        )
        return found[::-1]

    async def _unit(self, found: Sequence[Segment]) -> list[Segment]:
        """What is rewritten together, in the order of its sequence: all of the first object, or some fresh segments."""
        if not found:
            return []
        first = found[0]
        if first.object_key is not None:
            return await self._of_object(first.object_key, first.kind)
        unit: list[Segment] = []
        rows = 0
        for segment in found:
            rows += segment.rows
            if segment.object_key is not None or (unit and rows > ROWS_AT_ONCE):
                break
            unit.append(segment)
        return sorted(unit, key=lambda each: each.sequence)

    async def _of_object(self, key: str, kind: Kind) -> list[Segment]:
        first, last = await kept_objects.range_of(self._connection, key)
        found = await find_segments(self._connection, self._version.number, kind=kind, after=first - 1, to=last)
        return [each for each in found if each.object_key == key]

    async def _matches(self, unit: Sequence[Segment], shape: Shape[R]) -> dict[int, NDArray[np.bool_]]:
        """By the number of a segment, (rows,) which of its rows go; of those alone from which any do."""
        wanted = {"prediction_id", "predicted_at"}
        if shape.kind == "predictions" and self._request.column is not None:
            wanted.add(column_of(self._request.column, self._version.signature))
        found: dict[int, NDArray[np.bool_]] = {}
        parts = each_part(self._connection, self._objects, unit, self._version.signature, shape, wanted=wanted)
        async for part in parts:
            for segment, rows in apart(part):
                is_gone = await asyncio.to_thread(self._is_gone, rows)
                if is_gone.any():
                    found[segment.segment_id] = is_gone
        return found

    def _is_gone(self, rows: Predictions | Labels) -> NDArray[np.bool_]:
        subjects = self._request.subjects
        if isinstance(rows, Predictions) and self._request.column is not None:
            return _has_value(rows.features[self._request.column], self._values, subjects)
        codes = [self._ids.of(each) for each in rows.ids.to_pylist()]
        named = np.array([self._request.column is None and code in subjects for code in codes], dtype=np.bool_)
        if isinstance(rows, Labels) and self._erased:
            days = [day_of_number(day) for day in days_of(rows.predicted_at).tolist()]
            named |= np.array([each in self._erased for each in zip(days, codes, strict=True)], dtype=np.bool_)
        return named

    async def _rewrite(
        self,
        progress: Progress,
        unit: Sequence[Segment],
        is_gone: Mapping[int, NDArray[np.bool_]],
        shape: Shape[R],
        reached: int,
    ) -> None:
        """Make the segments and the object anew that lose rows; then one transaction puts them in place."""
        if not is_gone:
            await erasures.advance(self._connection, progress, reached=reached)
            return
        losing = [each for each in unit if each.segment_id in is_gone]
        await self._segment_ids.reserve(self._connection, len(losing))
        changes: list[Change] = []
        before: list[R] = []
        parts = each_part(self._connection, self._objects, losing, self._version.signature, shape)
        async for part in parts:
            for segment, rows in apart(part):
                change = await asyncio.to_thread(
                    without,
                    segment,
                    rows,
                    is_gone[segment.segment_id],
                    segment_id=self._segment_ids.take(),
                    shape=shape,
                    signature=self._version.signature,
                )
                changes.append(change)
                before.append(rows)
        taken = None
        after = {change.before.segment_id: change for change in changes}
        if unit[0].object_key is not None and any(
            each.segment_id not in after or after[each.segment_id].after is not None for each in unit
        ):
            taken = await write_object(self._connection, self._objects, self._version, unit, shape, changes=after)
        for attempt in range(_ATTEMPTS):
            try:
                async with self._connection.transaction():
                    await require_free(self._connection, self._version.number)
                    await folds.lock_wholly(self._connection, self._version.number)
                    await self._move_what_points(changes, before)
                    await swapping.put_in_place(self._connection, self._version, changes, taken)
                    await self._tell(progress, changes, before, reached)
            except DeadlockDetected:  # with whoever corrects a label: all that is prepared still holds
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    async def _move_what_points(self, changes: Sequence[Change], before: Sequence[R]) -> None:
        for change, rows in zip(changes, before, strict=True):
            if isinstance(rows, Predictions):
                await swapping.move_identities(self._connection, self._version, change, rows, self._hash_key)
                await swapping.move_labelled(self._connection, self._version, change)

    async def _tell(self, progress: Progress, changes: Sequence[Change], before: Sequence[R], reached: int) -> None:
        """What is gone: out of the counts, into the tombstones, and to whoever has counted it."""
        connection, version = self._connection, self._version
        predictions: list[tuple[Segment, Predictions]] = []
        labels: list[tuple[Segment, Labels]] = []
        for change, rows in zip(changes, before, strict=True):
            gone = rows.where(change.is_gone)
            if isinstance(gone, Predictions):
                predictions.append((change.before, gone))
            else:
                labels.append((change.before, gone))
            digest = None if change.after is None else change.after.digest
            await erasures.keep_tombstone(
                connection, version, self._request.erasure_id, change.before, rows=len(gone), digest_after=digest
            )
        for _, each in predictions:
            codes = [self._ids.of(one) for one in each.ids.to_pylist()]
            days = [day_of_number(day) for day in days_of(each.predicted_at).tolist()]
            ids = list(zip(days, codes, strict=True))
            await erasures.keep_erased(connection, version, self._request.erasure_id, ids)
        if predictions:
            await uncount_predictions(connection, self._objects, version, predictions)
        if labels:
            await uncount_labels(connection, version, labels)
        await erasures.advance(
            connection,
            progress,
            reached=reached,
            predictions=sum(len(each) for _, each in predictions),
            labels=sum(len(each) for _, each in labels),
            segments=len(changes),
        )
        await folds.revise(connection, version.number)

    async def _look_at_waiting(self, progress: Progress) -> None:
        """Where ids stand besides their rows, in one transaction: there are few of these."""
        connection, number = self._connection, self._version.number
        erased = await erasures.erased_by(connection, number, self._request.erasure_id)
        ids = {code for _, code in erased}
        named = self._request.subjects if self._request.column is None else frozenset[str]()

        def is_of_an_id(prediction_id: str) -> bool:
            return self._ids.of(prediction_id) in ids or self._ids.of(prediction_id) in named

        def is_of_a_prediction(prediction_id: str, day: date) -> bool:
            code = self._ids.of(prediction_id)
            return (day, code) in erased or code in named

        def is_quarantined(prediction_id: str | None, sent: Sent) -> bool:
            column = self._request.column
            holds = column is not None and holds_value(sent, column, self._values, self._request.subjects)
            return holds or any(is_of_an_id(each) for each in ids_in(prediction_id, sent))

        async with connection.transaction():
            await require_free(connection, number)
            await erase_quarantined(connection, number, is_quarantined)
            waiting_labels = await erase_waiting(connection, number, is_of_an_id)
            await erase_corrections(connection, number, is_of_a_prediction)
            await erasures.advance(connection, progress, reached=0, waiting_labels=waiting_labels)
            await erasures.enter(connection, progress, "done")


def _has_value(column: Column, hashes: SubjectHashes, subjects: frozenset[str]) -> NDArray[np.bool_]:
    """(rows,) where one of the values stands; a missing one is nobody's."""
    if isinstance(column, CategoryColumn):
        chosen = np.array([*(hashes.of(value) in subjects for value in column.values), False], dtype=np.bool_)
        return chosen[column.codes]
    values, places = np.unique(column, return_inverse=True)
    chosen = np.array([bool(np.isfinite(each)) and hashes.of(float(each)) in subjects for each in values], np.bool_)
    return chosen[places]
