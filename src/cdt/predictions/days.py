"""Profiles of whole days: the hours of a day that is over, added up; gone as soon as rows come for one of its hours."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.measures.grid import Grid
from cdt.measures.packing import decode_all, encode
from cdt.measures.profile import Profile
from cdt.predictions import slice_folds
from cdt.predictions.slice_counter import SliceCounter
from cdt.predictions.versions import NumberedVersion

DAY_HOURS = 24


class Stored(msgspec.Struct, frozen=True):
    """The bytes of a profile of one hour, or of a day from its midnight on."""

    start: datetime
    is_day: bool
    payload: bytes


def day_of(moment: datetime) -> date:
    """The day in UTC."""
    return moment.astimezone(UTC).date()


def first_day(since: datetime) -> date:
    """The first day in UTC that lies whole after a moment."""
    return day_of(since - timedelta(microseconds=1)) + timedelta(days=1)


async def forget(connection: AsyncConnection[Any], version_number: int, days: Iterable[date] | None = None) -> None:
    """Rows come for hours of these days, or of all: whoever reads them reads their hours from now on."""
    await connection.execute(
        "DELETE FROM predictions.profile_days WHERE version_number = %(number)s"
        " AND (%(days)s::date[] IS NULL OR day = ANY(%(days)s::date[]))",
        {"number": version_number, "days": None if days is None else list(days)},
    )


async def close(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    grid: Grid,
    days: Iterable[date],
    counter: SliceCounter | None = None,
) -> None:
    """Add up the hours of these days; counter: of the slices that are counted beside them."""
    for day in sorted(days):
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        cursor = await connection.execute(
            "SELECT payload FROM predictions.profiles"
            " WHERE version_number = %(number)s AND hour >= %(start)s AND hour < %(end)s",
            {"number": version.number, "start": start, "end": start + timedelta(days=1)},
            binary=True,
        )
        hours = await cursor.fetchall()
        if not hours:
            continue
        await connection.execute(
            "INSERT INTO predictions.profile_days (project_id, version_number, day, payload)"
            " VALUES (%(project)s, %(number)s, %(day)s, %(payload)b)"
            " ON CONFLICT (version_number, day) DO UPDATE SET payload = excluded.payload",
            {
                "project": version.project_id,
                "number": version.number,
                "day": day,
                "payload": encode(decode_all(grid, (hour for (hour,) in hours))),
            },
        )
        if counter is not None:
            await slice_folds.add_up_day(connection, version.number, counter, day)


async def stored_since(
    connection: AsyncConnection[Any],
    version_number: int,
    *,
    since: datetime,
    end: datetime | None = None,
    days_from: date | None = None,
) -> list[Stored]:
    """What is folded of a window of whole hours: its days that are added up, and the hours of all others.

    days_from: the first day that may be read whole; the first that lies in the window, unless it is later. The
    transaction must read at one moment.
    """
    first = first_day(since)
    values = {
        "number": version_number,
        "since": since,
        "end": end,
        "first": first if days_from is None else max(first, days_from),
        "last": None if end is None else day_of(end),
    }
    async with connection.cursor(binary=True, row_factory=class_row(Stored)) as cursor:
        await cursor.execute(
            "SELECT day::timestamp AT TIME ZONE 'UTC' AS start, true AS is_day, payload FROM predictions.profile_days"
            " WHERE version_number = %(number)s AND day >= %(first)s"
            " AND (%(last)s::date IS NULL OR day < %(last)s::date)"
            " UNION ALL SELECT hour, false, payload FROM predictions.profiles AS counted"
            " WHERE version_number = %(number)s AND hour >= %(since)s"
            " AND (%(end)s::timestamptz IS NULL OR hour < %(end)s::timestamptz)"
            " AND NOT EXISTS (SELECT FROM predictions.profile_days AS whole"
            " WHERE whole.version_number = counted.version_number"
            " AND whole.day = (counted.hour AT TIME ZONE 'UTC')::date AND whole.day >= %(first)s"
            " AND (%(last)s::date IS NULL OR whole.day < %(last)s::date))",
            values,
        )
        return await cursor.fetchall()


async def profile_of(
    connection: AsyncConnection[Any], version_number: int, grid: Grid, *, start: datetime, end: datetime
) -> Profile:
    """What is folded of a window of whole hours, onto the grid it was folded onto."""
    stored = await stored_since(connection, version_number, since=start, end=end)
    return decode_all(grid, (each.payload for each in stored))
