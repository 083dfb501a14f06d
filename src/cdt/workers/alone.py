"""Work on a version that one process at a time may do."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from psycopg import AsyncConnection


@asynccontextmanager
async def alone(connection: AsyncConnection[Any], work: int, version_number: int) -> AsyncGenerator[bool]:
    """Whether this connection does the work alone until the end; False while another does it.

    The end is told: the server hears of a connection that was closed later, and the next job would find it at work.
    """
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (work, version_number))
    row = await cursor.fetchone()
    if row is None or not row[0]:
        yield False
        return
    try:
        yield True
    finally:
        with suppress(psycopg.Error):  # a connection that is lost holds nothing
            await connection.execute("SELECT pg_advisory_unlock(%s, %s)", (work, version_number))
