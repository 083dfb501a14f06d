"""Whatever is sent, in whatever form: good rows, rows that are named with a reason, or a body that is refused."""

import io
import json
from contextlib import suppress
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cdt.domain.errors import Invalid
from cdt.domain.registry.events import IntakePolicy
from cdt.predictions.columns import Predictions
from cdt.predictions.cutting import CUTTERS
from cdt.predictions.decoding import ARROW, CSV, DECODERS, JSON, NDJSON, csv_bodies
from cdt.predictions.quarantine.gathering import Body, Decoded, gather
from cdt.predictions.quarantine.keeping import Keeping, values_of
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import Kind, PredictionRow, columns_of
from tests.builders import an_id
from tests.predictions.builders import NOW, SIGNATURE, a_label, a_row, as_ndjson

ROWS: dict[Kind, list[dict[str, Any]]] = {
    "predictions": [a_row("a"), a_row("b", income=3.5, sex=None, decision="no"), a_row("c", sex='x, "y"\nz')],
    "labels": [a_label("a", "yes"), a_label("b", "no", predicted_at="2026-03-01T12:00:00Z"), a_label("c", "yes")],
}


def as_table(kind: Kind) -> pa.Table:
    rows = ROWS[kind]
    if kind == "predictions":
        rows = [{**{name: each[name] for name in each if name != "features"}, **each["features"]} for each in rows]
    return pa.Table.from_pylist(rows)


def as_csv(kind: Kind) -> bytes:
    sink = io.BytesIO()
    pa.csv.write_csv(as_table(kind), sink)
    return sink.getvalue()


def as_arrow(kind: Kind) -> bytes:
    sink, table = io.BytesIO(), as_table(kind)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.to_batches(max_chunksize=2):
            writer.write_batch(batch)
    return sink.getvalue()


CORPUS: dict[tuple[Kind, str], bytes] = {
    (kind, form): write(kind)
    for kind in ROWS
    for form, write in {
        NDJSON: lambda kind: as_ndjson(*ROWS[kind]),
        JSON: lambda kind: json.dumps(ROWS[kind]).encode(),
        CSV: as_csv,
        ARROW: as_arrow,
    }.items()
}
TOKENS = [
    b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\r\n", b"\n", b'"', b'""', b",", b"{", b"}", b"[", b"]", b"null",
    b"NaN", b"-Infinity", b"1e400", b"9" * 300, b"1" + b"0" * 400, b"9" * 5_000, b"-0", b"[" * 3_000, b'{"a":' * 3_000,
    b"\\ud800", b'"\\u0000"', b"\\", b"true", b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59.9999999+23:59",
    b"prediction_id", b"features", b"x" * 40_000, b"\xc3\x28", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f",
    "\u202e\U0001f600".encode(),
]  # fmt: skip
places = st.integers(0, 2_000)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("put"), places, st.sampled_from(TOKENS)),
        st.tuples(st.just("cut"), places, st.integers(1, 60)),
        st.tuples(st.just("end"), places, st.just(0)),
        st.tuples(st.just("twice"), places, st.integers(1, 200)),
        st.tuples(st.just("byte"), places, st.integers(0, 255)),
    ),
    min_size=1,
    max_size=4,
)


def changed(body: bytes, *, how: list[tuple[str, int, Any]]) -> bytes:
    for what, at, by in how:
        place = at % (len(body) + 1)
        match what:
            case "put":
                body = body[:place] + by + body[place:]
            case "cut":
                body = body[:place] + body[place + by :]
            case "end":
                body = body[:place]
            case "twice":
                body = body[:place] + body[place : place + by] + body[place:]
            case _:
                body = body[:place] + bytes([by]) + body[place + 1 :]
    return body


def taken(body: bytes, kind: Kind, form: str, policy: IntakePolicy = "reject_row") -> Decoded:
    """As every way in does it."""
    rejections = Rejections()
    batch = DECODERS[kind][form](body, SIGNATURE, now=NOW, rejections=rejections)
    return gather(Body(body, form, kind, SIGNATURE, NOW), batch, rejections, policy)


def require_sound(decoded: Decoded, kind: Kind) -> None:
    """It can be stored as it is, and what is rejected is named."""
    batch = decoded.batch
    if kind == "predictions" and isinstance(batch, list):
        rows: list[PredictionRow] = batch
        batch = columns_of(rows, SIGNATURE)
    if isinstance(batch, Predictions):
        assert not any("\x00" in each for each in batch.ids.to_pylist())
    assert decoded.rejections.count >= len(decoded.rejections.reported)
    assert all(each.reason for each in decoded.rejections.reported)
    refused = decoded.leavings.refused
    keeping = Keeping(rows=refused.rows, keys=[None] * len(refused.rows), again=[0] * len(refused.rows))
    values = values_of(keeping, project_id=an_id(1), version_number=1, kind=kind)
    told = [f"{reason['column']} {reason['reason']}" for each in values["reasons"] for reason in json.loads(each)]
    assert not any("\x00" in each for each in told)
    assert not any("\x00" in each for each in values["prediction_ids"] if each is not None)
    for sent in filter(None, values["sent"]):
        msgspec.json.decode(sent)


