"""Bad rows are named by row and column, and the good ones go in; a body that means nothing is one Invalid."""

import io
from datetime import timedelta
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from cdt.domain.errors import Invalid
from cdt.predictions.columns import Predictions
from cdt.predictions.decoding import ARROW, CSV, LABEL_DECODERS, NDJSON, PREDICTION_DECODERS
from cdt.predictions.decoding.plain import labels_of_rows, predictions_of_plain_columns, predictions_of_rows
from cdt.predictions.rejections import MAXIMUM_REPORTED, Rejection, Rejections
from tests.predictions.builders import NOW, SIGNATURE, a_row, as_ndjson

GOOD = a_row("good")


def ndjson_with(**changes: Any) -> bytes:
    return as_ndjson(GOOD, {**GOOD, **changes}, GOOD)


def feature(**changes: Any) -> dict[str, Any]:
    return {"features": {**GOOD["features"], **changes}}


def rejected(body: bytes, *, kind: str = NDJSON) -> list[Rejection]:
    rejections = Rejections()
    PREDICTION_DECODERS[kind](body, SIGNATURE, now=NOW, rejections=rejections)
    assert rejections.count == len(rejections.reported)
    return rejections.reported


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"prediction_id": ""}, "prediction_id", "is empty"),
        ({"prediction_id": "x" * 201}, "prediction_id", "has more than 200 characters"),
        ({"prediction_id": "a\nb"}, "prediction_id", "has control characters"),
        ({"prediction_id": 7}, "prediction_id", "must be text, not a whole number"),
        ({"predicted_at": "2026-03-01T12:00:00"}, "predicted_at", "needs a time zone, as in 2026-03-01T12:00:00Z"),
        ({"predicted_at": "yesterday"}, "predicted_at", "must be a time as in 2026-03-01T12:00:00Z"),
        (
            {"predicted_at": NOW + timedelta(days=1, microseconds=1)},
            "predicted_at",
            "lies before 1970 or more than a day ahead of now",
        ),
        (
            {"predicted_at": "0001-01-01T00:00:00+14:00"},
            "predicted_at",
            "lies before 1970 or more than a day ahead of now",
        ),
        ({"predicted_at": None}, "predicted_at", "must be a time, not null"),
        ({"decision": "maybe"}, "decision", "must be one of 'no' and 'yes', not 'maybe'"),
        ({"decision": None}, "decision", "must be text, not null"),
        ({"decision": True}, "decision", "must be text, not true or false"),
        ({"score": 1.5}, "score", "must be at most 1"),
        ({"score": -0.1}, "score", "must be at least 0"),
        ({"score": "high"}, "score", "must be a number or null, not text"),
        (feature(age="old"), "age", "must be a number or null, not text"),
        (feature(sex=1.5), "sex", "must be text or null, not a number"),
        (feature(sex="x" * 1001), "sex", "has more than 1000 characters"),
        (feature(sex="f\x00"), "sex", "has a NUL character"),
        (feature(height=1), "height", "is not among the version's columns"),
        ({"colour": "red"}, "colour", "is not among the version's columns"),
        ({"features": {"age": 1, "income": 2}}, "sex", "is required; write null where a row has none"),
        ({"features": [1, 2]}, "features", "must be an object, not a list"),
    ],
)
def test_a_bad_row_of_ndjson_is_named_by_its_first_wrong_column(
    changes: dict[str, Any], column: str, reason: str
) -> None:
    assert rejected(ndjson_with(**changes)) == [Rejection(1, column, reason)]
    rejections = Rejections()
    rows = predictions_of_rows([GOOD, {**GOOD, **changes}, GOOD], SIGNATURE, now=NOW, rejections=rejections)
    assert len(rows) == 2
    assert [each.column for each in rejections.reported] == [column]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "is not a JSON object on one line"),
        (
            b"\xff\xfe",
            "is not a JSON object on one line; NaN and Infinity are not JSON either, write null for a missing number",
        ),
        (b"[" * 100_000, "must be an object, not a list"),
        (b'{"prediction_id":' + b"[" * 100_000, "must be text, not a list"),
        (msgspec.json.encode(GOOD).replace(b"40.0", b"NaN"), None),
        (msgspec.json.encode(GOOD).replace(b"40.0", b"1e999"), "must be finite"),
        (msgspec.json.encode(GOOD).replace(b"40.0", b"1" + b"0" * 400), "must be finite"),
        (msgspec.json.encode(GOOD).replace(b'"f"', b"1" + b"0" * 5000), None),
        (msgspec.json.encode(GOOD).replace(b'"f"', b'"\\ud800"'), None),
        (msgspec.json.encode(GOOD) + b" trailing", None),
    ],
)
def test_a_line_that_is_no_row_is_named_and_the_others_go_in(line: bytes, reason: str | None) -> None:
    rejections = Rejections()
    body = as_ndjson(GOOD) + b"\n" + line + b"\n" + as_ndjson(GOOD)
    rows = PREDICTION_DECODERS[NDJSON](body, SIGNATURE, now=NOW, rejections=rejections)
    assert len(rows) == 2
    assert [each.row for each in rejections.reported] == [1]
    assert reason is None or rejections.reported[0].reason == reason


