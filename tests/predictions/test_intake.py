"""Taking in predictions: what is acknowledged is there, once, in the order of its sequence."""

import asyncio

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions.digests import digest_of_predictions
from cdt.predictions.errors import KeyWasOther
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_predictions
from cdt.predictions.receipts import Receipt
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version, find_version, intake_states
from tests.predictions.builders import a_row, an_intake, many_rows, send


async def test_what_is_acknowledged_can_be_read_back(dsn: str, intake: Intake, version: Version) -> None:
    receipt = await send(intake, version, a_row("a", age=31.5), a_row("b", sex=None, decision="no"))
    async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        known = await find_version(connection, version.version_id)
        assert known is not None
        segments = await find_segments(connection, known.number)
        rows = await read_predictions(connection, NO_OBJECTS, segments, known.signature)
        state = (await intake_states(connection, [version.version_id]))[version.version_id]
    assert receipt == Receipt(accepted=2, duplicates=0, sequence=1)
    assert rows.ids.to_pylist() == ["a", "b"]
    assert rows.features["age"].tolist() == [31.5, 40.0]
    assert [segment.digest for segment in segments] == [digest_of_predictions(rows)]
    assert (state.sequence, state.predictions, state.rejected) == (1, 2, 0)


async def test_the_same_id_on_the_same_day_is_a_duplicate_and_on_another_day_is_not(
    intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("a", predicted_at="2026-03-01T00:00:00Z"))
    again = await send(
        intake,
        version,
        a_row("a", predicted_at="2026-03-01T00:00:00Z"),
        a_row("a", predicted_at="2026-03-02T00:00:00Z"),
        a_row("a", predicted_at="2026-03-02T00:00:00Z"),
    )
    assert again == Receipt(accepted=1, duplicates=2, sequence=2)


async def test_the_same_key_answers_the_same_receipt_and_another_body_is_a_conflict(
    intake: Intake, version: Version
) -> None:
    first = await send(intake, version, a_row("a"), key="k")
    again = await send(intake, version, a_row("a"), key="k")
    assert first.receipt_id is not None
    assert again == first
    with pytest.raises(KeyWasOther):
        await send(intake, version, a_row("b"), key="k")
    assert await send(intake, version, a_row("b")) == Receipt(accepted=1, duplicates=0, sequence=2)


async def test_two_processes_that_take_in_the_same_ids_store_each_once(
    dsn: str, intake: Intake, version: Version
) -> None:
    other = an_intake(dsn)
    await other.open()
    rows = [a_row(f"p{number}") for number in range(200)]
    sent = [send(each, version, row) for row in rows for each in (intake, other)]
    receipts = await asyncio.gather(*sent, send(intake, version, *rows), send(other, version, *reversed(rows)))
    await other.close()
    assert sum(receipt.accepted for receipt in receipts) == 200
    assert sum(receipt.duplicates for receipt in receipts) == 600


async def test_many_rows_are_cut_into_segments_of_one_commit(dsn: str, intake: Intake, version: Version) -> None:
    receipt = await send(intake, version, *many_rows(25_000))
    async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        segments = await find_segments(connection, 1)
        rows = await read_predictions(connection, NO_OBJECTS, segments, version.signature)
    assert receipt == Receipt(accepted=25_000, duplicates=0, sequence=3)
    assert [(segment.sequence, segment.rows) for segment in segments] == [(1, 10_000), (2, 10_000), (3, 5_000)]
    assert rows.ids.to_pylist() == [f"p{number}" for number in range(25_000)]
    assert await send(intake, version, *many_rows(25_000)) == Receipt(accepted=0, duplicates=25_000, sequence=3)
