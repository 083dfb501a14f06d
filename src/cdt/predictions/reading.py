"""Reading the rows of segments, wherever they lie: fresh ones in Postgres, packed ones in objects.

A segment can be packed, and its object replaced by another, between the moment in which it was found and the moment in
which its rows are read. Whoever doesn't find them looks where they lie now; the rows are the same. They can be thrown
away as well: then there are none, and of a segment that others took the place of there are those that are left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cdt.domain.registry.signature import Signature
from cdt.predictions.arrow import Table
from cdt.predictions.columns import (
    Labels,
    Predictions,
    join_labels,
    join_predictions,
    microseconds,
)
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import ROW_GROUP_ROWS
from cdt.predictions.segments import Segment, find_segments_now
from cdt.predictions.shapes import LABELS, PREDICTIONS, Shape, Stored
from cdt.storage.storage import ObjectIsMissing

FRESH_ROWS = 100_000
FRESH_SEGMENTS = 2_000
"""How much is fetched from Postgres at once."""
RUN_ROWS = 4 * ROW_GROUP_ROWS
"""How much is read of an object at once. The row group in which it ends within a segment is read twice."""
RUNS_AT_ONCE = 4
_ATTEMPTS = 5

R = TypeVar("R", Predictions, Labels)
Heard = Callable[[int], Awaitable[None]]


class RowsAreMissing(LookupError):
    """A segment whose rows lie nowhere: the backup of the object storage is older than the database's."""


class Part(NamedTuple, Generic[R]):
    """The rows of some segments, one after another."""

    segments: Sequence[Segment]
    rows: R


class Run(NamedTuple):
    """Segments that are read together: of one object, or from Postgres."""

    key: str | None
    segments: list[Segment]


def runs_of(segments: Sequence[Segment], *, most_rows: int = RUN_ROWS) -> list[Run]:
    """The segments in their order, those beside one another together; of an object about so many rows at once."""
    runs: list[Run] = []
    before: tuple[str | None, int] | None = None
    rows = count = 0
    for segment in segments:
        place = segment.object_key, (segment.object_row or 0) // most_rows
        is_full = segment.object_key is None and (rows >= FRESH_ROWS or count >= FRESH_SEGMENTS)
        if place != before or is_full:
            runs.append(Run(segment.object_key, []))
            rows = count = 0
        runs[-1].segments.append(segment)
        before, rows, count = place, rows + segment.rows, count + 1
    return runs


async def each_part(
    connection: AsyncConnection[Any],
    objects: Objects,
    segments: Sequence[Segment],
    signature: Signature,
    shape: Shape[R],
    *,
    wanted: Collection[str] | None = None,
) -> AsyncIterator[Part[R]]:
    """The rows of the segments of one kind, in the order given, as they lie together; others are passed over.

    wanted: the columns that are needed, as they are called in a file: the others may be missing in every row, since of
    an object they are not fetched.
    """
    for run in runs_of([segment for segment in segments if segment.kind == shape.kind]):
        for part in await _read(connection, objects, run, signature, shape, wanted):
            yield part


async def each_predictions(
    connection: AsyncConnection[Any],
    objects: Objects,
    segments: Sequence[Segment],
    signature: Signature,
    *,
    wanted: Collection[str] | None = None,
) -> AsyncIterator[tuple[Segment, Predictions]]:
    """The rows of each segment of predictions; others are passed over."""
    async for part in each_part(connection, objects, segments, signature, PREDICTIONS, wanted=wanted):
        for each in apart(part):
            yield each


async def each_labels(
    connection: AsyncConnection[Any], objects: Objects, segments: Sequence[Segment], signature: Signature
) -> AsyncIterator[tuple[Segment, Labels]]:
    """The rows of each segment of labels; others are passed over."""
    async for part in each_part(connection, objects, segments, signature, LABELS):
        for each in apart(part):
            yield each


def apart(part: Part[R]) -> list[tuple[Segment, R]]:
    """Each segment with its rows."""
    if len(part.segments) == 1:
        return [(part.segments[0], part.rows)]
    found: list[tuple[Segment, R]] = []
    start = 0
    for segment in part.segments:
        found.append((segment, part.rows.between(start, start + segment.rows)))
        start += segment.rows
    return found


async def read_predictions(
    connection: AsyncConnection[Any],
    objects: Objects,
    segments: Sequence[Segment],
    signature: Signature,
    *,
    predicted_from: datetime | None = None,
    predicted_to: datetime | None = None,
    wanted: Collection[str] | None = None,
    heard: Heard | None = None,
) -> Predictions:
    """The rows of many segments together, cut to the half-open window.

    A window needs `predicted_at` among the columns that are wanted. heard: is told how many more rows are read.
    """
    parts = await read_all(connection, objects, segments, signature, PREDICTIONS, wanted, heard=heard)
    return within(join_predictions(parts, signature), predicted_from, predicted_to)


async def read_labels(
    connection: AsyncConnection[Any],
    objects: Objects,
    segments: Sequence[Segment],
    signature: Signature,
    *,
    predicted_from: datetime | None = None,
    predicted_to: datetime | None = None,
    heard: Heard | None = None,
) -> Labels:
    """The labels of many segments together, cut to the half-open window of their predictions' times."""
    parts = await read_all(connection, objects, segments, signature, LABELS, None, heard=heard)
    return within(join_labels(parts, signature), predicted_from, predicted_to)