CSV_HEADER = b"prediction_id,predicted_at,decision,score,age,income,sex\n"
CSV_GOOD = b"good,2026-03-01T12:00:00Z,yes,0.5,40,,f\n"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (b",2026-03-01T12:00:00Z,yes,0.5,40,,f", "prediction_id", "is required"),
        (b'"",2026-03-01T12:00:00Z,yes,0.5,40,,f', "prediction_id", "is empty"),
        (b'"a\nb",2026-03-01T12:00:00Z,yes,0.5,40,,f', "prediction_id", "has control characters"),
        (b"a,,yes,0.5,40,,f", "predicted_at", "is required"),
        (b"a,2026-03-01T12:00:00,yes,0.5,40,,f", "predicted_at", "needs a time zone, as in 2026-03-01T12:00:00Z"),
        (b"a,2027-03-01T12:00:00Z,yes,0.5,40,,f", "predicted_at", "lies before 1970 or more than a day ahead of now"),
        (b"a,2026-03-01T12:00:00Z,,0.5,40,,f", "decision", "is required"),
        (b"a,2026-03-01T12:00:00Z,maybe,0.5,40,,f", "decision", "must be one of 'no' and 'yes', not 'maybe'"),
        (b"a,2026-03-01T12:00:00Z,yes,1.5,40,,f", "score", "must be at most 1"),
        (b"a,2026-03-01T12:00:00Z,yes,inf,40,,f", "score", "must be finite"),
        (b"a,2026-03-01T12:00:00Z,yes,0.5,old,,f", "age", "must be a number, not 'old'"),
        (b"a,2026-03-01T12:00:00Z,yes,0.5,-inf,,f", "age", "must be finite"),
        (b"a,2026-03-01T12:00:00Z,yes,0.5,40,,f,extra", None, "has 8 cells where the header has 7"),
        (b"a,2026-03-01T12:00:00Z,yes,0.5", None, "has 4 cells where the header has 7"),
    ],
)
def test_a_bad_row_of_csv_is_named_by_its_first_wrong_column(line: bytes, column: str | None, reason: str) -> None:
    body = CSV_HEADER + CSV_GOOD + b"\n" + line + b"\n" + CSV_GOOD
    rejections = Rejections()
    rows = PREDICTION_DECODERS[CSV](body, SIGNATURE, now=NOW, rejections=rejections)
    assert rejections.reported == [Rejection(1, column, reason)]
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "its first line must name the columns"),
        (b"\xff\xfe\n", "its first line must name the columns, in UTF-8"),
        (b"prediction_id,prediction_id\na,b\n", "its first line names a column twice"),
        (CSV_HEADER.replace(b",sex", b"") + b"a\n", "the column 'sex' is missing"),
        (CSV_HEADER.replace(b"sex", b"sex,height"), "the column 'height' is not among the version's columns"),
        (CSV_HEADER + b'"a,b\n', "it ends within a quoted cell"),
        (CSV_HEADER + CSV_GOOD.replace(b"f", b"\xff"), None),
    ],
)
def test_a_csv_that_means_nothing_is_one_invalid(body: bytes, problem: str | None) -> None:
    with pytest.raises(Invalid) as raised:
        rejected(body, kind=CSV)
    assert problem is None or raised.value.problem == problem


