"""What becomes of rows that do not fit, as a model's policy says: rejected, marked, or all of the batch with them."""

import asyncio
import math
from typing import Any

import msgspec
import psycopg
import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection
from psycopg.errors import DataException, ProgramLimitExceeded

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions import intake as intake_module
from cdt.predictions.bodies import Bodies, Sent
from cdt.predictions.decoding import CSV, NDJSON
from cdt.predictions.decoding.naming import Naming
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.quarantine.held import OF_BATCH
from cdt.predictions.reading import read_predictions
from cdt.predictions.rejections import Rejection
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version
from tests.predictions.builders import NOW, a_label, a_row, as_ndjson, send_labels
from tests.predictions.quarantining import counted, quarantine, reasons, take, take_in_pieces

HEADER = b"prediction_id,predicted_at,decision,score,age,income,sex\n"


@pytest.fixture
def marking(version: Version) -> Version:
    return replace(version, policy="keep_marked")


@pytest.fixture
def whole(version: Version) -> Version:
    return replace(version, policy="reject_batch")


async def stored(connection: AsyncConnection[Any], version: Version) -> dict[str, list[Any]]:
    """Age, income and sex by id."""
    rows = await read_predictions(connection, NO_OBJECTS, await find_segments(connection, 1), version.signature)
    sex = rows.features["sex"]
    contents = zip(
        rows.features["age"].tolist(), rows.features["income"].tolist(),
        [None if code < 0 else sex.values[code] for code in sex.codes], strict=True,
    )  # fmt: skip
    found = dict(zip(rows.ids.to_pylist(), contents, strict=True))
    return {key: [None if _is_missing(value) else value for value in each] for key, each in found.items()}


