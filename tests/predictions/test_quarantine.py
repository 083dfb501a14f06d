"""Rows that are not taken in as they were sent are kept as they were, with all that is wrong; bounded, and once."""

import asyncio
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from msgspec.structs import replace

from cdt.predictions.intake import Intake
from cdt.predictions.quarantine import held as bounds
from cdt.predictions.quarantine import keeping
from cdt.predictions.rejections import Rejection
from cdt.predictions.versions import Version
from tests.predictions.builders import a_label, a_row, as_ndjson
from tests.predictions.quarantining import counted, quarantine, reasons, take, take_in_pieces

JSON, CSV, ARROW = "application/json", "text/csv", "application/vnd.apache.arrow.stream"
HEADER = b"prediction_id,predicted_at,decision,score,age,income,sex\n"
AGE = ("age", "type", "must be a number, not 'old'")


async def test_a_rejected_row_is_kept_as_it_was_sent_with_all_that_is_wrong(
    dsn: str, intake: Intake, version: Version
) -> None:
    bad = a_row("b", decision="maybe", score=2.0, age="old") | {"more": 1}  # type: ignore[arg-type]
    receipt = await take(intake, version, as_ndjson(a_row("a"), bad), key="k-1")

    assert (receipt.accepted, receipt.rejected_count) == (1, 1)
    (row,) = await quarantine(dsn)
    assert row.sent is not None
    assert msgspec.json.decode(row.sent) == bad
    assert (row.kind, row.state, row.key, row.row_number, row.prediction_id) == ("predictions", "open", "k-1", 1, "b")
    assert reasons(row) == [
        ("more", "column", "is not among the version's columns"),
        ("decision", "category", "must be one of 'no' and 'yes', not 'maybe'"),
        ("score", "range", "must be at most 1"),
        AGE,
    ]


@pytest.mark.parametrize(
    ("form", "body", "sent"),
    [
        (JSON, msgspec.json.encode([a_row("a"), a_row("b", age="old")]), a_row("b", age="old")),  # type: ignore[arg-type]
        (CSV, HEADER + b"a,2026-03-01T12:00:00Z,yes,0.75,40,,f\nb,2026-03-01T12:00:00Z,yes,0.75,old,,f\n",
         a_row("b", age="old")),  # type: ignore[arg-type]
        (CSV, HEADER + b"a,2026-03-01T12:00:00Z,yes,0.75,40,,f\nb,2026\n", "b,2026"),
        ("application/x-ndjson", as_ndjson(a_row("a")) + b'{"prediction_id": "b",\n', '{"prediction_id": "b",'),
        ("application/x-ndjson", as_ndjson(a_row("a")) + b"\xff\n", "\ufffd"),
    ],
    ids=["an array", "CSV", "too few cells", "half an object", "no UTF-8"],
)  # fmt: skip
async def test_every_form_leaves_rows_that_can_be_sent_again(
    dsn: str, intake: Intake, version: Version, form: str, body: bytes, sent: Any
) -> None:
    receipt = await take(intake, version, body, form=form)

    assert (receipt.accepted, receipt.rejected_count) == (1, 1)
    (row,) = await quarantine(dsn)
    assert row.sent is not None
    assert msgspec.json.decode(row.sent) == sent


async def test_a_row_of_an_arrow_stream_is_kept_as_json(dsn: str, intake: Intake, version: Version) -> None:
    columns = {
        "prediction_id": ["a", "b"], "predicted_at": ["2026-03-01T12:00:00Z", None], "decision": ["yes", "yes"],
        "age": [float("nan"), float("inf")], "income": [1.5, None], "sex": ["f", "m"],
    }  # fmt: skip
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    receipt = await take(intake, version, sink.getvalue().to_pybytes(), form=ARROW)

    assert receipt.rejected == (Rejection(1, "predicted_at", "is required"),)
    (row,) = await quarantine(dsn)
    assert row.sent is not None
    assert msgspec.json.decode(row.sent) == {
        "prediction_id": "b", "predicted_at": None, "decision": "yes",
        "features": {"age": "inf", "income": None, "sex": "m"},
    }  # fmt: skip
    assert [each.kind for each in row.typed_reasons] == ["missing", "type"]


