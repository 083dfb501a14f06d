"""What a signature says of a column's values holds in every form that rows come in."""

import csv
import io
from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from cdt.domain.registry.signature import Column, Signature
from cdt.predictions.decoding.arrow_bodies import predictions_of_arrow
from cdt.predictions.decoding.csv_bodies import predictions_of_csv
from cdt.predictions.decoding.json_bodies import predictions_of_json
from cdt.predictions.decoding.ndjson import predictions_of_ndjson
from cdt.predictions.quarantine.examining import examine
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import format_of
from tests.predictions.builders import NOW, as_ndjson

SIGNATURE = Signature(
    columns=(
        Column("age", "number", minimum=18, maximum=99.5),
        Column("income", "number", is_required=True),
        Column("plan", "category", categories=("free", "7")),
        Column("city", "category", is_required=True),
    ),
    classes=("0", "1"),
    positive_class="1",
)
GOOD: dict[str, Any] = {"age": 40.0, "income": 1.0, "plan": "free", "city": "Ulm"}
NOT_LISTED = "is none of the categories that the version knows: 'gold'"
WRONG: list[tuple[dict[str, Any], str, str, str]] = [
    ({"age": 17.9}, "age", "range", "must be at least 18"),
    ({"age": 99.6}, "age", "range", "must be at most 99.5"),
    ({"income": None}, "income", "type", "is required"),
    ({"plan": "gold"}, "plan", "category", NOT_LISTED),
    ({"city": None}, "city", "type", "is required"),
]
RIGHT: list[dict[str, Any]] = [
    {"age": 18.0},
    {"age": 99.5},
    {"age": None},
    {"plan": "7"},
    {"plan": None},
    {"city": "x"},
]


def a_row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "prediction_id": f"p{number}", "predicted_at": "2026-03-01T12:00:00Z", "decision": "1",
        "features": {**GOOD, **changes},
    }  # fmt: skip


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["prediction_id", "predicted_at", "decision", *GOOD])
    for row in rows:
        writer.writerow([row["prediction_id"], row["predicted_at"], row["decision"], *row["features"].values()])
    return text.getvalue().encode()


def as_arrow(rows: list[dict[str, Any]]) -> bytes:
    columns = {name: [row[name] for row in rows] for name in ("prediction_id", "predicted_at", "decision")}
    table = pa.table({**columns, **{name: [row["features"][name] for row in rows] for name in GOOD}})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


FORMS: list[tuple[Any, Callable[[list[dict[str, Any]]], bytes]]] = [
    (predictions_of_ndjson, lambda rows: as_ndjson(*rows)),
    (predictions_of_json, msgspec.json.encode),
    (predictions_of_csv, as_csv),
    (predictions_of_arrow, as_arrow),
]
LARGE = 7_000
"""So many rows are more than a block of JSON, and then made columns of."""


@pytest.mark.parametrize(("decode", "form"), FORMS, ids=["ndjson", "json", "csv", "arrow"])
@pytest.mark.parametrize("good", [0, LARGE])
def test_values_out_of_their_bounds_are_rejected_in_every_form(decode: Any, form: Any, good: int) -> None:
    changes = [*RIGHT, *(wrong for wrong, _, _, _ in WRONG)]
    rows = [a_row(-1 - number) for number in range(good)]
    rows += [a_row(number, **each) for number, each in enumerate(changes)]
    rejections = Rejections()
    batch = decode(form(rows), SIGNATURE, now=NOW, rejections=rejections)

    assert len(batch) == good + len(RIGHT)
    assert [each.row for each in rejections.reported] == [good + len(RIGHT) + place for place in range(len(WRONG))]
    assert [each.column for each in rejections.reported] == [column for _, column, _, _ in WRONG]
    for each, (_, _, _, reason) in zip(rejections.reported, WRONG, strict=True):
        assert each.reason == reason or (reason == "is required" and each.reason.startswith("must be"))


@pytest.mark.parametrize(("wrong", "column", "kind", "_reason"), WRONG)
def test_what_is_wrong_with_a_kept_row_is_told_by_kind(
    wrong: dict[str, Any], column: str, kind: str, _reason: str
) -> None:
    found = examine(a_row(0, **wrong), "predictions", format_of(SIGNATURE), now=NOW)

    assert [(each.column, each.kind) for each in found.reasons] == [(column, "missing" if kind == "type" else kind)]


def test_a_whole_number_stands_for_its_category() -> None:
    rejections = Rejections()
    rows = predictions_of_ndjson(
        as_ndjson(a_row(0, plan=7), a_row(1, plan=8)), SIGNATURE, now=NOW, rejections=rejections
    )

    assert (len(rows), [each.column for each in rejections.reported]) == (1, ["plan"])


def test_a_signature_without_bounds_is_written_as_it_was_before_there_were_any() -> None:
    assert msgspec.json.encode(Column("age", "number")) == b'{"name":"age","kind":"number"}'