def _is_missing(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def a_wrong_row(prediction_id: str, **wrong: Any) -> dict[str, Any]:
    row = a_row(prediction_id)
    return {**row, "features": {**row["features"], **wrong}}


async def nothing_is_there(connection: AsyncConnection[Any]) -> bool:
    cursor = await connection.execute(
        "SELECT (SELECT count(*) FROM predictions.segments), (SELECT count(*) FROM predictions.identities),"
        " (SELECT count(*) FROM predictions.payloads), (SELECT count(*) FROM predictions.unsealed_bodies),"
        " (SELECT coalesce(sum(predictions), 0) FROM predictions.versions)"
    )
    return await cursor.fetchone() == (0, 0, 0, 0, 0)


async def test_a_marked_row_is_taken_in_without_what_is_wrong(
    dsn: str, intake: Intake, marking: Version, connection: AsyncConnection[Any]
) -> None:
    wrong = a_wrong_row("b", age="old", sex="x" * 2_000)
    absent = {**a_row("c"), "features": {"age": 3}}
    receipt = await take(intake, marking, as_ndjson(a_row("a"), wrong, absent, a_row("d")), key="k")

    assert (receipt.accepted, receipt.marked, receipt.rejected_count, receipt.rejected) == (4, 2, 0, ())
    assert await stored(connection, marking) == {
        "a": [40.0, None, "f"], "b": [None, None, None], "c": [3.0, None, None], "d": [40.0, None, "f"],
    }  # fmt: skip
    kept = await quarantine(dsn)
    assert [(row.state, row.row_number, [each.column for each in row.typed_reasons]) for row in kept] == [
        ("marked", 1, ["age", "sex"]), ("marked", 2, ["income", "sex"]),
    ]  # fmt: skip
    assert kept[0].sent is not None
    assert msgspec.json.decode(kept[0].sent) == wrong
    assert await counted(dsn) == {("03-01 12", "marked"): 2}


@pytest.mark.parametrize(
    "row",
    [
        a_wrong_row("", age="old"),
        a_wrong_row("b", age="old") | {"predicted_at": "yesterday"},
        a_wrong_row("b", age="old") | {"decision": "maybe"},
        a_wrong_row("b", age="old") | {"score": 7},
        a_wrong_row("b", age="old", more=1),
        a_wrong_row("b") | {"features": None},
    ],
    ids=["id", "time", "decision", "score", "unknown column", "no features"],
)
async def test_only_wrong_features_are_marked(dsn: str, intake: Intake, marking: Version, row: dict[str, Any]) -> None:
    receipt = await take(intake, marking, as_ndjson(row))

    assert (receipt.accepted, receipt.marked, receipt.rejected_count) == (0, msgspec.UNSET, 1)
    assert [row.state for row in await quarantine(dsn)] == ["open"]


async def test_a_marked_row_that_is_sent_again_is_a_duplicate(dsn: str, intake: Intake, marking: Version) -> None:
    body = as_ndjson(a_wrong_row("b", age="old"), a_row("a"))
    first = await take(intake, marking, body)
    second = await take(intake, marking, body)
    as_csv = await take(intake, marking, HEADER + b"b,2026-03-01T12:00:00Z,yes,0.75,ancient,,f\n", form="text/csv")

    assert [(each.accepted, each.duplicates, each.rejected_count) for each in (first, second, as_csv)] == [
        (2, 0, 0), (0, 2, 0), (0, 1, 0),
    ]  # fmt: skip
    assert len(await quarantine(dsn)) == 1
    assert await counted(dsn) == {("03-01 12", "marked"): 1, ("03-01 12", "duplicate"): 3}


async def test_a_marked_row_is_told_from_another_of_its_id_by_its_place_in_the_body(
    dsn: str, intake: Intake, marking: Version
) -> None:
    await take(intake, marking, as_ndjson(a_row("b"), a_row("z")))
    rows = [
        a_row("a"),
        a_wrong_row("b", age="old"),
        a_row("c"),
        a_row(
            "",
        ),
        a_row("z", sex="m"),
        a_row("d"),
    ]
    receipt = await take(intake, marking, as_ndjson(*rows))

    assert receipt.accepted == 3
    assert [(each.row, each.column) for each in receipt.rejected] == [(1, "age"), (3, "prediction_id"), (4, "sex")]
    assert sorted((row.row_number, row.state, reasons(row)[0][1]) for row in await quarantine(dsn)) == [
        (1, "open", "conflict"), (3, "open", "range"), (4, "open", "conflict"),
    ]  # fmt: skip


async def test_a_large_body_keeps_its_marked_rows(dsn: str, intake: Intake, marking: Version) -> None:
    long = "f" * 900
    rows = [a_wrong_row(f"p{number}", sex=long) for number in range(9_000)]
    for number in (3, 8_998):
        rows[number]["features"]["age"] = "old"
    receipt = await take_in_pieces(intake, marking, as_ndjson(*rows))

    assert (receipt.accepted, receipt.marked) == (9_000, 2)
    assert [(row.row_number, row.state) for row in await quarantine(dsn)] == [(3, "marked"), (8_998, "marked")]


@pytest.mark.parametrize("form", ["application/x-ndjson", "text/csv"])
async def test_one_bad_row_rejects_its_batch(
    dsn: str, intake: Intake, whole: Version, connection: AsyncConnection[Any], form: str
) -> None:
    body = as_ndjson(a_row("a"), a_row("b", score=2), a_row("c"))
    if form == "text/csv":
        body = HEADER + b"".join(
            b"%s,2026-03-01T12:00:00Z,yes,%s,40,,f\n" % each for each in [(b"a", b"0.75"), (b"b", b"2"), (b"c", b"0")]
        )
    receipt = await take(intake, whole, body, form=form, key="k")
    again = await take(intake, whole, body, form=form, key="k")

    assert (receipt.accepted, receipt.duplicates, receipt.rejected_count, receipt.batch_rejected) == (0, 0, 3, True)
    assert receipt.rejected == (Rejection(1, "score", "must be at most 1"),)
    assert again == receipt
    assert await nothing_is_there(connection)
    assert [(row.row_number, row.typed_reasons[0].kind) for row in await quarantine(dsn)] == [
        (1, "range"), (0, "batch"), (2, "batch"),
    ]  # fmt: skip


async def test_a_batch_without_bad_rows_goes_in_whatever_the_policy(intake: Intake, whole: Version) -> None:
    receipts = await asyncio.gather(
        *(take(intake, whole, as_ndjson(a_row(f"{number}"), a_row(f"{number}"))) for number in range(20)),
        take(intake, whole, as_ndjson(a_row("x"), a_row("x", sex="m"))),
    )

    assert [(each.accepted, each.duplicates) for each in receipts[:-1]] == [(1, 1)] * 20
    assert (receipts[-1].accepted, receipts[-1].rejected_count, receipts[-1].batch_rejected) == (0, 2, True)


async def test_a_row_that_conflicts_rejects_its_batch_and_no_other(
    dsn: str, intake: Intake, whole: Version, version: Version, connection: AsyncConnection[Any]
) -> None:
    await take(intake, whole, as_ndjson(a_row("a")))
    receipts = await asyncio.gather(
        take(intake, whole, as_ndjson(a_row("b"), a_row("a", sex="m"))), take(intake, whole, as_ndjson(a_row("b")))
    )

    assert [(each.accepted, each.rejected_count) for each in receipts] == [(0, 2), (1, 0)]
    assert list(await stored(connection, whole)) == ["a", "b"]
    assert [(row.prediction_id, reasons(row)[0][1]) for row in await quarantine(dsn)] == [
        ("a", "conflict"), ("b", OF_BATCH.kind),
    ]  # fmt: skip


@pytest.mark.parametrize("bad", [0, 4_000, 8_999])
@pytest.mark.parametrize("key", ["k", None])
async def test_one_bad_row_takes_back_what_was_written_of_a_large_body(
    dsn: str, intake: Intake, whole: Version, connection: AsyncConnection[Any], bad: int, key: str | None
) -> None:
    rows = [a_wrong_row(f"p{number}", sex="f" * 900) for number in range(9_000)]
    rows[bad]["decision"] = "?"
    body = as_ndjson(*rows)
    receipt = await take_in_pieces(intake, whole, body, key=key)

    assert (receipt.accepted, receipt.rejected_count, receipt.batch_rejected) == (0, 9_000, True)
    assert [each.row for each in receipt.rejected] == [bad]
    assert await nothing_is_there(connection)
    kept = await quarantine(dsn)
    assert kept[0].row_number == bad
    assert 3_000 < len(kept) < 4_500  # of the others as many as four mebibytes hold
    if key is not None:
        assert await take_in_pieces(intake, whole, body, key=key) == receipt
    rows[bad]["decision"] = "no"
    mended = await take_in_pieces(intake, whole, as_ndjson(*rows), key=None)
    assert mended.accepted == 9_000


async def test_a_large_body_of_which_a_row_conflicts_is_taken_back(
    intake: Intake, whole: Version, connection: AsyncConnection[Any]
) -> None:
    await take(intake, whole, as_ndjson(a_row("p8999", sex="m")))
    rows = [a_wrong_row(f"p{number}", sex="f" * 900) for number in range(9_000)]
    receipt = await take_in_pieces(intake, whole, as_ndjson(*rows))

    assert (receipt.accepted, receipt.rejected_count) == (0, 9_000)
    assert list(await stored(connection, whole)) == ["p8999"]


@pytest.mark.parametrize("taken", [take, take_in_pieces], ids=["small", "large"])
@pytest.mark.parametrize("wrong", ["conflict", "category"])
async def test_rows_that_are_rejected_with_their_batch_are_counted_in_the_hours_of_their_predictions(
    dsn: str, intake: Intake, whole: Version, wrong: str, taken: Any
) -> None:
    await take(intake, whole, as_ndjson(a_row("p0"), a_row("p3", sex="f" if wrong == "category" else "m")))
    rows = [a_row(f"p{number}", predicted_at=f"2026-03-01T1{number // 5}:30:00Z") for number in range(10)]
    rows[0], rows[3] = a_row("p0"), a_row("p3", decision="yes" if wrong == "conflict" else "perhaps")

    receipt = await taken(intake, whole, as_ndjson(*rows))

    assert (receipt.accepted, receipt.rejected_count) == (0, 10)
    assert await counted(dsn) == {("03-01 10", "batch"): 3, ("03-01 11", "batch"): 5, ("03-01 12", "batch"): 1} | {
        ("03-01 12", wrong): 1
    }


async def test_one_bad_label_rejects_its_batch(
    dsn: str, intake: Intake, whole: Version, connection: AsyncConnection[Any]
) -> None:
    await take(intake, whole, as_ndjson(a_row("a"), a_row("b")))
    receipt = await take(intake, whole, as_ndjson(a_label("a", "yes"), a_label("b", "?")), kind="labels")

    assert (receipt.accepted, receipt.rejected_count, receipt.batch_rejected) == (0, 2, True)
    assert [(row.kind, row.typed_reasons[0].kind) for row in await quarantine(dsn)] == [
        ("labels", "category"), ("labels", "batch"),
    ]  # fmt: skip
    assert (await send_labels(intake, whole, a_label("a", "yes"))).accepted == 1


async def test_a_batch_that_fails_by_itself_makes_no_duplicates_of_those_that_came_with_it(
    intake: Intake, version: Version, whole: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in = intake_module.take_predictions

    async def failing(connection: Any, works: Any, **options: Any) -> Any:
        if any(work.is_whole for work in works):
            raise ValueError("of our own making")
        return await take_in(connection, works, **options)

    monkeypatch.setattr(intake_module, "take_predictions", failing)
    plain = [take(intake, version, as_ndjson(a_row(f"{number}"))) for number in range(5)]
    *receipts, error = await asyncio.gather(*plain, take(intake, whole, as_ndjson(a_row("w"))), return_exceptions=True)

    assert [receipt.accepted for receipt in receipts if not isinstance(receipt, BaseException)] == [1] * 5
    assert isinstance(error, ValueError)


async def test_columns_that_are_named_otherwise_in_a_file_are_kept_by_the_versions_names(
    dsn: str, intake: Intake, marking: Version
) -> None:
    header = b"Key,When,Verdict,Age,income,sex,Notes\n"
    body = header + b"a,2026-03-01T12:00:00Z,yes,old,1,f,x\nb,2026-03-01T12:00:00Z,?,4,1,f,x\n"
    naming = Naming(
        {"Key": "prediction_id", "When": "predicted_at", "Verdict": "decision", "Age": "age", "Notes": None}
    )
    bodies = Bodies(lambda: intake, lambda: NOW, most_bytes=1 << 20)
    receipt = await bodies.take_bytes(body, Sent(marking, "predictions", "text/csv", None, None, naming))

    assert (receipt.accepted, receipt.marked, receipt.rejected_count) == (1, 1, 1)
    assert [msgspec.json.decode(row.sent or b"null")["features"] for row in await quarantine(dsn)] == [
        {"age": 4.0, "income": 1.0, "sex": "f"}, {"age": "old", "income": 1.0, "sex": "f"},
    ]  # fmt: skip


@pytest.mark.parametrize("refusal", [DataException, ProgramLimitExceeded])
async def test_what_can_not_be_kept_in_quarantine_is_not_answered_as_if_it_were(
    dsn: str, intake: Intake, version: Version, connection: AsyncConnection[Any], refusal: type[psycopg.Error]
) -> None:
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.OWNER), autocommit=True) as owner:
        await owner.execute(
            "CREATE FUNCTION predictions.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{refusal.sqlstate}'; END $$"
        )
        await owner.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON predictions.quarantine FOR EACH ROW"
            " WHEN (NEW.key = 'k') EXECUTE FUNCTION predictions.refuse()"
        )

    with pytest.raises(refusal):
        await take(intake, version, as_ndjson(a_row("a"), a_row("b", decision="?")), key="k")

    assert await nothing_is_there(connection)
    assert await quarantine(dsn) == []
    assert await counted(dsn) == {}
    assert (await take(intake, version, as_ndjson(a_row("a"), a_row("b", decision="?")), key="k2")).accepted == 1