def arrow_body(*, compression: str | None = None, **columns: Any) -> bytes:
    given = {
        "prediction_id": pa.array(["good", "other"]),
        "predicted_at": pa.array([NOW, NOW], type=pa.timestamp("us", "UTC")),
        "decision": pa.array(["yes", "no"]),
        "score": pa.array([0.5, None], type=pa.float64()),
        "age": pa.array([1, 2]),
        "income": pa.nulls(2),
        "sex": pa.array(["f", None]),
        **columns,
    }
    table = pa.table({name: values for name, values in given.items() if values is not None})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def test_numbers_may_be_whole_and_missing_columns_null_in_arrow() -> None:
    rejections = Rejections()
    rows = PREDICTION_DECODERS[ARROW](arrow_body(), SIGNATURE, now=NOW, rejections=rejections)
    assert isinstance(rows, Predictions)
    assert rows.features["age"].tolist() == [1.0, 2.0]  # type: ignore[union-attr]
    assert rejections.count == 0


@pytest.mark.parametrize(
    ("columns", "column", "reason"),
    [
        ({"age": pa.array([1.0, float("inf")])}, "age", "must be finite"),
        ({"prediction_id": pa.array(["a", None])}, "prediction_id", "is required"),
        ({"decision": pa.array([0, 1])}, "decision", "must be one of 'no' and 'yes', not '0'"),
        ({"predicted_at": pa.array([0, 2**62], type=pa.timestamp("s", "UTC"))}, "predicted_at", None),
        ({"predicted_at": pa.array([0, -501], type=pa.timestamp("ns", "UTC"))}, "predicted_at", None),
        ({"predicted_at": pa.array(["1970-01-01T00:00:00Z", "soon"])}, "predicted_at", None),
    ],
)
def test_a_bad_row_of_arrow_is_named(columns: dict[str, Any], column: str, reason: str | None) -> None:
    found = rejected(arrow_body(**columns), kind=ARROW)
    assert found
    assert {each.column for each in found} == {column}
    assert found[-1].row in {0, 1}
    assert reason is None or found[0].reason == reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not arrow at all",
        arrow_body()[:-30],
        arrow_body()[:200],
        arrow_body(compression="zstd"),
        arrow_body(compression="lz4"),
        arrow_body(sex=None),
        arrow_body(height=pa.array([1, 2])),
        arrow_body(age=pa.array(["1", "2"])),
        arrow_body(age=pa.array([True, False])),
        arrow_body(sex=pa.array([[1], [2]])),
        arrow_body(predicted_at=pa.array([0, 1], type=pa.timestamp("us"))),
        arrow_body(prediction_id=pa.array(["a", "b"]).dictionary_encode()),
    ],
)
def test_an_arrow_body_that_means_nothing_is_one_invalid(body: bytes) -> None:
    with pytest.raises(Invalid):
        rejected(body, kind=ARROW)


def test_an_arrow_body_whose_offsets_lie_is_refused() -> None:
    body = arrow_body()
    place = body.rindex(b"goodother") - 64  # the offsets 0, 4, 9 of the ids, padded
    offsets = body.index((4).to_bytes(4, "little") + (9).to_bytes(4, "little"), place)
    lying = body[:offsets] + (2**30).to_bytes(4, "little") + body[offsets + 4 :]
    with pytest.raises(Invalid):
        rejected(lying, kind=ARROW)


