"""Of several processes that could do the same work, the one that does it."""

from typing import Any

from psycopg import AsyncConnection


async def take_leadership(connection: AsyncConnection[Any], lock: int) -> bool:
    """Whether this connection leads from now on, until it is closed or lost; False while another does.

    lock: the number of an advisory lock, one for each work.
    """
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,))
    row = await cursor.fetchone()
    return row is not None and bool(row[0])
