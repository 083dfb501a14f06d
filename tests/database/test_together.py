"""Statements that travel together: all or none, whatever breaks, and what they answer."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg import AsyncConnection

from cdt.database import together as module
from cdt.database.together import Statement, together
from tests.builders import NOON, an_id

ADD = "INSERT INTO things (name) VALUES (%(name)s)"


class Thing(msgspec.Struct, frozen=True):
    id: Any
    at: datetime
    share: float
    found: dict[str, int]
    ids: list[Any]
    nothing: None


@pytest.fixture
async def connection(dsn: str) -> AsyncGenerator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        await connection.execute("SET TimeZone = 'UTC'")
        await connection.execute("CREATE TABLE things (name text PRIMARY KEY)")
        yield connection


def adding(*names: str) -> list[Statement]:
    return [(ADD, {"name": name}) for name in names]


def names_in(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM things ORDER BY name")]


async def until_somebody_waits(connection: psycopg.Connection[Any]) -> None:
    while True:
        if connection.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
            return
        await asyncio.sleep(0)


async def test_each_statement_answers_its_rows_by_name(connection: AsyncConnection[Any]) -> None:
    values = {"id": an_id(1), "at": NOON, "share": 0.1, "ids": [an_id(1), an_id(2)], "nothing": None, "unnamed": 1}

    answers = await together(
        connection,
        [
            *adding("first"),
            (
                (
                    "SELECT %(id)s AS id, %(at)s AS at, %(share)s AS share, '{\"a\": 1}'::jsonb AS found,"
                    " %(ids)s AS ids, %(nothing)s::text AS nothing WHERE %(id)s = %(id)s AND 7 %% 2 = 1"
                ),
                values,
            ),
            ("SELECT name FROM things", {}),
        ],
    )

    assert answers.values(2) == ["first"]
    [thing] = answers.rows(1, Thing)
    assert thing == Thing(an_id(1), NOON, 0.1, {"a": 1}, [an_id(1), an_id(2)], None)
    assert thing.at.tzinfo == UTC


async def test_when_one_fails_nothing_was_done_and_its_own_error_is_raised(
    dsn: str, connection: AsyncConnection[Any]
) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        await together(connection, adding("a", "b", "a", "c"))

    assert names_in(dsn) == []
    await together(connection, adding("a", "b", "c"))
    assert names_in(dsn) == ["a", "b", "c"]


async def test_a_statement_that_could_not_be_prepared_is_prepared_when_it_can(connection: AsyncConnection[Any]) -> None:
    later: Statement = ("SELECT name FROM later", {})
    with pytest.raises(psycopg.errors.UndefinedTable):
        await together(connection, [later])

    await connection.execute("CREATE TABLE later AS SELECT 'found' AS name")

    assert (await together(connection, [later])).values(0) == ["found"]


async def test_a_value_that_cannot_be_sent_leaves_nothing_behind(dsn: str, connection: AsyncConnection[Any]) -> None:
    with pytest.raises(psycopg.DataError):
        await together(connection, adding("a", "nul \x00"))

    assert names_in(dsn) == []
    assert (await together(connection, [("SELECT 1", {})])).values(0) == [1]


async def test_within_a_transaction_they_are_part_of_it(dsn: str, connection: AsyncConnection[Any]) -> None:
    async with connection.transaction(force_rollback=True):
        await together(connection, adding("a"))
        await together(connection, adding("b"))

    assert names_in(dsn) == []


async def test_a_cancelled_one_leaves_nothing_behind(dsn: str, connection: AsyncConnection[Any]) -> None:
    with psycopg.connect(dsn) as other:
        other.execute("INSERT INTO things VALUES ('b')")
        waiting = asyncio.create_task(together(connection, adding("a", "b")))
        await until_somebody_waits(other)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    assert connection.closed
    assert names_in(dsn) == ["b"]


async def test_a_lost_connection_is_told_and_closed(dsn: str, connection: AsyncConnection[Any]) -> None:
    with psycopg.connect(dsn) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

    with pytest.raises(psycopg.OperationalError):
        await together(connection, adding("a"))

    assert connection.closed


async def test_more_than_the_buffers_take_goes_both_ways(connection: AsyncConnection[Any]) -> None:
    long: Statement = ("SELECT repeat(%(text)s, 2)", {"text": "x" * 20_000})

    answers = await together(connection, [long] * 500)

    assert {len(answers.values(each)[0]) for each in range(500)} == {40_000}


async def test_beyond_what_is_kept_prepared_statements_run_all_the_same(
    connection: AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PREPARED", 1)

    answers = await together(connection, [("SELECT 1", {}), ("SELECT 2", {}), ("SELECT 3", {}), ("SELECT 1", {})])

    assert [answers.values(each) for each in range(4)] == [[1], [2], [3], [1]]
    kept = await connection.execute("SELECT statement FROM pg_prepared_statements")
    assert await kept.fetchall() == [("SELECT 1",)]


async def test_what_psycopg_rolls_back_beside_it_leaves_its_statements_alone(
    dsn: str, connection: AsyncConnection[Any]
) -> None:
    await together(connection, adding("before"))
    for number in range(7):  # so often that psycopg would prepare the statement
        await connection.execute("INSERT INTO things (name) VALUES (%s)", (f"beside {number}",))
    with pytest.raises(psycopg.errors.UniqueViolation):
        async with connection.transaction():
            await connection.execute("INSERT INTO things (name) VALUES (%s)", ("before",))

    await together(connection, adding("after"))

    assert {"before", "after"} <= set(names_in(dsn))


async def test_what_follows_reads_what_was_committed_and_is_answered_last(
    connection: AsyncConnection[Any], dsn: str
) -> None:
    count = "SELECT count(*) AS things, pg_current_xact_id_if_assigned() AS changing FROM things"

    answers = await together(connection, adding("a", "b"), then=(count, {}))

    assert answers.rows(-1, dict) == [{"things": 2, "changing": None}]  # in a transaction that changed nothing
    assert names_in(dsn) == ["a", "b"]


async def test_when_what_follows_fails_the_rest_stands(connection: AsyncConnection[Any], dsn: str) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        await together(connection, adding("a"), then=("SELECT 1 / 0", {}))

    assert names_in(dsn) == ["a"]
    assert (await together(connection, adding("b"))).values is not None


async def test_when_a_statement_fails_its_error_is_told_and_what_follows_is_not(
    connection: AsyncConnection[Any], dsn: str
) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        await together(connection, adding("a", "a"), then=("SELECT 1 AS one", {}))

    assert names_in(dsn) == []
    assert (await together(connection, [], then=("SELECT 1 AS one", {}))).rows(0, dict) == [{"one": 1}]


async def test_a_notification_that_arrives_meanwhile_is_handed_over(connection: AsyncConnection[Any]) -> None:
    heard: list[str] = []
    connection.add_notify_handler(lambda notice: heard.append(notice.payload))
    await together(connection, [("LISTEN things", {})])

    await together(connection, [("SELECT pg_notify('things', 'added')", {})])

    assert heard == ["added"]
