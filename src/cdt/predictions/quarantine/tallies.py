"""How many rows of a window were duplicates, rejected or marked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from cdt.predictions.quarantine.held import Tally


async def tallies(
    connection: AsyncConnection[Any], version_number: int, *, start: datetime, end: datetime
) -> Mapping[Tally, int]:
    """Rows by why, of the hours that begin in a window."""
    cursor = await connection.execute(
        "SELECT tally, sum(rows)::bigint FROM predictions.tallies"
        " WHERE version_number = %(number)s AND hour >= %(start)s AND hour < %(end)s GROUP BY tally",
        {"number": version_number, "start": start, "end": end},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}
