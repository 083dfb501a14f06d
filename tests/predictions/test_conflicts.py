"""A row whose id and day are taken: the same row again is a duplicate, another one is named and changes nothing."""

import asyncio
import random
from datetime import datetime
from typing import Any

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions import intake as intake_module
from cdt.predictions import taking
from cdt.predictions.columns import microseconds
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_predictions
from cdt.predictions.refusals import IS_ANOTHER
from cdt.predictions.rejections import Rejection
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version
from tests.predictions.builders import a_row, an_intake, many_rows, send

Row = dict[str, Any]


async def stored(dsn: str, version: Version) -> dict[tuple[str, int], tuple[Any, ...]]:
    async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        rows = await read_predictions(connection, NO_OBJECTS, await find_segments(connection, 1), version.signature)
    sex = rows.features["sex"]
    contents = zip(
        rows.predicted_at.tolist(), rows.decision.codes.tolist(), rows.score.tolist(), rows.features["age"].tolist(),
        [None if code < 0 else sex.values[code] for code in sex.codes], strict=True,
    )  # fmt: skip
    keys = [
        (name, at // 86_400_000_000) for name, at in zip(rows.ids.to_pylist(), rows.predicted_at.tolist(), strict=True)
    ]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, contents, strict=True))


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"predicted_at": "2026-03-01T12:00:00.000001Z"}, "predicted_at"),
        ({"decision": "no"}, "decision"),
        ({"score": 0.7500000000000001}, "score"),
        ({"score": None}, "score"),
        ({"age": None}, "age"),
        ({"income": 0.0}, "income"),
        ({"sex": "m"}, "sex"),
        ({"sex": None}, "sex"),
        ({"score": 0.1, "sex": "m"}, "score"),
    ],
)
async def test_another_row_of_the_same_id_and_day_is_named_by_the_first_column_that_differs(
    dsn: str, intake: Intake, version: Version, changes: Row, column: str
) -> None:
    await send(intake, version, a_row("a"))
    before = await stored(dsn, version)
    receipt = await send(intake, version, a_row("b"), a_row("a", **changes), a_row("a"))

    assert (receipt.accepted, receipt.duplicates, receipt.rejected_count) == (1, 1, 1)
    assert receipt.rejected == (Rejection(1, column, IS_ANOTHER),)
    assert before.items() <= (await stored(dsn, version)).items()


async def test_of_rows_that_come_together_the_first_is_taken(intake: Intake, version: Version) -> None:
    receipt = await send(intake, version, a_row("a"), a_row("a"), a_row("a", sex="m"), a_row("a", score=None))

    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    assert receipt.rejected == (Rejection(2, "sex", IS_ANOTHER), Rejection(3, "score", IS_ANOTHER))


async def test_a_row_that_comes_with_another_is_held_against_the_one_that_was_there(
    intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("a"))
    receipt = await send(intake, version, a_row("a", sex="m"), a_row("a"), a_row("a", sex="m"))

    assert (receipt.accepted, receipt.duplicates) == (0, 1)
    assert [each.row for each in receipt.rejected] == [0, 2]


async def test_the_row_is_counted_in_its_body_with_the_bad_ones_before_it(intake: Intake, version: Version) -> None:
    await send(intake, version, a_row("a"))
    bad = a_row("bad", decision="maybe")
    receipt = await send(intake, version, bad, a_row("b"), bad, bad, a_row("a", sex="m"), bad, key="k")

    assert (receipt.accepted, receipt.duplicates, receipt.rejected_count) == (1, 0, 5)
    assert [(each.row, each.column) for each in receipt.rejected] == [
        (0, "decision"), (2, "decision"), (3, "decision"), (4, "sex"), (5, "decision"),
    ]  # fmt: skip
    assert await send(intake, version, bad, a_row("b"), bad, bad, a_row("a", sex="m"), bad, key="k") == receipt