async def read_packed(
    objects: Objects, run: Run, signature: Signature, shape: Shape[R], wanted: Collection[str] | None = None
) -> R:
    """The rows of a run of one object, from that and nowhere else."""
    columns = shape.columns(signature, wanted)
    table = await read_table(objects, run, columns, texts=shape.texts(columns, signature))
    return _received(await asyncio.to_thread(shape.of_table, table, signature), run.segments)


async def read_table(objects: Objects, run: Run, columns: Sequence[str], *, texts: Sequence[str]) -> Table:
    """Columns of a run of one object as they are stored, `texts` of them as codes."""
    assert run.key is not None
    spans: list[tuple[int, int]] = []
    for segment in run.segments:
        assert segment.object_row is not None
        start, end = segment.object_row, segment.object_row + segment.rows
        if spans and spans[-1][1] == start:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return await objects.read(run.key, spans, columns, texts=texts)


async def read_all(
    connection: AsyncConnection[Any],
    objects: Objects,
    segments: Sequence[Segment],
    signature: Signature,
    shape: Shape[R],
    wanted: Collection[str] | None,
    *,
    most_rows: int = RUN_ROWS,
    heard: Heard | None = None,
) -> list[R]:
    """The rows of every segment of the kind, in order; several objects at once, each in runs of about so many rows."""
    runs = runs_of([segment for segment in segments if segment.kind == shape.kind], most_rows=most_rows)
    at_once = asyncio.Semaphore(RUNS_AT_ONCE)

    async def packed(run: Run) -> R | None:
        async with at_once:
            try:
                found = await read_packed(objects, run, signature, shape, wanted)
            except ObjectIsMissing:
                return None
            if heard is not None:
                await heard(len(found))
            return found

    found = await asyncio.gather(*(packed(run) for run in runs if run.key is not None))
    ready: dict[int, R | None] = dict(zip((place for place, run in enumerate(runs) if run.key), found, strict=True))
    rows: list[R] = []
    for place, run in enumerate(runs):
        known = ready.pop(place, None)
        if known is not None:
            rows.append(known)
        else:
            read = [part.rows for part in await _read(connection, objects, run, signature, shape, wanted)]
            rows += read
            if heard is not None:
                await heard(sum(map(len, read)))
    return rows


async def _read(
    connection: AsyncConnection[Any],
    objects: Objects,
    run: Run,
    signature: Signature,
    shape: Shape[R],
    wanted: Collection[str] | None,
) -> list[Part[R]]:
    """The rows of a run; when they have moved, those of the runs that its segments are now."""
    for _ in range(_ATTEMPTS):
        if run.key is None:
            payloads = await _payloads(connection, run.segments)
            if len(payloads) == len(run.segments):
                stored: list[Stored] = [(payloads[each.segment_id], each.format) for each in run.segments]
                return _parts(run.segments, await asyncio.to_thread(shape.of_payloads, stored, signature))
        else:
            try:
                return [Part(run.segments, await read_packed(objects, run, signature, shape, wanted))]
            except ObjectIsMissing:
                pass
        segments = await _now(connection, run.segments)
        runs = runs_of(segments)
        if len(runs) > 1 or not runs:
            parts = [await _read(connection, objects, each, signature, shape, wanted) for each in runs]
            return [part for of_run in parts for part in of_run]
        run = runs[0]
    raise RowsAreMissing(f"segment {run.segments[0].segment_id} and those beside it")


async def _now(connection: AsyncConnection[Any], segments: Sequence[Segment]) -> list[Segment]:
    """The same segments, in the same order, as they are stored now; those that are thrown away are left out."""
    found = await find_segments_now(connection, segments[0].version_number, [each.sequence for each in segments])
    by_sequence = {each.sequence: each for each in found}
    return [by_sequence[each.sequence] for each in segments if each.sequence in by_sequence]


def _parts(segments: Sequence[Segment], rows: Sequence[R]) -> list[Part[R]]:
    """Pairs what was decoded together with its segments."""
    parts: list[Part[R]] = []
    start = 0
    for each in rows:
        count, end = 0, start
        while count < len(each):
            count += segments[end].rows
            end += 1
        parts.append(Part(segments[start:end], _received(each, segments[start:end])))
        start = end
    return parts


def _received(rows: R, segments: Sequence[Segment]) -> R:
    """Predictions with when each was taken in, which its segment says."""
    if not isinstance(rows, Predictions):
        return rows
    moments = [microseconds(segment.recorded_at) for segment in segments]
    received_at = np.repeat(np.array(moments, dtype=np.int64), [segment.rows for segment in segments])
    return replace(rows, received_at=received_at)


async def _payloads(connection: AsyncConnection[Any], segments: Sequence[Segment]) -> Mapping[int, bytes]:
    cursor = await connection.execute(
        "SELECT segment_id, payload FROM predictions.payloads WHERE segment_id = ANY(%(segment_ids)s)",
        {"segment_ids": [segment.segment_id for segment in segments]},
        binary=True,
    )
    return dict(await cursor.fetchall())


def within(rows: R, predicted_from: datetime | None, predicted_to: datetime | None) -> R:
    """The rows of the half-open window."""
    chosen: NDArray[np.bool_] = np.ones(len(rows), dtype=np.bool_)
    if predicted_from is not None:
        chosen &= rows.predicted_at >= microseconds(predicted_from)
    if predicted_to is not None:
        chosen &= rows.predicted_at < microseconds(predicted_to)
    return rows if chosen.all() else rows.where(chosen)