@pytest.mark.parametrize("form", [NDJSON, CSV])
async def test_a_row_that_says_how_long_its_call_took_is_marked_like_any_other(
    dsn: str, intake: Intake, marking: Version, connection: AsyncConnection[Any], form: str
) -> None:
    body = as_ndjson({**a_wrong_row("a", age="old"), "processing_ms": 12.5})
    if form == CSV:
        body = HEADER.replace(b"sex\n", b"sex,processing_ms\n") + b"a,2026-03-01T12:00:00Z,yes,0.75,old,,f,12.5\n"
    receipt = await take(intake, marking, body, form=form)
    assert (receipt.accepted, receipt.marked) == (1, 1)
    (row,) = await quarantine(dsn)
    assert [each[:2] for each in reasons(row)] == [("age", "type")]
    assert row.sent is not None
    assert msgspec.json.decode(row.sent)["processing_ms"] == 12.5
    cursor = await connection.execute(
        "SELECT sum(count)::int FROM predictions.minutes, unnest(duration_counts) AS count"
    )
    assert await cursor.fetchone() == (1,)


async def test_a_processing_time_that_can_t_be_rejects_its_row(dsn: str, intake: Intake, marking: Version) -> None:
    receipt = await take(intake, marking, as_ndjson({**a_wrong_row("a", age="old"), "processing_ms": -1}))
    assert (receipt.accepted, receipt.rejected_count) == (0, 1)
    (row,) = await quarantine(dsn)
    assert [each[:2] for each in reasons(row)] == [("processing_ms", "range"), ("age", "type")]
