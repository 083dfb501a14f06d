"""The same rows in every format are the same rows, to the bit."""

import csv
import io
import math
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.domain.registry.signature import Column, Signature
from cdt.predictions.columns import Predictions
from cdt.predictions.decoding.arrow_bodies import predictions_of_arrow
from cdt.predictions.decoding.csv_bodies import predictions_of_csv
from cdt.predictions.decoding.json_bodies import predictions_of_json
from cdt.predictions.decoding.ndjson import predictions_of_ndjson
from cdt.predictions.decoding.plain import predictions_of_plain_columns, predictions_of_rows
from cdt.predictions.digests import digest_of_predictions, digest_of_rows
from cdt.predictions.payloads import predictions_as_arrow, predictions_as_json, predictions_of
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import columns_of
from tests.predictions.builders import NOW, as_ndjson

SIGNATURE = Signature(
    columns=(Column("amount", "number"), Column("school", "category"), Column("score", "number")),
    classes=("0", "ja, doch"),
    positive_class="ja, doch",
)

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=20)
ROW = st.fixed_dictionaries(
    {
        "prediction_id": st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20),
        "predicted_at": st.datetimes(datetime(1970, 1, 1), datetime(2026, 3, 2), timezones=st.just(UTC)),  # noqa: DTZ001
        "decision": st.sampled_from(SIGNATURE.classes),
        "score": st.none() | st.floats(0, 1),
        "features": st.fixed_dictionaries(
            {
                "amount": st.none() | st.floats(allow_infinity=False, allow_nan=False),
                "school": st.none() | TEXT,
                "score": st.none() | st.floats(allow_infinity=False, allow_nan=False),
            }
        ),
    }
)


