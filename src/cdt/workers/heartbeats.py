"""A sign of life in Postgres, for `/readyz`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import psycopg
import psycopg_pool
import structlog

from cdt.background import beside
from cdt.database.writing import Writer

BEAT_SECONDS = 5.0

log = structlog.get_logger()


@asynccontextmanager
async def beating(writer: Writer, *, process: str, kind: str) -> AsyncGenerator[None]:
    """Beat while the context is open; a database that is away is told, and tried again."""

    async def beat() -> None:
        while True:
            try:
                async with writer.transaction() as connection:
                    await connection.execute(
                        "INSERT INTO work.heartbeats (process, kind, beaten_at)"
                        " VALUES (%(process)s, %(kind)s, clock_timestamp())"
                        " ON CONFLICT (process) DO UPDATE SET beaten_at = excluded.beaten_at",
                        {"process": process, "kind": kind},
                    )
                    await connection.execute(
                        "DELETE FROM work.heartbeats WHERE beaten_at < clock_timestamp() - interval '1 hour'"
                    )
            except (psycopg.Error, psycopg_pool.PoolTimeout) as error:
                log.warning("heartbeat_missed", error=str(error).strip())
            await asyncio.sleep(BEAT_SECONDS)

    async with beside(beat(), name="beat"):
        yield