@given(st.sampled_from(sorted(CORPUS)), changes, st.sampled_from(["reject_row", "keep_marked", "reject_batch"]))
@settings(max_examples=400, deadline=None)
@example(("predictions", CSV), [("put", 0, b"\xef\xbb\xbf")], "reject_row")
@example(("predictions", NDJSON), [("put", 0, b"\xef\xbb\xbf")], "reject_row")
def test_whatever_is_sent_is_rows_reasons_or_a_refusal(
    of: tuple[Kind, str], how: list[tuple[str, int, Any]], policy: IntakePolicy
) -> None:
    kind, form = of
    with suppress(Invalid):
        require_sound(taken(changed(CORPUS[of], how=how), kind, form, policy), kind)


@given(st.sampled_from(sorted(form for kind, form in CORPUS if kind == "predictions")), changes, st.integers(1, 700))
@settings(max_examples=200, deadline=None)
def test_whatever_is_sent_in_pieces_likewise(form: str, how: list[tuple[str, int, Any]], piece_bytes: int) -> None:
    body = changed(CORPUS["predictions", form], how=how)
    with suppress(Invalid):
        for piece in CUTTERS[form](io.BytesIO(body), piece_bytes):
            require_sound(taken(piece, "predictions", form), "predictions")


@pytest.mark.parametrize("of", sorted(CORPUS))
def test_what_is_not_changed_is_good(of: tuple[Kind, str]) -> None:
    decoded = taken(CORPUS[of], *of)
    assert (len(decoded.batch), decoded.rejections.count) == (3, 0)


@pytest.mark.parametrize("form", [CSV, NDJSON, JSON])
def test_a_byte_order_mark_says_nothing(form: str) -> None:
    for kind in ROWS:
        decoded = taken(b"\xef\xbb\xbf" + CORPUS[kind, form], kind, form)
        assert (len(decoded.batch), decoded.rejections.count) == (3, 0)
    wrong = taken(b"\xef\xbb\xbf" + CORPUS["predictions", form].replace(b"yes", b"perhaps"), "predictions", form)
    assert [each.reasons[0].column for each in wrong.leavings.refused.rows] == ["decision", "decision"]


def test_lines_may_end_in_two_ways() -> None:
    for form in (CSV, NDJSON):
        body = CORPUS["predictions", form]
        decoded = taken(body.replace(b"\n", b"\r\n", 1), "predictions", form)
        assert (len(decoded.batch), decoded.rejections.count) == (3, 0)


@pytest.mark.parametrize("form", [CSV, NDJSON, JSON])
@pytest.mark.parametrize("digits", [300, 400])
def test_numbers_of_many_digits_are_numbers_or_named(form: str, digits: int) -> None:
    body = CORPUS["predictions", form].replace(b"40.0", b"40").replace(b"40", b"9" * digits, 1)
    decoded = taken(body, "predictions", form)
    told = [(each.row, each.column, each.reason) for each in decoded.rejections.reported]
    assert told == ([] if digits == 300 else [(0, "age", "must be finite")])


def wide(columns: int, form: str) -> bytes:
    names = [f"c{number}" for number in range(columns)]
    header, _, rows = CORPUS["predictions", CSV].partition(b"\n")
    match form:
        case "csv":
            return header + b"," + ",".join(names).encode() + b"\n" + rows
        case "ndjson":
            features: dict[str, Any] = {**ROWS["predictions"][0]["features"], **dict.fromkeys(names, 1)}
            return as_ndjson({**ROWS["predictions"][0], "features": features})
        case _:
            sink, table = io.BytesIO(), pa.table({name: pa.array([1]) for name in names})
            with pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
            return sink.getvalue()


@pytest.mark.parametrize(("form", "columns"), [("csv", 1_000_000), ("arrow", 5_000)])
def test_of_very_many_columns_none_is_read(form: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    body = wide(columns, form)

    def read(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(csv_bodies.csv, "read_csv", read)
    with pytest.raises(Invalid, match="send at most 4,096"):
        taken(body, "predictions", {"csv": CSV, "arrow": ARROW}[form])


def test_of_a_row_with_very_many_columns_the_first_are_named() -> None:
    decoded = taken(wide(20_000, "ndjson"), "predictions", NDJSON)
    (row,) = decoded.leavings.refused.rows
    assert (decoded.rejections.count, len(row.reasons), row.sent) == (1, 20, None)
