"""Bodies of any length: written unseen part by part, visible all at once, taken back if they don't come to an end."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.errors import Invalid
from cdt.predictions import unsealed
from cdt.predictions.decoding.ndjson import predictions_of_ndjson
from cdt.predictions.errors import BeingTakenIn, KeyWasOther, WasGivenUp
from cdt.predictions.intake import Intake
from cdt.predictions.leaving import PredictionBatch
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.parts import Part
from cdt.predictions.reading import read_predictions
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejections
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version
from tests.predictions.builders import NOW, a_row, an_intake, as_ndjson, many_rows, send

Row = dict[str, Any]
TABLES = ("identities", "payloads", "segments", "unsealed_bodies", "unsealed_segments", "receipts")


class Body:
    """A body whose parts are lists of rows; `meanwhile` is awaited after each."""

    def __init__(
        self, parts: Iterable[list[Row]], version: Version, *, meanwhile: Callable[[int], Awaitable[None]] | None = None
    ) -> None:
        self.read = 0
        self._parts = list(parts)
        self._version = version
        self._meanwhile = meanwhile

    async def parts(self) -> AsyncIterator[Part[PredictionBatch]]:
        for rows in self._parts:
            rejections = Rejections()
            batch = predictions_of_ndjson(as_ndjson(*rows), self._version.signature, now=NOW, rejections=rejections)
            self.read += 1
            yield Part(batch, rejections)
            if self._meanwhile is not None:
                await self._meanwhile(self.read)

    async def digest(self) -> str:
        return str(hash(as_ndjson(*(row for rows in self._parts for row in rows))))


async def nothing() -> None: ...


async def send_large(intake: Intake, version: Version, body: Body, *, key: str | None = None) -> Receipt:
    return await intake.take_large_predictions(version, body, key=key, confirm=nothing)


async def as_system(dsn: str) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True)


async def counts(dsn: str) -> dict[str, int]:
    async with await as_system(dsn) as connection:
        found: dict[str, int] = {}
        for table in TABLES:
            cursor = await connection.execute(f"SELECT count(*) FROM predictions.{table}")  # type: ignore[arg-type]
            found[table] = (await cursor.fetchone() or (0,))[0]
    return {table: count for table, count in found.items() if count}


async def stored_ids(dsn: str, version: Version, number: int = 1) -> list[str]:
    async with await as_system(dsn) as connection:
        rows = await read_predictions(
            connection, NO_OBJECTS, await find_segments(connection, number), version.signature
        )
    return rows.ids.to_pylist()


async def test_a_body_is_seen_all_at_once_in_the_order_in_which_it_came(
    dsn: str, intake: Intake, version: Version
) -> None:
    rows = many_rows(900)
    seen: list[list[str]] = []

    async def look(_part: int) -> None:
        seen.append(await stored_ids(dsn, version))

    await send(intake, version, a_row("before"))
    body = Body([rows[:300], rows[300:600], rows[600:]], version, meanwhile=look)
    receipt = await send_large(intake, version, body)

    assert seen == [["before"]] * 3
    assert await stored_ids(dsn, version) == ["before", *(row["prediction_id"] for row in rows)]
    assert (receipt.accepted, receipt.duplicates, receipt.rejected_count, receipt.sequence) == (900, 0, 0, 4)
    assert await counts(dsn) == {"identities": 901, "payloads": 4, "segments": 4}


@pytest.mark.parametrize("seed", range(6))
async def test_in_parts_or_whole_the_receipt_and_the_rows_are_the_same(
    dsn: str, intake: Intake, version: Version, seed: int
) -> None:
    chance = random.Random(seed)
    other = replace(version, version_id=uuid4())

    def a_random_row() -> Row:
        row = a_row(f"p{chance.randrange(60)}", score=chance.choice([0.25, 0.5]))
        return {**row, **chance.choice([{}, {}, {}, {"decision": "maybe"}, {"predicted_at": "2026-02-28T12:00:00Z"}])}

    before = [a_random_row() for _ in range(20)]
    rows = [a_random_row() for _ in range(120)]
    cuts = sorted(chance.sample(range(1, 120), 5))
    for each in (version, other):
        await send(intake, each, *before)
    parts = [rows[start:end] for start, end in zip([0, *cuts], [*cuts, 120], strict=True)]
    in_parts = await send_large(intake, version, Body(parts, version))
    whole = await send(intake, other, *rows)

    assert (in_parts.accepted, in_parts.duplicates) == (whole.accepted, whole.duplicates)
    assert in_parts.rejected == whole.rejected
    assert in_parts.rejected_count == whole.rejected_count > 0
    assert await stored_ids(dsn, version, 1) == await stored_ids(dsn, version, 2)


async def test_rows_of_a_body_that_is_not_whole_yet_can_neither_be_taken_nor_called_duplicates(
    dsn: str, intake: Intake, version: Version
) -> None:
    told: list[object] = []

    async def send_one_of_them(_part: int) -> None:
        told.extend(
            await asyncio.gather(
                send(intake, version, a_row("p1"), a_row("mine")),
                send(intake, version, a_row(f"innocent {_part}")),
                send_large(intake, version, Body([[a_row("yours")], [a_row("p1")]], version)),
                return_exceptions=True,
            )
        )

    await send_large(intake, version, Body([[a_row("p1")], [a_row("p2")]], version, meanwhile=send_one_of_them))

    assert [type(each) for each in told] == [BeingTakenIn, Receipt, BeingTakenIn] * 2
    again = await send(intake, version, a_row("p1"), a_row("mine"))
    assert (again.accepted, again.duplicates) == (1, 1)


async def test_what_is_given_up_leaves_nothing_and_can_be_sent_again_at_once(dsn: str, version: Version) -> None:
    intake = an_intake(dsn, renew_seconds=0.01)
    await intake.open()

    async def fail(part: int) -> None:
        if part == 2:
            raise Invalid("body", "it ends in the middle")

    rows = many_rows(700)
    with pytest.raises(Invalid):
        await send_large(intake, version, Body([rows[:300], rows[300:600], rows[600:]], version, meanwhile=fail))
    while await counts(dsn):
        pass
    receipt = await send_large(intake, version, Body([rows], version))
    await intake.close()

    assert receipt.accepted == 700


async def test_what_may_no_longer_be_sent_at_the_end_is_given_up(dsn: str, intake: Intake, version: Version) -> None:
    class NotAnyMore(Exception): ...

    async def refuse() -> None:
        raise NotAnyMore

    with pytest.raises(NotAnyMore):
        await intake.take_large_predictions(version, Body([[a_row("a")]], version), confirm=refuse)
    assert await stored_ids(dsn, version) == []


async def test_a_body_of_a_process_that_died_is_taken_back_and_a_living_ones_is_not(
    dsn: str, intake: Intake, version: Version
) -> None:
    living, waiting = asyncio.Event(), asyncio.Event()

    async def stay(_part: int) -> None:
        waiting.set()
        await living.wait()

    writing = asyncio.create_task(send_large(intake, version, Body([many_rows(300)], version, meanwhile=stay)))
    await waiting.wait()
    async with await as_system(dsn) as system:
        assert await unsealed.abandoned(system) == []
        await system.execute("UPDATE predictions.unsealed_bodies SET renewed_at = renewed_at - interval '21 s'")
        (body_id,) = await unsealed.abandoned(system)
        await unsealed.give_up(system, body_id)
        while await unsealed.discard_segment(system, body_id):
            pass
    assert await counts(dsn) == {}
    living.set()
    with pytest.raises(WasGivenUp):  # it was only slow; but it was told dead, and others may have its rows by now
        await writing
    assert await counts(dsn) == {}


async def test_a_body_that_was_taken_back_takes_no_further_part(dsn: str, intake: Intake, version: Version) -> None:
    async def take_back(part: int) -> None:
        if part == 1:
            async with await psycopg.AsyncConnection.connect(
                conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True
            ) as connection:
                await connection.execute("UPDATE predictions.unsealed_bodies SET is_given_up = true")

    with pytest.raises(WasGivenUp):
        await send_large(intake, version, Body([[a_row("a")], [a_row("b")]], version, meanwhile=take_back))
    assert await stored_ids(dsn, version) == []


async def test_its_writer_renews_it(dsn: str, version: Version) -> None:
    intake = an_intake(dsn, renew_seconds=0.01)
    await intake.open()

    async def until_renewed(_part: int) -> None:
        async with await psycopg.AsyncConnection.connect(
            conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True
        ) as connection:
            await connection.execute("UPDATE predictions.unsealed_bodies SET renewed_at = renewed_at - interval '21 s'")
            while True:
                cursor = await connection.execute(
                    "SELECT renewed_at > now() - interval '9 s' FROM predictions.unsealed_bodies"
                )
                if await cursor.fetchone() == (True,):
                    return

    assert (await send_large(intake, version, Body([[a_row("a")]], version, meanwhile=until_renewed))).accepted == 1
    await intake.close()


async def test_under_the_same_key_the_same_body_is_answered_alike_without_being_stored(
    intake: Intake, version: Version
) -> None:
    parts = [[a_row("a")], [a_row("b"), a_row("c", decision="maybe")]]
    first = await send_large(intake, version, Body(parts, version), key="k")
    again = Body(parts, version)

    assert await send_large(intake, version, again, key="k") == first
    assert (again.read, first.receipt_id is None) == (0, False)
    with pytest.raises(KeyWasOther):
        await send_large(intake, version, Body([[a_row("d")]], version), key="k")


async def test_of_two_with_one_key_at_once_one_is_stored(dsn: str, intake: Intake, version: Version) -> None:
    async def send_other(_part: int) -> None:
        await send_large(intake, version, Body([[a_row("other")]], version), key="k")

    with pytest.raises(KeyWasOther):
        await send_large(intake, version, Body([[a_row("a")]], version, meanwhile=send_other), key="k")
    assert await stored_ids(dsn, version) == ["other"]


async def test_a_body_without_rows_is_refused_and_one_with_bad_rows_alone_is_told_of(
    dsn: str, intake: Intake, version: Version
) -> None:
    with pytest.raises(Invalid, match="at least one row"):
        await send_large(intake, version, Body([], version))
    bad = [[a_row(f"{part} {row}", decision="maybe") for row in range(700)] for part in range(2)]
    receipt = await send_large(intake, version, Body(bad, version))

    assert (receipt.accepted, receipt.rejected_count) == (0, 1_400)
    assert [each.row for each in receipt.rejected] == list(range(1_000))


async def test_who_takes_in_rows_may_take_back_only_what_is_not_sealed(
    dsn: str, intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("sealed"))
    async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.API)) as connection:
        await connection.execute("SELECT set_config('cdt.projects', %s, true)", (f"{{{version.project_id}}}",))
        for statement in ("DELETE FROM predictions.identities", "DELETE FROM predictions.payloads"):
            assert (await connection.execute(statement)).rowcount == 0
    assert await counts(dsn) == {"identities": 1, "payloads": 1, "segments": 1}
