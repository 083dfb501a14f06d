"""How many predictions and labels there are by hour, day or month of `predicted_at`, from what is folded."""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

Step = Literal["hour", "day", "month"]
MOST_HOURS = timedelta(days=14)
MOST_DAYS = timedelta(days=1_100)


class Volume(msgspec.Struct, frozen=True):
    """Rows of one step, from its start on; labels count with their predictions."""

    start: datetime
    predictions: int
    labels: int


def step_of(start: datetime, end: datetime) -> Step:
    """So that a screen can show them.

    >>> from datetime import UTC
    >>> new_year = datetime(2026, 1, 1, tzinfo=UTC)
    >>> [step_of(new_year, new_year + timedelta(days=days)) for days in (14, 15, 1_101)]
    ['hour', 'day', 'month']
    """
    length = end - start
    return "hour" if length <= MOST_HOURS else "day" if length <= MOST_DAYS else "month"


async def volumes(
    connection: AsyncConnection[Any],
    version_number: int,
    *,
    start: datetime,
    end: datetime,
    step: Step,
    time_zone: str,
) -> list[Volume]:
    """Of every step that the half-open window touches, cut to it at whole hours; those without rows as well."""
    async with connection.cursor(row_factory=class_row(Volume)) as cursor:
        await cursor.execute(
            "SELECT step.start, coalesce(sum(counted.rows), 0)::bigint AS predictions,"
            " coalesce(sum(counted.labels), 0)::bigint AS labels"
            " FROM generate_series(date_trunc(%(step)s, %(start)s::timestamptz, %(zone)s),"
            " %(end)s::timestamptz - interval '1 microsecond', ('1 ' || %(step)s)::interval, %(zone)s) AS step (start)"
            " LEFT JOIN predictions.profiles AS counted ON counted.version_number = %(number)s"
            " AND counted.hour >= %(start)s AND counted.hour < %(end)s"
            " AND counted.hour >= step.start"
            " AND counted.hour < date_add(step.start, ('1 ' || %(step)s)::interval, %(zone)s)"
            " GROUP BY step.start ORDER BY step.start",
            {"number": version_number, "start": start, "end": end, "step": step, "zone": time_zone},
        )
        return await cursor.fetchall()
