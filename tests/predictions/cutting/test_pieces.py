"""However a body is cut, its pieces give the rows and the rejections of the whole, or are refused like it."""

import csv
import io
import itertools
import json
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.domain.errors import Invalid
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.cutting import CUTTERS, arrow_streams, reading
from cdt.predictions.cutting.arrow_streams import pieces_of_arrow
from cdt.predictions.cutting.csv_files import pieces_of_csv
from cdt.predictions.cutting.json_arrays import pieces_of_json
from cdt.predictions.cutting.lines import pieces_of_ndjson
from cdt.predictions.decoding import ARROW, CSV, JSON, NDJSON, PREDICTION_DECODERS
from cdt.predictions.digests import digest_of_predictions
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import columns_of
from tests.predictions.builders import NOW, SIGNATURE, a_row

MISLEADING = ["}, {", '"}, {"', "}},{", "]", "},\n{", "\\", '"', '""', ",", "\r", "\n", "\r\n", 'a"b', "a,b\nc"]
ROW = st.builds(
    a_row,
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8),
    decision=st.sampled_from(["yes", "no", "maybe"]),
    score=st.sampled_from([None, 0.25, 1.5]),
    sex=st.sampled_from([None, *MISLEADING]),
)
ROWS = st.lists(ROW, min_size=1, max_size=12)
PIECE_BYTES = st.integers(1, 700)
PIECES: dict[str, Any] = {NDJSON: pieces_of_ndjson, JSON: pieces_of_json, CSV: pieces_of_csv, ARROW: pieces_of_arrow}


def decoded(bodies: list[bytes], kind: str) -> tuple[str, list[Any]]:
    parts: list[Predictions] = []
    bad: list[Any] = []
    first = 0
    for body in bodies:
        rejections = Rejections()
        batch = PREDICTION_DECODERS[kind](body, SIGNATURE, now=NOW, rejections=rejections)
        parts.append(columns_of(batch, SIGNATURE) if isinstance(batch, list) else batch)
        bad += [(first + each.row, each.column, each.reason) for each in rejections.reported]
        first += len(parts[-1]) + rejections.count
    return digest_of_predictions(join_predictions(parts, SIGNATURE)), bad


def require_alike(body: bytes, kind: str, piece_bytes: int) -> None:
    assert decoded(list(PIECES[kind](io.BytesIO(body), piece_bytes)), kind) == decoded([body], kind)


def is_refused(bodies: list[bytes], kind: str) -> bool:
    try:
        decoded(bodies, kind)
    except Invalid:
        return True
    return False


