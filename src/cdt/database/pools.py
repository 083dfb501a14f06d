"""Pools of connections: how long whoever needs one waits, and how soon the server is looked for again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

PATIENCE_SECONDS = 5.0
"""Longer than a restart of Postgres takes, shorter than people wait. The pool's own 300 s let its pauses between tries
grow to minutes, so that a server that was away for long would be found late."""

CONNECTION: dict[str, object] = {"autocommit": True, "prepare_threshold": None}
"""For every connection of a pool. After a rollback psycopg deallocates all statements of a connection if it prepared
one, those of `together` with them: so it prepares none."""


def pool(conninfo: str, *, connections: int) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """A pool, not opened yet; its connections commit by themselves unless a transaction is opened."""
    return AsyncConnectionPool(
        conninfo,
        min_size=1,
        max_size=connections,
        open=False,
        timeout=PATIENCE_SECONDS,
        reconnect_timeout=PATIENCE_SECONDS,
        kwargs=CONNECTION,
    )


@asynccontextmanager
async def lent(pool: AsyncConnectionPool[AsyncConnection[Any]]) -> AsyncGenerator[AsyncConnection[Any]]:
    """A connection for `together`, which leaves none in a transaction; the pool's own commits, at twice the price."""
    connection = await pool.getconn()
    try:
        yield connection
    finally:
        await _give_back(pool, connection)


@asynccontextmanager
async def borrowed(pool: AsyncConnectionPool[AsyncConnection[Any]]) -> AsyncGenerator[AsyncConnection[Any]]:
    """A connection for anything: what was begun on it is committed, or rolled back after an error."""
    async with lent(pool) as connection, connection:
        yield connection


async def _give_back(pool: AsyncConnectionPool[AsyncConnection[Any]], connection: AsyncConnection[Any]) -> None:
    """To the end, though whoever had it is cancelled: a return that is cut off loses the pool a connection for ever."""
    await asyncio.shield(asyncio.ensure_future(pool.putconn(connection)))