async def test_a_conflicting_row_is_kept_as_it_would_have_been_taken_in(
    dsn: str, intake: Intake, version: Version
) -> None:
    await take(intake, version, as_ndjson(a_row("a")))
    receipt = await take(intake, version, as_ndjson(a_row("a", sex="m"), a_row("b")))

    assert (receipt.accepted, receipt.rejected_count) == (1, 1)
    (row,) = await quarantine(dsn)
    assert row.sent is not None
    assert msgspec.json.decode(row.sent) == a_row("a", sex="m", predicted_at="2026-03-01T12:00:00+00:00")
    assert [(column, kind) for column, kind, _ in reasons(row)] == [("sex", "conflict")]


async def test_a_rejected_label_is_kept(dsn: str, intake: Intake, version: Version) -> None:
    receipt = await take(intake, version, as_ndjson(a_label("a", "perhaps")), kind="labels", key="k")

    assert receipt.rejected_count == 1
    (row,) = await quarantine(dsn)
    assert (row.kind, row.key, reasons(row)) == (
        "labels", "k", [("label", "category", "must be one of 'no' and 'yes', not 'perhaps'")],
    )  # fmt: skip


@pytest.mark.parametrize("key", ["k-1", None])
async def test_a_body_that_is_sent_again_leaves_no_row_twice(
    dsn: str, intake: Intake, version: Version, key: str | None
) -> None:
    body = as_ndjson(a_row("a", age="old"), a_row("b"))  # type: ignore[arg-type]
    await take(intake, version, body, key=key)
    await asyncio.gather(*(take(intake, version, body, key=key) for _ in range(3)), return_exceptions=True)

    assert [row.number for row in await quarantine(dsn)] == [1]


async def test_rows_are_counted_by_the_hour_of_their_prediction_or_else_of_their_receipt(
    dsn: str, intake: Intake, version: Version
) -> None:
    await take(intake, version, as_ndjson(a_row("a")))
    rows = [
        a_row("a"), a_row("a"), a_row("a", sex="m"), a_row("b", age="old"), a_row("c", score=-1),  # type: ignore[arg-type]
        a_row("d", predicted_at="2026-03-01T11:59:59Z", decision="?"), a_row("e", predicted_at="1969-01-01T00:00:00Z"),
        a_row(""),
    ]  # fmt: skip
    await take(intake, version, as_ndjson(*rows) + b"nothing\n")

    assert await counted(dsn) == {
        ("03-01 12", "duplicate"): 2, ("03-01 12", "conflict"): 1, ("03-01 12", "type"): 1, ("03-01 12", "range"): 2,
        ("03-01 11", "category"): 1, ("03-02 12", "time"): 1, ("03-02 12", "form"): 1,
    }  # fmt: skip


