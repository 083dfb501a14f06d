"""Halves of calls joined by several processes, some of which die: each call's predictions once, and none lost."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.predictions.intake import Intake
from cdt.predictions.kserve import calls
from cdt.predictions.kserve.calls import Half, Side
from cdt.predictions.kserve.joining import Told
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.versions import Version
from cdt.workers.calls import Joining, join_calls
from tests.predictions.builders import an_intake
from tests.predictions.quarantining import quarantine, reasons

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BODIES: dict[Side, bytes] = {
    "request": b'{"instances": [[40, 1000, "f"], [30, null, null]]}',
    "answer": b'{"predictions": ["yes", "no"]}',
}
PLAIN = Mapping()


async def take(intake: Intake, version: Version, call_id: str, side: Side, body: bytes | None = None) -> Told:
    half = Half(call_id, side, BODIES[side] if body is None else body, NOW - timedelta(hours=1))
    return await intake.calls.take(version, half, PLAIN, now=NOW)


async def count(connection: AsyncConnection[Any], number: int) -> tuple[int, int]:
    """How many predictions the version has, and how many calls are still kept."""
    cursor = await connection.execute(
        "SELECT predictions, (SELECT count(*) FROM predictions.calls WHERE version_number = number)"
        " FROM predictions.versions WHERE number = %s",
        (number,),
    )
    found = await cursor.fetchone()
    assert found is not None
    return found


async def number_of(connection: AsyncConnection[Any], version: Version) -> int:
    cursor = await connection.execute(
        "SELECT number FROM predictions.versions WHERE version_id = %s", (version.version_id,)
    )
    found = await cursor.fetchone()
    assert found is not None
    return found[0]


async def test_two_processes_join_what_comes_in_any_order_and_twice(
    dsn: str, intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    other = an_intake(dsn)
    await other.open()
    try:
        halves = [(f"c{number}", side) for number in range(30) for side in BODIES] * 2
        random.Random(4).shuffle(halves)
        told = await asyncio.gather(
            *(take([intake, other][place % 2], version, *half) for place, half in enumerate(halves))
        )
    finally:
        await other.close()
    accepted = {each.receipt.accepted for each in told if each.receipt is not None}
    assert accepted == {2}
    number = await number_of(connection, version)
    for call_id, side in halves:  # one that came just while its call was finished waits for what won't come
        await take(intake, version, call_id, side)
    assert (await count(connection, number))[0] == 60


async def test_a_call_whose_process_died_is_taken_in_by_a_worker(
    dsn: str, intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    assert await take(intake, version, "done", "request") == Told("waiting")
    number = await number_of(connection, version)
    for side, body in BODIES.items():  # as its process had committed when it died
        half = Half("left", side, body, None)
        await calls.add(connection, half, PLAIN, project_id=version.project_id, version_number=number)
    writer = Writer(conninfo_as(dsn, DatabaseRole.SYSTEM), connections=1)
    reader = Reader(conninfo_as(dsn, DatabaseRole.SYSTEM), connections=1)
    await writer.open()
    await reader.open()
    try:
        for hours, predictions, kept in ((0, 0, 2), (1, 2, 1), (1, 2, 1)):
            at = datetime.now(UTC) + timedelta(hours=hours)
            await join_calls(Joining(writer=writer, reader=reader, intake=intake, now=lambda at=at: at), 0)
            assert await count(connection, number) == (predictions, kept)
    finally:
        await reader.close()
        await writer.close()


@pytest.mark.parametrize("last", ["request", "answer"])
async def test_predictions_that_were_stored_before_the_process_died_are_not_stored_twice(
    intake: Intake, version: Version, connection: AsyncConnection[Any], last: Side
) -> None:
    first: Side = "answer" if last == "request" else "request"
    await take(intake, version, "a", first)
    number = await number_of(connection, version)
    half = Half("a", last, BODIES[last], None)
    call = await calls.add(connection, half, PLAIN, project_id=version.project_id, version_number=number)
    stored = await intake.calls.finish(version, call, now=NOW)
    await calls.add(connection, half, PLAIN, project_id=version.project_id, version_number=number)
    assert await intake.calls.finish(version, call, now=NOW) == stored
    assert await take(intake, version, "a", last) == stored
    assert await count(connection, number) == (2, 0)


async def test_of_halves_that_differ_the_first_stands(intake: Intake, version: Version) -> None:
    await take(intake, version, "a", "request")
    await take(intake, version, "a", "request", b'{"instances": []}')
    told = await take(intake, version, "a", "answer")
    assert told.receipt is not None
    assert (told.state, told.receipt.accepted) == ("taken", 2)


async def test_a_day_later_a_half_is_forgotten(
    intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    await take(intake, version, "a", "request")
    await take(intake, version, "b", "request")
    await take(intake, version, "b", "answer", b'{"error": "no model"}')
    number = await number_of(connection, version)
    assert await calls.sweep(connection, before=datetime.now(UTC) - timedelta(hours=1), most=10) == []
    swept = await calls.sweep(connection, before=datetime.now(UTC) + timedelta(hours=1), most=10)
    assert sorted(swept) == [(number, "a", False), (number, "b", True)]
    assert await count(connection, number) == (0, 0)


async def test_others_calls_are_not_seen(dsn: str, intake: Intake, version: Version) -> None:
    await take(intake, version, "a", "request")
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.API)) as tenant:
        cursor = await tenant.execute("SELECT count(*) FROM predictions.calls")
        assert await cursor.fetchone() == (0,)


async def test_many_instances_are_as_many_predictions(intake: Intake, version: Version) -> None:
    rows = 10_000
    instances = [[number % 90, number, "f"] for number in range(rows)]
    await take(intake, version, "many", "request", msgspec.json.encode({"instances": instances}))
    answer = msgspec.json.encode({"predictions": ["yes"] * rows})
    told = await take(intake, version, "many", "answer", answer)
    assert told.receipt is not None
    assert told.receipt.accepted == rows


ONE_WRONG = b'{"instances": [[40, 1000, "f"], ["old", null, null]]}'


async def test_an_instance_that_does_not_fit_is_rejected_and_kept(dsn: str, intake: Intake, version: Version) -> None:
    await take(intake, version, "a", "request", ONE_WRONG)
    told = await take(intake, version, "a", "answer")
    assert told.receipt is not None
    assert (told.state, told.receipt.accepted, told.receipt.rejected_count) == ("taken", 1, 1)
    (row,) = await quarantine(dsn)
    assert (row.prediction_id, row.state, reasons(row)) == (
        "a-1", "open", [("age", "type", "must be a number, not 'old'")],
    )  # fmt: skip
    assert row.sent is not None
    assert msgspec.json.decode(row.sent) == {
        "prediction_id": "a-1", "predicted_at": "2026-03-02T11:00:00+00:00", "processing_ms": 0.0, "decision": "no",
        "score": None, "features": {"age": "old", "income": None, "sex": None},
    }  # fmt: skip


async def test_an_instance_is_marked_where_the_policy_is_to_keep_it(dsn: str, intake: Intake, version: Version) -> None:
    marking = replace(version, policy="keep_marked")
    await take(intake, marking, "a", "request", ONE_WRONG)
    told = await take(intake, marking, "a", "answer")
    assert told.receipt is not None
    assert (told.state, told.receipt.accepted, told.receipt.marked) == ("taken", 2, 1)
    assert [(row.prediction_id, row.state) for row in await quarantine(dsn)] == [("a-1", "marked")]


async def test_one_instance_rejects_its_call_where_the_policy_says_so_and_it_stays_so(
    dsn: str, intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    whole = replace(version, policy="reject_batch")
    await take(intake, whole, "a", "request", ONE_WRONG)
    told = await take(intake, whole, "a", "answer")
    assert told.receipt is not None
    assert (told.state, told.receipt.accepted, told.receipt.rejected_count) == ("rejected", 0, 2)
    assert await take(intake, version, "a", "answer") == told
    assert await count(connection, await number_of(connection, version)) == (0, 0)
    assert [(row.prediction_id, reasons(row)[0][1]) for row in await quarantine(dsn)] == [
        ("a-1", "type"), ("a-0", "batch"),
    ]  # fmt: skip


async def test_a_call_that_can_t_be_understood_lies_in_quarantine_as_it_came(
    dsn: str, intake: Intake, version: Version
) -> None:
    await take(intake, version, "a", "request")
    told = await take(intake, version, "a", "answer", b'{"predictions": ["yes"]}')
    assert told.receipt is not None
    assert (told.receipt.accepted, told.receipt.rejected_count) == (0, 1)
    (row,) = await quarantine(dsn)
    assert reasons(row) == [(None, "form", "the request has 2 instances, and the answer 1")]
    assert row.sent is not None
    assert msgspec.json.decode(row.sent) == f'{BODIES["request"].decode()}\n{{"predictions": ["yes"]}}'
