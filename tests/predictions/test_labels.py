"""Labels: each finds its prediction, waits for it, corrects another label, or is there already."""

import asyncio
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions.columns import Labels
from cdt.predictions.digests import digest_of_labels
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_labels
from cdt.predictions.receipts import Receipt
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version, find_version, intake_states
from tests.predictions.builders import a_label, a_row, an_intake, many_rows, send, send_labels


async def labels_of(dsn: str, version: Version) -> Labels:
    async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        known = await find_version(connection, version.version_id)
        assert known is not None
        segments = await find_segments(connection, known.number, kind="labels")
        rows = await read_labels(connection, NO_OBJECTS, segments, known.signature)
        if len(segments) == 1:
            assert segments[0].digest == digest_of_labels(rows)
        state = (await intake_states(connection, [version.version_id]))[version.version_id]
        assert state.labels == rows.sign.sum()
        return rows


def counts(labels: Labels) -> list[tuple[str, str, int]]:
    return list(
        zip(
            labels.ids.to_pylist(),
            [labels.label.values[code] for code in labels.label.codes],
            labels.sign.tolist(),
            strict=True,
        )
    )


async def test_a_label_carries_what_its_prediction_said(dsn: str, intake: Intake, version: Version) -> None:
    await send(
        intake, version, a_row("a", decision="yes", score=0.9, age=31.0, sex=None), a_row("b", sex="m", score=None)
    )
    receipt = await send_labels(intake, version, a_label("b", "no"), a_label("a", "yes"))
    labels = await labels_of(dsn, version)
    assert receipt == Receipt(accepted=2, duplicates=0, sequence=2)
    assert counts(labels) == [("b", "no", 1), ("a", "yes", 1)]
    assert labels.decision.codes.tolist() == [1, 1]
    assert np.array_equal(labels.score, [np.nan, 0.9], equal_nan=True)
    assert set(labels.features) == {"age", "sex"}
    sex = labels.features["sex"]
    assert [sex.values[code] if code >= 0 else None for code in sex.codes] == ["m", None]  # type: ignore[union-attr]


async def test_the_same_label_again_is_a_duplicate_and_another_one_a_correction(
    dsn: str, intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("a"))
    await send_labels(intake, version, a_label("a", "yes"))
    assert await send_labels(intake, version, a_label("a", "yes")) == Receipt(accepted=0, duplicates=1, sequence=2)
    corrected = await send_labels(intake, version, a_label("a", "no"))
    assert corrected == Receipt(accepted=1, duplicates=0, corrected=1, sequence=3)
    assert counts(await labels_of(dsn, version)) == [("a", "yes", 1), ("a", "yes", -1), ("a", "no", 1)]


async def test_labels_of_one_body_are_put_on_one_another(dsn: str, intake: Intake, version: Version) -> None:
    await send(intake, version, a_row("a"))
    receipt = await send_labels(intake, version, a_label("a", "yes"), a_label("a", "yes"), a_label("a", "no"))
    assert receipt == Receipt(accepted=2, duplicates=1, corrected=1, sequence=2)
    assert counts(await labels_of(dsn, version)) == [("a", "yes", 1), ("a", "yes", -1), ("a", "no", 1)]


async def test_a_label_without_a_day_is_of_the_newest_prediction_and_one_with_it_of_that_days(
    dsn: str, intake: Intake, version: Version
) -> None:
    old, new = "2024-01-01T08:00:00Z", "2026-03-01T09:00:00Z"
    await send(intake, version, a_row("a", predicted_at=old, age=1.0), a_row("a", predicted_at=new, age=2.0))
    await send_labels(intake, version, a_label("a", "yes"), a_label("a", "no", predicted_at="2024-01-01T23:00:00Z"))
    labels = await labels_of(dsn, version)
    assert labels.features["age"].tolist() == [2.0, 1.0]  # type: ignore[union-attr]
    assert counts(labels) == [("a", "yes", 1), ("a", "no", 1)]


async def test_a_label_before_its_prediction_waits_and_is_accepted_once(intake: Intake, version: Version) -> None:
    assert await send_labels(intake, version, a_label("a", "yes")) == Receipt(accepted=1, duplicates=0, waiting=1)
    assert await send_labels(intake, version, a_label("a", "yes")) == Receipt(accepted=0, duplicates=1)
    assert await send_labels(intake, version, a_label("a", "no")) == Receipt(accepted=1, duplicates=0, corrected=1)


async def test_two_processes_that_label_the_same_predictions_count_each_once(
    dsn: str, intake: Intake, version: Version
) -> None:
    other = an_intake(dsn)
    await other.open()
    await send(intake, version, *many_rows(100))
    sent: list[Any] = [
        send_labels(each, version, a_label(f"p{number}", "yes")) for number in range(100) for each in (intake, other)
    ]
    receipts = await asyncio.gather(*sent)
    await other.close()
    assert sum(receipt.accepted for receipt in receipts) == 100
    assert sorted(counts(await labels_of(dsn, version))) == sorted((f"p{number}", "yes", 1) for number in range(100))


async def test_labels_beside_their_predictions_are_either_counted_or_waiting(
    dsn: str, intake: Intake, version: Version
) -> None:
    sent: list[Any] = []
    for number in range(100):
        sent += [send(intake, version, a_row(f"p{number}")), send_labels(intake, version, a_label(f"p{number}", "no"))]
    await asyncio.gather(*sent)
    labelled = set((await labels_of(dsn, version)).ids.to_pylist())
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        waiting = {
            row[0] for row in connection.execute("SELECT prediction_id FROM predictions.waiting_labels").fetchall()
        }
    assert labelled | waiting == {f"p{number}" for number in range(100)}
    assert not labelled & waiting


async def test_correcting_many_labels_takes_as_many_statements_as_correcting_one(
    intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [row["prediction_id"] for row in many_rows(200)]
    await send(intake, version, *many_rows(200))
    await send_labels(intake, version, *(a_label(name, "no") for name in names))
    statements = 0
    execute = AsyncConnection.execute

    async def counted(self: Any, *about: Any, **options: Any) -> Any:
        nonlocal statements
        statements += 1
        return await execute(self, *about, **options)

    monkeypatch.setattr(AsyncConnection, "execute", counted)
    assert (await send_labels(intake, version, a_label(names[0], "yes"))).corrected == 1
    one, statements = statements, 0
    assert (await send_labels(intake, version, *(a_label(name, "yes") for name in names[1:]))).corrected == 199
    assert statements == one