async def test_of_a_version_the_newest_rows_are_kept(
    dsn: str, intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_ROWS_OF_VERSION", 3)
    for number in range(5):
        await take(intake, version, as_ndjson(a_row(f"{number}", decision="?")))

    assert [row.prediction_id for row in await quarantine(dsn)] == ["2", "3", "4"]

    monkeypatch.setattr(keeping, "MOST_ROWS_OF_VERSION", 100)
    monkeypatch.setattr(keeping, "MOST_BYTES_OF_VERSION", 700)  # a row has some 400; the one that goes beyond stays
    await take(intake, version, as_ndjson(a_row("5", decision="?")))

    assert [row.prediction_id for row in await quarantine(dsn)] == ["4", "5"]


async def test_of_a_body_the_first_rows_are_kept_and_all_are_counted(
    dsn: str, intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_ROWS_OF_BODY", 3)
    bad = [a_row(f"{number}", decision="?") for number in range(20)]
    receipt = await take(intake, version, as_ndjson(*bad))

    assert receipt.rejected_count == 20
    assert [row.prediction_id for row in await quarantine(dsn)] == ["0", "1", "2"]
    assert await counted(dsn) == {("03-01 12", "category"): 20}


async def test_a_row_that_is_too_long_is_kept_without_what_was_sent(dsn: str, intake: Intake, version: Version) -> None:
    await take(intake, version, as_ndjson(a_row("a", sex="x" * 40_000)))

    (row,) = await quarantine(dsn)
    assert row.sent is None
    assert reasons(row) == [("sex", "range", "has more than 1000 characters")]


async def test_hostile_names_and_values_are_kept(dsn: str, intake: Intake, version: Version) -> None:
    body = (
        b'{"a\\u0000b": "\\u0000", "prediction_id": "x\\u0000", "features": {"age": 1e308, "sex": "\\u0000", "": 1}}\n'
    )
    await take(intake, version, body + b"[1]\n" + b'"' + b"[" * 5_000 + b"\n")

    first, second, third = await quarantine(dsn)
    assert [each.column for each in first.typed_reasons] == [
        "a\ufffdb", "prediction_id", "predicted_at", "decision", "", "income", "sex",
    ]  # fmt: skip
    assert [second.sent, third.typed_reasons[0].kind] == [b'"[1]"', "form"]


async def test_a_large_body_leaves_its_rows_with_their_numbers_in_it(
    dsn: str, intake: Intake, version: Version
) -> None:
    rows = [
        a_row(f"p{number}") | {"features": {"age": 1.0, "income": None, "sex": "f" * 900}} for number in range(9_000)
    ]
    rows[8_999]["decision"] = "?"
    rows[10]["features"]["age"] = "old"
    body = as_ndjson(*rows)
    first = await take_in_pieces(intake, version, body, key="k")
    second = await take_in_pieces(intake, version, body, key="k")

    assert len(body) > 2 * (4 << 20)
    assert (first.accepted, first.rejected_count, first) == (8_998, 2, second)
    assert [(row.row_number, row.key, row.typed_reasons[0].kind) for row in await quarantine(dsn)] == [
        (10, "k", "type"), (8_999, "k", "category"),
    ]  # fmt: skip


async def test_a_row_that_is_settled_is_kept_anew_when_it_comes_again(
    dsn: str, intake: Intake, version: Version
) -> None:
    bad = as_ndjson(a_row("a", decision="?"))
    await take(intake, version, bad)
    mended = await take(intake, version, as_ndjson(a_row("a")), again=(1,), key="mended")
    await take(intake, version, bad)

    assert mended.accepted == 1
    assert [(row.number, row.state, row.settled_by) for row in await quarantine(dsn)] == [
        (1, "resolved", "mended"), (2, "open", None),
    ]  # fmt: skip


async def test_a_row_that_is_sent_again_and_rejected_again_stays_where_it_is(
    dsn: str, intake: Intake, version: Version
) -> None:
    await take(intake, version, as_ndjson(a_row("a", decision="?"), a_row("b", decision="?")))
    same = a_row("a", age="old")  # type: ignore[arg-type]
    receipt = await take(intake, version, as_ndjson(same, same), again=(1, 2))

    assert receipt.rejected_count == 2
    kept = await quarantine(dsn)
    assert [(row.number, row.state, reasons(row)) for row in kept] == [(1, "open", [AGE]), (2, "open", [AGE])]


async def test_quarantine_of_one_version_is_not_that_of_another(dsn: str, intake: Intake, version: Version) -> None:
    other = replace(version, version_id=version.model_id)
    bad = as_ndjson(a_row("a", decision="?"))
    await asyncio.gather(*(take(intake, each, bad) for each in (version, other)))

    assert [len(await quarantine(dsn, number)) for number in (1, 2)] == [1, 1]