async def test_many_rows_are_compared_alike(dsn: str, intake: Intake, version: Version) -> None:
    rows = many_rows(2_500)
    await send(intake, version, *rows)
    changed = [a_row(row["prediction_id"], predicted_at=row["predicted_at"], age=-1.0) for row in rows[::2]]
    receipt = await send(intake, version, *rows[1::2], *changed)

    assert (receipt.accepted, receipt.duplicates, receipt.rejected_count) == (0, 1_250, 1_250)
    assert len(receipt.rejected) == 1_000
    assert receipt.rejected[0] == Rejection(1_250, "age", IS_ANOTHER)
    assert -1.0 not in {content[3] for content in (await stored(dsn, version)).values()}


@pytest.mark.parametrize("few_rows", [0, 4, 256])
async def test_whatever_is_sent_the_first_row_of_an_id_and_day_stays_and_each_other_is_told(
    dsn: str, intake: Intake, version: Version, few_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held against plain Python, over segments of both forms and both lanes."""
    monkeypatch.setattr(taking, "FEW_ROWS", few_rows)
    monkeypatch.setattr(intake_module, "SMALL_BODY_ROWS", 6)
    chance = random.Random(few_rows)
    kept: dict[tuple[str, str], Row] = {}
    for _ in range(60):
        body = [
            a_row(
                chance.choice("abcdefgh"),
                predicted_at=chance.choice(["2026-03-01T12:00:00Z", "2026-03-02T01:00:00Z"]),
                sex=chance.choice([None, "f"]),
                decision=chance.choice(["yes", "yes", "no", "maybe"]),
            )
            for _ in range(chance.randint(1, 9))
        ]
        told: dict[str, list[int]] = {"accepted": [], "duplicate": [], "rejected": []}
        for number, row in enumerate(body):
            held = kept.get((row["prediction_id"], row["predicted_at"]))
            if row["decision"] == "maybe" or (held is not None and held != row):
                told["rejected"].append(number)
            else:
                told["duplicate" if held else "accepted"].append(number)
                kept[row["prediction_id"], row["predicted_at"]] = row

        receipt = await send(intake, version, *body)

        assert [each.row for each in receipt.rejected] == told["rejected"]
        assert (receipt.accepted, receipt.duplicates) == (len(told["accepted"]), len(told["duplicate"]))
    contents = await stored(dsn, version)
    assert {(name, content[0], ("no", "yes")[content[1]], content[4]) for (name, _), content in contents.items()} == {
        (name, microseconds(datetime.fromisoformat(at)), row["decision"], row["features"]["sex"])
        for (name, at), row in kept.items()
    }


async def test_of_two_processes_that_send_other_rows_of_the_same_ids_one_is_told_for_each(
    dsn: str, intake: Intake, version: Version
) -> None:
    other = an_intake(dsn)
    await other.open()
    names = [f"p{number}" for number in range(100)]
    receipts = await asyncio.gather(
        *(send(each, version, a_row(name, sex=sex)) for name in names for each, sex in ((intake, "f"), (other, "m")))
    )
    await other.close()

    assert [(each.accepted, each.duplicates, each.rejected_count) for each in receipts].count((1, 0, 0)) == 100
    assert [each.rejected for each in receipts].count((Rejection(0, "sex", IS_ANOTHER),)) == 100
    taken = {name: content[4] for (name, _), content in (await stored(dsn, version)).items()}
    accepted = [sex for each, sex in zip(receipts, "fm" * 100, strict=True) if each.accepted]
    assert [taken[name] for name in names] == accepted


async def test_after_a_large_body_met_a_taken_identity_small_ones_go_in_over_the_same_connection(
    dsn: str, version: Version
) -> None:
    intake = an_intake(dsn, connections=1)
    await intake.open()
    rows = many_rows(1_200)
    await send(intake, version, *rows[1:])
    await send(intake, version, rows[0])
    await send(intake, version, *rows)
    receipt = await send(intake, version, a_row("small"))
    await intake.close()

    assert receipt.accepted == 1
