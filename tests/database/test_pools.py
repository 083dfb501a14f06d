"""Pools: a connection comes back whatever becomes of whoever had it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from cdt.database.pools import borrowed, lent, pool
from cdt.database.roles import DatabaseRole, conninfo_as

Lending = Callable[[AsyncConnectionPool[Any]], AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]]


@pytest.fixture
async def of_one(dsn: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    """A pool of one connection."""
    made = pool(conninfo_as(dsn, DatabaseRole.API), connections=1)
    await made.open(wait=True)
    yield made
    await made.close()


@pytest.mark.parametrize("lending", [lent, borrowed])
async def test_who_is_cancelled_while_giving_one_back_has_given_it_back(
    of_one: AsyncConnectionPool[Any], lending: Lending
) -> None:
    has_it, may_go = asyncio.Event(), asyncio.Event()

    async def use() -> None:
        async with lending(of_one):
            has_it.set()
            await may_go.wait()

    using = asyncio.create_task(use())
    await has_it.wait()
    async with of_one._lock:  # somebody else is just asking for one
        may_go.set()
        await asyncio.sleep(0.05)
        using.cancel()
        await asyncio.wait({using})

    assert using.cancelled()
    async with asyncio.timeout(2), lending(of_one) as connection:
        await connection.execute("SELECT 1")


async def test_what_failed_is_rolled_back_and_what_did_not_is_committed(of_one: AsyncConnectionPool[Any]) -> None:
    async def keep(number: int, *, fails: bool) -> None:
        async with borrowed(of_one) as connection:
            await connection.execute("CREATE TEMPORARY TABLE IF NOT EXISTS kept (number int)")
            await connection.execute("BEGIN")
            await connection.execute("INSERT INTO kept VALUES (%s)", (number,))
            if fails:
                raise ZeroDivisionError

    await keep(1, fails=False)
    with pytest.raises(ZeroDivisionError):
        await keep(2, fails=True)

    async with borrowed(of_one) as connection:
        cursor = await connection.execute("SELECT number FROM kept")
        assert await cursor.fetchall() == [(1,)]