def test_a_tiny_body_can_not_claim_a_billion_rows() -> None:
    empty = pa.table({name: pa.nulls(2_000_000) for name in arrow_body_names()})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, empty.schema) as writer:
        writer.write_table(empty)
    assert len(sink.getvalue()) < 5_000
    with pytest.raises(Invalid):
        rejected(sink.getvalue(), kind=ARROW)


def arrow_body_names() -> list[str]:
    return ["prediction_id", "predicted_at", "decision", "score", "age", "income", "sex"]


def test_at_most_a_thousand_bad_rows_are_named_and_all_are_counted() -> None:
    for kind, body in ((NDJSON, b"{}\n" * 1500), (CSV, CSV_HEADER + CSV_GOOD.replace(b"yes", b"y") * 1500)):
        rejections = Rejections()
        PREDICTION_DECODERS[kind](body, SIGNATURE, now=NOW, rejections=rejections)
        assert rejections.count == 1500
        assert [each.row for each in rejections.reported] == list(range(MAXIMUM_REPORTED))


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"prediction_id": ["a"], "features": {"age": [1, 2]}},
        {"prediction_id": ["a", "b"], "predicted_at": ["x"], "features": {}},
        {"prediction_id": "ab", "features": {}},
        {"features": [1]},
    ],
)
def test_columns_of_different_lengths_are_one_invalid(columns: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        predictions_of_plain_columns(columns, SIGNATURE, now=NOW, rejections=Rejections())


def test_values_that_only_python_has_are_refused() -> None:
    rejections = Rejections()
    bad = [
        {**GOOD, **feature(age=float("inf"))},
        {**GOOD, **feature(sex="\ud800")},
        {**GOOD, "prediction_id": "\ud800"},
        {**GOOD, **feature(age=object())},
        "no row",
    ]
    assert predictions_of_rows(bad, SIGNATURE, now=NOW, rejections=rejections) == []
    assert [each.row for each in rejections.reported] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (NDJSON, b'{"prediction_id":"a","label":"yes"}\n{"prediction_id":"b","label":"maybe"}\n{"label":"no"}\n'),
        (CSV, b"prediction_id,label\na,yes\nb,maybe\n,no\n"),
        (CSV, b"label,predicted_at,prediction_id\nyes,,a\nmaybe,,b\nno,2026-03-01,c\n"),
    ],
)
def test_bad_labels_are_named_too(kind: str, body: bytes) -> None:
    rejections = Rejections()
    labels = LABEL_DECODERS[kind](body, SIGNATURE, now=NOW, rejections=rejections)
    assert [(label.id, label.label, label.predicted_at) for label in labels] == [("a", 1, None)]
    assert [each.row for each in rejections.reported] == [1, 2]


def test_labels_of_all_formats_carry_their_predictions_time() -> None:
    sink = io.BytesIO()
    table = pa.table(
        {
            "prediction_id": ["a", "b"],
            "label": pa.array(["yes", "no"]).dictionary_encode(),
            "predicted_at": pa.array([NOW, None], type=pa.timestamp("ms", "UTC")),
        }
    )
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    rows = [
        {"prediction_id": "a", "label": "yes", "predicted_at": NOW},
        {"prediction_id": "b", "label": "no", "predicted_at": None},
    ]
    csv = f"prediction_id,label,predicted_at\na,yes,{NOW.isoformat()}\nb,no,\n".encode()
    decoded = [
        LABEL_DECODERS[kind](body, SIGNATURE, now=NOW, rejections=Rejections())
        for kind, body in ((ARROW, sink.getvalue()), (CSV, csv), (NDJSON, as_ndjson(*rows)))
    ]
    decoded.append(labels_of_rows(rows, SIGNATURE, now=NOW, rejections=Rejections()))
    assert decoded == [[("a", 1, NOW, None), ("b", 0, None, None)]] * 4