def flat(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    columns = {name: [row[name] for row in rows] for name in ("prediction_id", "predicted_at", "decision", "score")}
    for name in ("amount", "school"):
        columns[name] = [row["features"][name] for row in rows]
    return {**columns, "features.score": [row["features"]["score"] for row in rows]}


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    columns = flat(rows)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    for values in zip(*columns.values(), strict=True):
        cells = [value.isoformat() if isinstance(value, datetime) else value for value in values]
        text.write(",".join(_cell(cell) for cell in cells) + "\n")
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else '"' + str(value).replace('"', '""') + '"'


def as_arrow(rows: list[dict[str, Any]], *, is_dictionary: bool) -> bytes:
    columns = flat(rows)
    text = pa.dictionary(pa.int8(), pa.string()) if is_dictionary else pa.large_string()
    types = {
        "prediction_id": pa.string(),
        "predicted_at": pa.timestamp("us", "Europe/Berlin"),
        "decision": text,
        "score": pa.float64(),
        "amount": pa.float64(),
        "school": text,
        "features.score": pa.float64(),
    }
    table = pa.table({name: pa.array(values, type=types[name]) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=3)
    return sink.getvalue().to_pybytes()


def decoded(decode: Any, body: Any) -> Predictions:
    rejections = Rejections()
    batch = decode(body, SIGNATURE, now=NOW, rejections=rejections)
    assert rejections.reported == []
    return columns_of(batch, SIGNATURE) if isinstance(batch, list) else batch


@given(st.lists(ROW, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_the_same_rows_have_the_same_digest_in_every_format(rows: list[dict[str, Any]]) -> None:
    bodies: list[tuple[Any, Any]] = [
        (predictions_of_ndjson, as_ndjson(*rows)),
        (predictions_of_json, b"[" + b",".join(as_ndjson(row) for row in rows) + b"]"),
        (predictions_of_csv, as_csv(rows)),
        (predictions_of_arrow, as_arrow(rows, is_dictionary=False)),
        (predictions_of_arrow, as_arrow(rows, is_dictionary=True)),
        (predictions_of_rows, rows),
        (
            predictions_of_plain_columns,
            {
                **{name: [row[name] for row in rows] for name in rows[0] if name != "features"},
                "features": {name: [row["features"][name] for row in rows] for name in rows[0]["features"]},
            },
        ),
    ]
    batches = [decoded(decode, body) for decode, body in bodies]
    digests = {digest_of_predictions(batch) for batch in batches}
    assert len(digests) == 1
    assert batches[0].ids.to_pylist() == [row["prediction_id"] for row in rows]


@given(st.lists(ROW, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_stored_as_json_or_as_arrow_rows_come_back_with_the_same_digest(rows: list[dict[str, Any]]) -> None:
    plain = predictions_of_rows(rows, SIGNATURE, now=NOW, rejections=Rejections())
    columns = columns_of(plain, SIGNATURE)
    digest = digest_of_rows(plain, SIGNATURE)
    assert digest == digest_of_predictions(columns)
    assert digest == digest_of_predictions(predictions_of(predictions_as_json(plain), "json", SIGNATURE))
    assert digest == digest_of_predictions(predictions_of(predictions_as_arrow(columns), "arrow", SIGNATURE))


def test_any_nan_is_the_same_missing_number_and_a_whole_number_stands_for_its_digits() -> None:
    row = {
        "prediction_id": "a",
        "predicted_at": NOW,
        "decision": 0,
        "features": {"amount": None, "school": 7, "score": 1},
    }
    other = {**row, "decision": "0", "features": {"amount": math.nan, "school": "7", "score": 1.0}}
    batches = [predictions_of_rows([each], SIGNATURE, now=NOW, rejections=Rejections()) for each in (row, other)]
    assert digest_of_rows(batches[0], SIGNATURE) == digest_of_rows(batches[1], SIGNATURE)


def test_the_digest_is_what_it_was() -> None:
    row = {
        "prediction_id": "a",
        "predicted_at": "2026-03-01T12:00:00.000001Z",
        "decision": "0",
        "score": 0.25,
        "features": {"amount": None, "school": "é", "score": -0.5},
    }
    rows = predictions_of_rows([row], SIGNATURE, now=NOW, rejections=Rejections())
    assert digest_of_rows(rows, SIGNATURE) == "f874757113dc4691d8cc786f2131939c48840723964fc958880f072b78ee5274"


def test_a_body_of_many_blocks_is_read_as_one_of_few() -> None:
    rows = [
        {
            "prediction_id": f"p{number}",
            "predicted_at": NOW,
            "decision": "0",
            "features": {"amount": number, "school": f"s{number % 40000}", "score": None},
        }
        for number in range(20_000)
    ]
    body = as_ndjson(*rows)
    assert len(body) > 2 * (1 << 20)
    split = decoded(predictions_of_ndjson, body)
    whole = columns_of(predictions_of_rows(rows, SIGNATURE, now=NOW, rejections=Rejections()), SIGNATURE)
    assert digest_of_predictions(split) == digest_of_predictions(whole)


def test_an_arrow_body_of_one_batch_is_that_of_many() -> None:
    rows = [
        {
            "prediction_id": f"p{number}",
            "predicted_at": NOW,
            "decision": SIGNATURE.classes[number % 2],
            "score": None if number % 3 else 0.5,
            "features": {"amount": None if number % 5 else 1.5, "school": "ab"[number % 2], "score": 2.0},
        }
        for number in range(30)
    ]
    table = pa.table(flat(rows))
    coded = table.set_column(4 + 1, "school", table.column("school").dictionary_encode())
    digests: set[str] = set()
    for sent in (table, coded):
        for size in (7, 30):
            sink = io.BytesIO()
            with pa.ipc.new_stream(sink, sent.schema) as writer:
                writer.write_table(sent, max_chunksize=size)
            rejections = Rejections()
            taken = predictions_of_arrow(sink.getvalue(), SIGNATURE, now=NOW, rejections=rejections)
            assert (len(taken), rejections.count) == (30, 0)
            digests.add(digest_of_predictions(taken))

    assert len(digests) == 1
