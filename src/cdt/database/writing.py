"""Writing kept tables: one transaction on a pooled connection, under the tenants' policy where the table has one."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cdt.database.pools import borrowed, lent, pool
from cdt.database.together import Answers, Statement, together


class Writer:
    """Hands out transactions on the kept tables of vault, storage and work."""

    def __init__(self, conninfo: str, *, connections: int) -> None:
        """`conninfo` sets the role (see `conninfo_as`)."""
        self._pool = pool(conninfo, connections=connections)
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to connect; does not wait for a server that is away."""
        await self._pool.open(wait=False)

    def look_after(self, payload: str) -> None:
        """Listen to a channel with this: once the server is back, idle connections that died with it are replaced."""
        if not payload:
            self._looking = asyncio.create_task(self._pool.check(), name="look after the writers' pool")

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(
        self, projects: Sequence[UUID] = (), *, user_id: UUID | None = None
    ) -> AsyncGenerator[AsyncConnection[Any]]:
        """A transaction that sees the rows of these projects, or of this person."""
        async with borrowed(self._pool) as connection, connection.transaction():
            if projects:
                await connection.execute(
                    "SELECT set_config('cdt.projects', %s, true)", ("{" + ",".join(map(str, projects)) + "}",)
                )
            if user_id is not None:
                await connection.execute("SELECT set_config('cdt.user', %s, true)", (str(user_id),))
            yield connection

    async def together(self, *statements: Statement) -> Answers:
        """Run statements in order, in one round trip and one transaction."""
        async with lent(self._pool) as connection:
            return await together(connection, statements)
