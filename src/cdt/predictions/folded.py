"""What a live reading starts from: the hours that are folded, and which versions have news."""

from datetime import datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.measures.packing import FORMAT

MARK = f"{FORMAT}:"
"""Before the digest of the grid that a version is folded onto: profiles of a former format are folded anew."""


class FoldState(msgspec.Struct, frozen=True):
    """How far a version is folded onto a grid, and the newest `predicted_at` up to there."""

    sequence: int
    high_water: datetime


class Behind(msgspec.Struct, frozen=True):
    """A version that has something to fold, and how far it is folded."""

    number: int
    sequence: int


class Coverage(msgspec.Struct, frozen=True):
    """How many predictions and labels of a window are folded.

    labelled_through: the newest intake sequence that brought, corrected or took back a label of the window; 0 when none
        did since sequences are kept by the hour. labelled_at: when that came in.
    """

    rows: int
    labels: int
    labelled_through: int
    labelled_at: datetime | None


async def numbers_behind(connection: AsyncConnection[Any]) -> set[int]:
    """The versions that took in rows which their live reading, if there is one, has not seen."""
    cursor = await connection.execute(
        "SELECT version.number FROM predictions.versions AS version"
        " LEFT JOIN predictions.live_readings AS live ON live.version_id = version.version_id"
        " WHERE version.sequence > coalesce(live.sequence, 0)"
    )
    return {row[0] for row in await cursor.fetchall()}


async def numbers_read(connection: AsyncConnection[Any]) -> set[int]:
    """The versions that have a live reading."""
    cursor = await connection.execute(
        "SELECT version.number FROM predictions.versions AS version"
        " JOIN predictions.live_readings AS live ON live.version_id = version.version_id"
    )
    return {row[0] for row in await cursor.fetchall()}


async def stored(connection: AsyncConnection[Any], version_number: int, grid_digest: str) -> FoldState | None:
    """How far the version is folded onto the grid; None for not at all."""
    async with connection.cursor(row_factory=class_row(FoldState)) as cursor:
        await cursor.execute(
            "SELECT fold.sequence, coalesce(segment.high_water, fold.high_water) AS high_water"
            " FROM predictions.folds AS fold LEFT JOIN predictions.segments AS segment"
            " ON segment.version_number = fold.version_number AND segment.sequence = fold.sequence"
            " WHERE fold.version_number = %(number)s AND fold.grid = %(grid)s"
            " AND coalesce(segment.high_water, fold.high_water) IS NOT NULL",
            {"number": version_number, "grid": MARK + grid_digest},
        )
        return await cursor.fetchone()


async def newest(connection: AsyncConnection[Any], version_number: int) -> datetime | None:
    """The newest `predicted_at` of all that came in, folded or not."""
    cursor = await connection.execute(
        "SELECT high_water FROM predictions.versions WHERE number = %(number)s", {"number": version_number}
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def next_hour(connection: AsyncConnection[Any], version_number: int, *, after: datetime) -> datetime | None:
    """The first folded hour that holds predictions and ends after a moment."""
    cursor = await connection.execute(
        "SELECT min(hour) FROM predictions.profiles WHERE version_number = %(number)s AND rows > 0"
        " AND hour > %(after)s::timestamptz - interval '1 hour'",
        {"number": version_number, "after": after},
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


class Days(msgspec.Struct, frozen=True):
    """From the first to the last of them how many there are, and how many hold predictions; by UTC."""

    days: int
    busy_days: int


async def days_between(
    connection: AsyncConnection[Any], version_number: int, *, start: datetime, end: datetime
) -> Days | None:
    """On which days of a window predictions were made, as far as they are folded; None for no day."""
    async with connection.cursor(row_factory=class_row(Days)) as cursor:
        await cursor.execute(
            "SELECT max(day) - min(day) + 1 AS days, count(DISTINCT day)::int AS busy_days FROM ("
            " SELECT (hour AT TIME ZONE 'UTC')::date AS day FROM predictions.profiles"
            " WHERE version_number = %(number)s AND hour >= %(start)s AND hour < %(end)s AND rows > 0"
            ") AS folded HAVING count(*) > 0",
            {"number": version_number, "start": start, "end": end},
        )
        return await cursor.fetchone()


async def coverage(
    connection: AsyncConnection[Any], version_number: int, *, start: datetime, end: datetime
) -> Coverage:
    """What of a window of whole hours is folded."""
    async with connection.cursor(row_factory=class_row(Coverage)) as cursor:
        await cursor.execute(
            "SELECT folded.rows, folded.labels, folded.labelled_through,"
            " (SELECT segment.recorded_at FROM predictions.segments AS segment"
            " WHERE segment.version_number = %(number)s AND segment.sequence = folded.labelled_through)"
            " AS labelled_at FROM ("
            " SELECT coalesce(sum(rows), 0)::bigint AS rows, coalesce(sum(labels), 0)::bigint AS labels,"
            " coalesce(max(labelled_through), 0) AS labelled_through FROM predictions.profiles"
            " WHERE version_number = %(number)s AND hour >= %(start)s AND hour < %(end)s"
            ") AS folded",
            {"number": version_number, "start": start, "end": end},
        )
        found = await cursor.fetchone()
    assert found is not None
    return found


async def behind(connection: AsyncConnection[Any], *, segments: int, seconds: float) -> list[Behind]:
    """The versions with so many segments not folded, or any that nobody has folded for so long.

    One that is folded is among them as long as it is not counted by the slices that its plan declares. One without a
    grid has something to fold only while labels wait for their predictions.
    """
    async with connection.cursor(row_factory=class_row(Behind)) as cursor:
        await cursor.execute(
            "SELECT version.number, coalesce(fold.sequence, 0) AS sequence FROM predictions.versions AS version"
            " LEFT JOIN registry_versions AS registered ON registered.id = version.version_id"
            " LEFT JOIN predictions.folds AS fold ON fold.version_number = version.number"
            " AND fold.grid = coalesce(%(mark)s || registered.grid_digest, '')"
            " LEFT JOIN evaluations_plans AS plan ON plan.version_id = version.version_id AND NOT plan.closed"
            " WHERE (version.sequence - coalesce(fold.sequence, 0) >= %(segments)s"
            " OR (version.sequence > coalesce(fold.sequence, 0)"
            " AND coalesce(fold.folded_at, '-infinity') < clock_timestamp() - make_interval(secs => %(seconds)s))"
            " OR (fold.sequence > 0 AND registered.grid_digest IS NOT NULL"
            " AND (fold.slices IS DISTINCT FROM nullif(plan.policy -> 'slices', '[]')"
            " OR fold.slices_sequence < fold.sequence)))"
            " AND (registered.grid_digest IS NOT NULL OR EXISTS (SELECT FROM predictions.waiting_labels AS waiting"
            " WHERE waiting.version_number = version.number))",
            {"segments": segments, "seconds": seconds, "mark": MARK},
        )
        return await cursor.fetchall()
