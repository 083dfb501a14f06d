"""Folding: segments become profiles by the hour, and labels that waited meet their predictions. Safe to do twice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation

from cdt.measures.grid import Grid
from cdt.predictions import days
from cdt.predictions.columns import Labels, Predictions, join_labels, moment_of
from cdt.predictions.counting import MICROSECONDS_AN_HOUR, add_labels, add_predictions, by_hour, hours_of
from cdt.predictions.errors import Overtaken
from cdt.predictions.folded import MARK
from cdt.predictions.hours import keep_hour, kept_hour
from cdt.predictions.meeting import are_labels_waiting, meet_waiting_labels
from cdt.predictions.objects import Objects
from cdt.predictions.reading import each_labels, read_predictions, within
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.versions import NumberedVersion

PAGE_SEGMENTS = 200
PAGE_ROWS = 200_000
_ATTEMPTS = 5
_NO_GRID = ""
"""Where the mark of a grid is kept: nothing was counted, the predictions only met the labels that waited."""


class _Fold(msgspec.Struct, frozen=True):
    """How far a version is folded; the newest `predicted_at` up to there, of rows that may be gone."""

    sequence: int
    high_water: datetime | None


class Folded(msgspec.Struct, frozen=True):
    """How far a version is folded now, and whether that is all there was."""

    sequence: int
    is_all: bool


async def fold(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid | None,
    *,
    hash_key: bytes,
    segment_ids: SegmentIds,
) -> Folded:
    """Fold one page of the version's segments onto its grid; call it again until all is folded.

    Without a grid nothing is counted, and labels meet their predictions all the same. The profiles are committed
    together with the sequence they reach, under the lock of the version's fold. Another grid than last time begins
    anew. Works as the system; the connection must not be in a transaction.
    """
    for attempt in range(_ATTEMPTS):
        try:
            await segment_ids.reserve(connection, 2 + 2 * PAGE_ROWS // 10_000)
            async with connection.transaction():
                return await _fold_page(connection, objects, version, grid, hash_key, segment_ids)
        except (UniqueViolation, DeadlockDetected, SerializationFailure, Overtaken):
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError


async def meet(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid | None,
    *,
    hash_key: bytes,
    segment_ids: SegmentIds,
) -> None:
    """Fold everything if labels wait, so that none waits whose prediction is there; else there is nothing to do."""
    while await are_labels_waiting(connection, version.number):
        if (await fold(connection, objects, version, grid, hash_key=hash_key, segment_ids=segment_ids)).is_all:
            return


async def _fold_page(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid | None,
    hash_key: bytes,
    segment_ids: SegmentIds,
) -> Folded:
    fold = await _lock(connection, version, _NO_GRID if grid is None else MARK + grid.digest)
    if fold is None:
        return Folded(0, is_all=True)
    before = fold.sequence
    newest, kept_from = await _newest(connection, version.number)
    found = await find_segments(connection, version.number, after=before, limit=PAGE_SEGMENTS + 1)
    segments = _page(found)
    if not segments:
        if newest > before:  # what came since is thrown away already
            await _reach(connection, version.number, newest, fold.high_water)
        return Folded(max(before, newest), is_all=True)
    predictions = await read_predictions(connection, objects, segments, version.signature, predicted_from=kept_from)
    label_parts = [
        (segment, within(rows, kept_from, None))
        async for segment, rows in each_labels(connection, objects, segments, version.signature)
    ]
    labels = join_labels([rows for _, rows in label_parts], version.signature)
    sequence_by_hour = {
        hour: segment.sequence
        for segment, rows in label_parts
        for hour in np.unique(hours_of(rows.predicted_at)).tolist()
    }
    high_water = await _high_water(connection, version.number, segments[-1].sequence)
    if grid is not None:
        hours = await _count(connection, version, grid, predictions, labels, sequence_by_hour)
        await _keep_days(connection, version, grid, hours, before=fold.high_water, reached=high_water)
    met = await meet_waiting_labels(
        connection, objects, version, predictions, hash_key=hash_key, segment_ids=segment_ids
    )
    reached = segments[-1].sequence
    await _reach(connection, version.number, reached, high_water)
    return Folded(reached, is_all=len(segments) == len(found) and not met)


def _page(segments: Sequence[Segment]) -> list[Segment]:
    page: list[Segment] = []
    rows = 0
    for segment in segments[:PAGE_SEGMENTS]:
        rows += segment.rows
        if page and rows > PAGE_ROWS:
            break
        page.append(segment)
    return page


async def _newest(connection: AsyncConnection[Any], version_number: int) -> tuple[int, datetime | None]:
    """The version's newest sequence, and from when on its rows are kept: that moves under the fold's lock alone."""
    cursor = await connection.execute(
        "SELECT sequence, kept_from FROM predictions.versions WHERE number = %(number)s", {"number": version_number}
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def _high_water(connection: AsyncConnection[Any], version_number: int, sequence: int) -> datetime:
    cursor = await connection.execute(
        "SELECT high_water FROM predictions.segments WHERE version_number = %(number)s AND sequence = %(sequence)s",
        {"number": version_number, "sequence": sequence},
    )
    row = await cursor.fetchone()
    if row is None:
        raise Overtaken
    return row[0]


async def _reach(
    connection: AsyncConnection[Any], version_number: int, sequence: int, high_water: datetime | None
) -> None:
    await connection.execute(
        "UPDATE predictions.folds SET sequence = %(sequence)s, high_water = %(high_water)s,"
        " folded_at = clock_timestamp() WHERE version_number = %(number)s",
        {"sequence": sequence, "high_water": high_water, "number": version_number},
    )


async def _lock(connection: AsyncConnection[Any], version: NumberedVersion, mark: str) -> _Fold | None:
    """Lock the version's fold; answer how far it is on this grid, in this format.

    None when it has got a grid since we saw none.
    """
    await connection.execute(
        "INSERT INTO predictions.folds (version_number, project_id, grid, sequence) VALUES (%s, %s, %s, 0)"
        " ON CONFLICT (version_number) DO NOTHING",
        (version.number, version.project_id, mark),
    )
    cursor = await connection.execute(
        "SELECT fold.grid, fold.sequence, coalesce(fold.high_water, segment.high_water) FROM predictions.folds AS fold"
        " LEFT JOIN predictions.segments AS segment"
        " ON segment.version_number = fold.version_number AND segment.sequence = fold.sequence"
        " WHERE fold.version_number = %s FOR UPDATE OF fold",
        (version.number,),
    )
    row = await cursor.fetchone()
    assert row is not None
    if row[0] == mark:
        return _Fold(row[1], row[2])
    if mark == _NO_GRID:
        return None
    await connection.execute("DELETE FROM predictions.profiles WHERE version_number = %s", (version.number,))
    await days.forget(connection, version.number)
    await connection.execute(
        "UPDATE predictions.folds SET grid = %s, sequence = 0, high_water = NULL WHERE version_number = %s",
        (mark, version.number),
    )
    return _Fold(0, None)


async def _count(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    grid: Grid,
    predictions: Predictions,
    labels: Labels,
    sequence_by_hour: Mapping[int, int],
) -> list[int]:
    """Add the rows to the profiles of their hours, one hour at a time: a dense profile may take a megabyte.

    sequence_by_hour: the newest sequence that holds labels of the hour. Answers the hours, in microseconds since 1970.
    """
    predictions_by_hour = dict(by_hour(predictions))
    labels_by_hour = dict(by_hour(labels))
    hours = sorted({*predictions_by_hour, *labels_by_hour})
    for hour in hours:
        profile = await kept_hour(connection, version, grid, hour)
        if hour in predictions_by_hour:
            profile = add_predictions(profile, predictions_by_hour[hour])
        if hour in labels_by_hour:
            profile = add_labels(profile, labels_by_hour[hour])
        labelled_through = sequence_by_hour.get(hour // MICROSECONDS_AN_HOUR, 0)
        await keep_hour(connection, version, hour, profile, labelled_through)
    return hours


async def _keep_days(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    grid: Grid,
    hours: Sequence[int],
    *,
    before: datetime | None,
    reached: datetime,
) -> None:
    """Add up the days that are over by now: those of these hours, and the newest one until now.

    before, reached: the newest `predicted_at` until now, and with these rows.
    """
    newest = [days.day_of(high_water) for high_water in (before, reached) if high_water is not None]
    changed = {days.day_of(moment_of(hour)) for hour in hours}
    await days.forget(connection, version.number, changed)
    await days.close(connection, version, grid, {day for day in {*changed, *newest} if day < newest[-1]})
