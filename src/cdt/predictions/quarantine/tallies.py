"""How many rows came in for a window besides the predictions that it holds."""

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from cdt.measures.quality import Received
from cdt.predictions.quarantine.held import VIOLATIONS


async def received(
    connection: AsyncConnection[Any], version_number: int, *, start: datetime, end: datetime
) -> Received:
    """By now, of the hours that begin in a window. The transaction must see the project."""
    cursor = await connection.execute(
        "SELECT"
        " coalesce(sum(rows) FILTER (WHERE tally = 'duplicate'), 0)::bigint,"
        " coalesce(sum(rows) FILTER (WHERE tally = 'marked' OR tally = ANY(%(violations)s)), 0)::bigint,"
        " coalesce(sum(rows) FILTER (WHERE tally NOT IN ('duplicate', 'marked')), 0)::bigint"
        " FROM predictions.tallies"
        " WHERE version_number = %(number)s AND hour >= %(start)s AND hour < %(end)s",
        {"number": version_number, "start": start, "end": end, "violations": list(VIOLATIONS)},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Received(*row)
