"""Hearing of positions: who waits is woken, and what was heard is forgotten when it may no longer be true."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from cdt.database.notifications import PROJECTED, Notifications
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.kernel import Position

PATIENCE_SECONDS = 5


async def test_who_waits_for_a_position_is_woken_by_it_or_a_later_one(dsn: str) -> None:
    async with listening(dsn) as (notifications, _):
        waiting = [
            asyncio.create_task(notifications.wait_for(Position(each), seconds=PATIENCE_SECONDS)) for each in (3, 4)
        ]
        too_far = asyncio.create_task(notifications.wait_for(Position(5), seconds=PATIENCE_SECONDS))

        tell(dsn, "4 registry")

        assert await asyncio.gather(*waiting) == [True, True]
        assert not too_far.done()
        too_far.cancel()


async def test_waiting_ends_with_its_time(dsn: str) -> None:
    async with listening(dsn) as (notifications, _):
        assert not await notifications.wait_for(Position(1), seconds=0.01)


async def test_a_notification_of_an_earlier_position_changes_nothing(dsn: str) -> None:
    async with listening(dsn) as (notifications, payloads):
        tell(dsn, "4 registry")
        tell(dsn, "2 registry")

        assert [await payloads.get() for _ in range(2)] == ["4 registry", "2 registry"]
        assert notifications.projected == 4


async def test_what_is_heard_while_the_tables_are_read_is_not_forgotten(dsn: str) -> None:
    async with listening(dsn) as (notifications, payloads):
        tell(dsn, "4 registry")
        assert await payloads.get() == "4 registry"

        async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.API)) as connection:
            await notifications._catch_up(connection)

        assert await payloads.get() == ""
        assert await notifications.wait_for(Position(4), seconds=0.01)


async def test_after_a_lost_connection_the_tables_say_what_is_projected_even_if_more_was_heard(dsn: str) -> None:
    async with listening(dsn) as (notifications, payloads):
        with psycopg.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
            connection.execute("UPDATE follower SET position = 5")
        tell(dsn, "7 registry")
        assert await payloads.get() == "7 registry"
        assert notifications.projected == 7

        lose_connection(dsn)

        assert await asyncio.wait_for(payloads.get(), PATIENCE_SECONDS) == ""
        assert notifications.projected == 5


async def test_who_gets_the_number_of_a_lost_socket_is_still_woken(dsn: str) -> None:
    before = sockets()
    async with listening(dsn) as (_, payloads):
        (lost,) = sockets() - before
        ours, theirs = socket.socketpair()
        woken = asyncio.Event()
        taking = asyncio.create_task(take_number(ours, lost, woken))

        lose_connection(dsn)
        await asyncio.wait_for(taking, PATIENCE_SECONDS)
        assert await asyncio.wait_for(payloads.get(), PATIENCE_SECONDS) == ""  # it listens again, elsewhere

        theirs.send(b"!")
        await asyncio.wait_for(woken.wait(), PATIENCE_SECONDS)
    asyncio.get_running_loop().remove_reader(lost)
    os.close(lost)
    ours.close()
    theirs.close()


def sockets() -> set[int]:
    """The numbers of this process's sockets."""
    return {int(each.name) for each in Path("/dev/fd").iterdir() if is_socket(int(each.name))}


def is_socket(number: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


async def take_number(taker: socket.socket, number: int, woken: asyncio.Event) -> None:
    """Take a socket's number in the turn of the loop after the one that finds it closed, and wait there for bytes."""
    loop = asyncio.get_running_loop()
    is_taken = asyncio.Event()

    def look() -> None:
        if is_socket(number):
            loop.call_soon(look)
            return
        os.dup2(taker.fileno(), number)
        loop.add_reader(number, woken.set)
        is_taken.set()

    look()
    await is_taken.wait()


def lose_connection(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cdt-listening'"
        )


@asynccontextmanager
async def listening(dsn: str) -> AsyncGenerator[tuple[Notifications, asyncio.Queue[str]]]:
    payloads: asyncio.Queue[str] = asyncio.Queue()
    notifications = Notifications(conninfo_as(dsn, DatabaseRole.API, application="cdt-listening"), PROJECTED)
    async with notifications.following(PROJECTED, payloads.put_nowait):
        await notifications.open()
        assert await asyncio.wait_for(payloads.get(), PATIENCE_SECONDS) == ""
        yield notifications, payloads
        await notifications.close()


def tell(dsn: str, payload: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", (PROJECTED, payload))
