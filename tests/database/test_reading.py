"""Reading: what is asked side by side travels together, and what is wrong with one is not the others' fault."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import psycopg
import pytest

from cdt.database import reading
from cdt.database.reading import Reader, Scope
from cdt.database.roles import DatabaseRole, conninfo_as
from tests.builders import an_id

HERE, THERE = Scope(projects=(an_id(1),)), Scope(projects=(an_id(2),))


class Told(msgspec.Struct, frozen=True):
    """What a statement saw."""

    number: int
    projects: str
    transaction: str


class Trips:
    """How many statements each round trip had."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        send = reading.send

        async def counting(connection: Any, prepared: Any) -> Any:
            self.sizes.append(len(prepared.statements))
            return await send(connection, prepared)

        monkeypatch.setattr(reading, "send", counting)


@pytest.fixture
async def reader(dsn: str) -> AsyncIterator[Reader]:
    reader = Reader(conninfo_as(dsn, DatabaseRole.API), connections=4)
    await reader.open()
    yield reader
    await reader.close()


async def told(reader: Reader, number: int, scope: Scope = HERE, *, once: asyncio.Future[None] | None = None) -> Told:
    async with reader.at(reading.Position(0), scope, once=once) as view:
        row = await view.row(
            Told,
            "SELECT %(number)s::int AS number, current_setting('cdt.projects') AS projects,"
            " pg_backend_pid() || ' ' || now() AS transaction",
            number=number,
        )
    assert row is not None
    return row


async def test_what_is_asked_side_by_side_is_one_trip(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = Trips(monkeypatch)

    rows = await asyncio.gather(*(told(reader, number) for number in range(5)))

    assert [row.number for row in rows] == [0, 1, 2, 3, 4]
    assert len({row.transaction for row in rows}) == 1
    assert trips.sizes == [6]  # and whose rows they may see


async def test_who_may_see_other_rows_travels_apart(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = Trips(monkeypatch)

    rows = await asyncio.gather(*(told(reader, number, (HERE, THERE)[number % 2]) for number in range(6)))

    assert [row.projects for row in rows] == [f"{{{an_id(1 + number % 2)}}}" for number in range(6)]
    assert trips.sizes == [4, 4]


async def test_more_than_one_trip_takes_are_several(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = Trips(monkeypatch)

    rows = await asyncio.gather(*(told(reader, number) for number in range(reading.MOST_TOGETHER + 1)))

    assert [row.number for row in rows] == list(range(reading.MOST_TOGETHER + 1))
    assert sorted(trips.sizes) == [2, reading.MOST_TOGETHER + 1]


async def test_what_is_wrong_with_one_is_told_to_that_one_alone(reader: Reader) -> None:
    async def wrong() -> None:
        async with reader.at(reading.Position(0), HERE) as view:
            await view.rows(Told, "SELECT 1 / 0 AS number")

    first, error, second = await asyncio.gather(told(reader, 1), wrong(), told(reader, 2), return_exceptions=True)

    assert isinstance(first, Told)
    assert isinstance(second, Told)
    assert isinstance(error, psycopg.errors.DivisionByZero)


async def test_who_gives_up_takes_nobody_along(reader: Reader) -> None:
    tasks = [asyncio.create_task(told(reader, number)) for number in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()

    first, given_up, last = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(given_up, asyncio.CancelledError)
    assert [each.number for each in (first, last) if isinstance(each, Told)] == [0, 2]


async def test_who_waits_for_something_reads_after_it_and_holds_no_connection_until_then(dsn: str) -> None:
    reader = Reader(conninfo_as(dsn, DatabaseRole.API), connections=1)
    await reader.open()
    try:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(told(reader, 1, once=done))
        at_once = [await told(reader, number) for number in (2, 3)]
        assert [row.number for row in at_once] == [2, 3]
        assert not waiting.done()

        done.set_result(None)
        assert (await waiting).number == 1
    finally:
        await reader.close()


async def test_what_is_waited_for_in_vain_is_told_to_each_who_waits(reader: Reader) -> None:
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiting = [asyncio.create_task(told(reader, number, once=lost)) for number in range(3)]
    await asyncio.sleep(0)
    lost.set_exception(LookupError("not there"))

    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(each) for each in answers] == ["not there"] * 3


async def test_nobody_writes_while_reading(reader: Reader) -> None:
    with pytest.raises(psycopg.errors.Error):
        async with reader.at(reading.Position(0), HERE) as view:
            await view.rows(Told, "UPDATE follower SET position = 7")