@given(ROWS, PIECE_BYTES, st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_json(rows: list[Any], piece_bytes: int, indent: int | None, is_wrapped: bool) -> None:
    require_alike(json.dumps({"rows": rows} if is_wrapped else rows, indent=indent).encode(), JSON, piece_bytes)


@given(st.lists(ROW | st.sampled_from([1, None, [], "text"]), max_size=12), PIECE_BYTES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_lines(rows: list[Any], piece_bytes: int, is_ended: bool) -> None:
    body = "\n".join(json.dumps(row) for row in rows).encode() + b"\n" * is_ended
    require_alike(body, NDJSON, piece_bytes)


def as_csv(rows: list[Any], *, line_end: str, quoting: Any) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=line_end, quoting=quoting)
    writer.writerow(["prediction_id", "predicted_at", "decision", "score", "age", "income", "sex"])
    for row in rows:
        features = row["features"].values()
        writer.writerow([*(row[name] for name in ("prediction_id", "predicted_at", "decision", "score")), *features])
    return written.getvalue()


@given(
    ROWS,
    PIECE_BYTES,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["", "ragged,row\n", 'a,b"c,d\n', "\n\n"]),
    st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_csv(rows: list[Any], piece_bytes: int, line_end: str, quoting: Any, odd: str, is_ended: bool) -> None:
    text = as_csv(rows, line_end=line_end, quoting=quoting) + odd + as_csv(rows, line_end="\n", quoting=quoting)
    body = text.encode() if is_ended else text.rstrip("\n").encode()
    require_alike(body, CSV, piece_bytes)


@given(
    st.lists(st.lists(ROW, max_size=4), min_size=1, max_size=6),
    PIECE_BYTES,
    st.sampled_from([{}, {"emit_dictionary_deltas": True}, {"unify_dictionaries": False}]),
)
@settings(max_examples=60, deadline=None)
def test_arrow(batches: list[list[Any]], piece_bytes: int, options: dict[str, bool]) -> None:
    schema = pa.schema(
        [
            ("prediction_id", pa.string()),
            ("predicted_at", pa.string()),
            ("decision", pa.dictionary(pa.int8(), pa.string())),
            ("score", pa.float64()),
            ("age", pa.float64()),
            ("income", pa.float64()),
            ("sex", pa.dictionary(pa.int8(), pa.string())),
        ]
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for rows in batches:
            flat = [{**row, **row["features"]} for row in rows]
            writer.write_batch(pa.RecordBatch.from_pylist(flat, schema=schema))
    require_alike(sink.getvalue(), ARROW, piece_bytes)


MARK = b"\xff\xff\xff\xff"
BROKEN = {
    JSON: [b"", b"[", b"[1", b"{}", b'{"rows": [', b'{"rows": []', b"[{},]", b"[{}, {}], [{}]", b'[{"a": "}, {"}, {]'],
    CSV: [b"", b"\n", b'prediction_id\n"a\nb', b"a,b\n1,2\n", b"\xff\xfe\n"],
    ARROW: [b"", MARK * 2, MARK + b"\x08\x00\x00\x00\x00", b"ARROW1\x00\x00", MARK + b"\xff\xff\xff\x7f"],
}


@pytest.mark.parametrize(("kind", "body"), [(kind, body) for kind, bodies in BROKEN.items() for body in bodies])
@pytest.mark.parametrize("piece_bytes", [1, 4 << 20])
def test_what_is_refused_as_a_whole_is_refused_in_pieces(kind: str, body: bytes, piece_bytes: int) -> None:
    assert is_refused([body], kind)
    with pytest.raises(Invalid):
        decoded(list(PIECES[kind](io.BytesIO(body), piece_bytes)), kind)


@given(st.integers(1, 2_000), PIECE_BYTES)
@settings(max_examples=60, deadline=None)
def test_an_arrow_stream_that_is_cut_off_is_refused_or_ends_between_batches(cut: int, piece_bytes: int) -> None:
    sink = io.BytesIO()
    schema = pa.schema([("prediction_id", pa.string()), ("decision", pa.string()), ("predicted_at", pa.string())])
    with pa.ipc.new_stream(sink, schema) as writer:
        for number in range(6):
            writer.write_batch(pa.record_batch([[f"p{number}"], ["yes"], ["2026-03-01T12:00:00Z"]], schema=schema))
    body = sink.getvalue()[:-cut]
    read: list[bytes] = []
    try:
        read = list(pieces_of_arrow(io.BytesIO(body), piece_bytes))
        whole = [pa.ipc.open_stream(piece).read_all().num_rows for piece in read if piece]
    except (Invalid, pa.ArrowInvalid):
        with pytest.raises((pa.ArrowInvalid, OSError)):
            pa.ipc.open_stream(body).read_all()
    else:
        assert sum(whole) == pa.ipc.open_stream(body).read_all().num_rows


@pytest.mark.parametrize("kind", CUTTERS)
def test_what_cannot_be_cut_into_pieces_that_fit_the_memory_is_refused(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = {NDJSON: b"x", JSON: b'[{"a": "', CSV: b'a,b\n"', ARROW: b""}[kind]

    class Endless(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            nonlocal endless
            begun, endless = endless[:size], endless[size:]
            return begun + b"x" * (size - len(begun))

    if kind == ARROW:
        sink = io.BytesIO()
        table = pa.table({"prediction_id": ["x" * (reading.MOST_PIECE_BYTES + 1)]})
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        source: Any = io.BytesIO(sink.getvalue())
    else:
        source = Endless()

    with pytest.raises(Invalid, match=r"MiB|told apart"):
        list(CUTTERS[kind](source))


def messages_of(schema: pa.Schema, dictionaries: list[list[str]], **options: bool) -> list[bytes]:
    """The messages of a stream whose batches have these dictionaries, one after another."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for texts in dictionaries:
            column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), pa.array(texts))
            writer.write_batch(pa.record_batch([column], schema=schema))
    return list(whole_messages(sink.getvalue()))


def whole_messages(stream: bytes) -> Iterator[bytes]:
    buffer = reading.Buffer(io.BytesIO(stream))
    while message := arrow_streams._next(buffer):  # pyright: ignore[reportPrivateUsage]
        yield message


def test_dictionaries_that_are_replaced_without_end_do_not_fill_the_memory() -> None:
    schema = pa.schema([("decision", pa.dictionary(pa.int32(), pa.string()))])
    whole = messages_of(schema, [["x" * 999_000], ["y" * 999_000]])
    begin, dictionary = whole[:1], whole[1]
    records = next(each for each in whole[2:] if len(each) < 1_000)
    messages = itertools.chain(begin, itertools.repeat(dictionary, 100), [records], itertools.repeat(dictionary, 100))

    class Messages(io.RawIOBase):
        left = b""

        def read(self, size: int = -1, /) -> bytes:
            self.left = self.left or next(messages, b"")
            part, self.left = self.left[:size], self.left[size:]
            return part

    sizes = [len(piece) for piece in pieces_of_arrow(Messages())]  # type: ignore[arg-type]
    assert len(sizes) == 1
    assert sizes[0] < 3 * reading.PIECE_BYTES


def test_a_dictionary_that_grows_by_very_many_small_steps_takes_no_time_that_grows_with_their_square() -> None:
    schema = pa.schema([("decision", pa.dictionary(pa.int32(), pa.string()))])
    begin, dictionary, records, delta, *_ = messages_of(schema, [["a"], ["a", "b"]], emit_dictionary_deltas=True)
    body = begin + dictionary + delta * 40_000 + records
    before = time.process_time()
    pieces = list(pieces_of_arrow(io.BytesIO(body)))
    assert time.process_time() - before < 5
    assert len(pieces) == 1
    assert dictionary in pieces[0]


def test_a_text_full_of_what_looks_like_the_ends_of_rows_takes_no_memory_for_each() -> None:
    body = b'[{"a": "' + b"},{" * (1 << 20) + b'"}]'
    tracemalloc.start()
    try:
        list(pieces_of_json(io.BytesIO(body), 1 << 20))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * len(body)
