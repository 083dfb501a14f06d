"""Profiles by the hour, as they are kept: how far a version's segments are folded, and the counts of a window."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from psycopg import AsyncConnection

from cdt.measures.grid import Grid
from cdt.measures.packing import decode_all
from cdt.measures.profile import Profile
from cdt.predictions.columns import microseconds
from cdt.predictions.counting import add_labels, add_predictions
from cdt.predictions.segments import Segment, each_labels, each_predictions, find_segments
from cdt.predictions.versions import NumberedVersion

HOUR = timedelta(hours=1)


class WindowProfile(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a window's rows, of all segments up to a sequence.

    predicted_from, predicted_to: the half-open window that was counted: the one asked for, widened to whole hours.
    """

    profile: Profile
    predicted_from: datetime
    predicted_to: datetime
    sequence: int


async def folded_sequence(connection: AsyncConnection[Any], version_number: int, grid: Grid) -> int:
    """How far the version's segments are folded onto the grid; 0 for not at all."""
    cursor = await connection.execute(
        "SELECT sequence FROM predictions.folds WHERE version_number = %s AND grid = %s", (version_number, grid.digest)
    )
    row = await cursor.fetchone()
    return 0 if row is None else row[0]


async def tail(connection: AsyncConnection[Any], version_number: int, grid: Grid) -> list[Segment]:
    """The segments that are not folded yet."""
    return await find_segments(
        connection, version_number, after=await folded_sequence(connection, version_number, grid)
    )


async def window_profile(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    grid: Grid,
    *,
    predicted_from: datetime,
    predicted_to: datetime,
) -> WindowProfile:
    """The counts of a window as of now: the folded hours and the tail's rows, read at one moment.

    Begins a transaction of its own, so the connection must not be in one. Its cost grows with the hours and the tail.
    """
    start, end = whole_hours(predicted_from, predicted_to)
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        folded = await folded_sequence(connection, version.number, grid)
        stored = await _stored(connection, version.number, start, end) if folded else []
        segments = await find_segments(connection, version.number, after=folded)
        profile = await add_segments(
            connection, version, decode_all(grid, stored), segments, predicted_from=start, predicted_to=end
        )
    sequence = segments[-1].sequence if segments else folded
    return WindowProfile(profile=profile, predicted_from=start, predicted_to=end, sequence=sequence)


async def add_segments(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    profile: Profile,
    segments: Sequence[Segment],
    *,
    predicted_from: datetime,
    predicted_to: datetime,
) -> Profile:
    """The profile with the rows added that lie in the half-open window, of segments in the order of sequence."""
    start, end = microseconds(predicted_from), microseconds(predicted_to)
    held = [each for each in segments if each.predicted_from < predicted_to and each.predicted_to >= predicted_from]
    async for _, rows in each_predictions(connection, held, version.signature):
        profile = add_predictions(profile, _within(rows, start, end))
    async for _, rows in each_labels(connection, held, version.signature):
        profile = add_labels(profile, _within(rows, start, end))
    return profile


def whole_hours(predicted_from: datetime, predicted_to: datetime) -> tuple[datetime, datetime]:
    """The least window of whole hours, UTC, that holds the half-open window.

    >>> whole_hours(datetime(2026, 3, 1, 9, 30, tzinfo=UTC), datetime(2026, 3, 1, 11, tzinfo=UTC))[0].hour
    9
    """
    return _hour(predicted_from), -(-microseconds(predicted_to) // _HOUR_MICROSECONDS) * HOUR + _EPOCH


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_MICROSECONDS = 3_600_000_000


def _hour(moment: datetime) -> datetime:
    return microseconds(moment) // _HOUR_MICROSECONDS * HOUR + _EPOCH


async def _stored(connection: AsyncConnection[Any], version_number: int, start: datetime, end: datetime) -> list[bytes]:
    cursor = await connection.execute(
        "SELECT payload FROM predictions.profiles WHERE version_number = %s AND hour >= %s AND hour < %s",
        (version_number, start, end),
        binary=True,
    )
    return [row[0] for row in await cursor.fetchall()]


def _within(rows: Any, start: int, end: int) -> Any:
    chosen = (rows.predicted_at >= start) & (rows.predicted_at < end)
    return rows if bool(np.all(chosen)) else rows.where(chosen)
