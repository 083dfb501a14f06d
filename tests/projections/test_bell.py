"""The bell: nothing that was said is missed, whenever it was said."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from cdt.database.together import together
from cdt.projections.bell import Bell

PATIENCE_SECONDS = 30.0


class Hung:
    """A bell, the connection that it listens on, and another one that rings it."""

    def __init__(self, bell: Bell, connection: AsyncConnection[Any], dsn: str, stopping: asyncio.Event) -> None:
        self.bell, self.connection, self.dsn, self.stopping = bell, connection, dsn, stopping

    async def tell(self, channel: str) -> None:
        async with await AsyncConnection.connect(self.dsn, autocommit=True) as other:
            await other.execute("SELECT pg_notify(%s, '')", (channel,))


@pytest.fixture
async def hung(dsn: str) -> AsyncIterator[Hung]:
    stopping = asyncio.Event()
    async with (
        await AsyncConnection.connect(dsn, autocommit=True, application_name="cdt-bell") as connection,
        Bell(connection, stopping) as bell,
    ):
        for channel in ("one", "two"):
            await connection.execute(f"LISTEN {channel}")
        yield Hung(bell, connection, dsn, stopping)


async def test_it_wakes_who_waits_and_says_which_channels(hung: Hung) -> None:
    waiting = asyncio.create_task(hung.bell.wait(seconds=PATIENCE_SECONDS))
    await hung.tell("one")

    assert await waiting == {"one"}


@pytest.mark.parametrize("way", ["psycopg", "together"])
async def test_what_was_said_while_the_connection_worked_is_not_missed(hung: Hung, way: str) -> None:
    await hung.tell("one")
    if way == "psycopg":
        await hung.connection.execute("SELECT 1")
    else:
        await together(hung.connection, [("SELECT 1", {})])
    await hung.tell("two")

    heard = set[str]()
    while heard != {"one", "two"}:
        heard |= await hung.bell.wait(seconds=PATIENCE_SECONDS)


async def test_waiting_ends_with_its_time_and_leaves_the_connection_to_others(hung: Hung) -> None:
    assert await hung.bell.wait(seconds=0.01) == set()
    assert (await together(hung.connection, [("SELECT 1 AS one", {})])).values(0) == [1]


async def test_it_is_rung_by_hand_and_by_the_wish_to_stop(hung: Hung) -> None:
    hung.bell.ring()
    assert await hung.bell.wait(seconds=PATIENCE_SECONDS) == set()
    hung.stopping.set()
    assert await hung.bell.wait(seconds=PATIENCE_SECONDS) == set()


async def test_a_lost_connection_is_told_to_who_waits(hung: Hung, dsn: str) -> None:
    waiting = asyncio.create_task(hung.bell.wait(seconds=PATIENCE_SECONDS))
    await asyncio.sleep(0)
    async with await AsyncConnection.connect(dsn, autocommit=True) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cdt-bell'"
        )

    with pytest.raises(psycopg.OperationalError):
        await waiting
