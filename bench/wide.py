"""Rows of 25 columns, twenty numbers and five categories, in each of the forms in which they are sent."""

import io
import zlib
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv

from cdt.domain.registry.signature import Column, Signature

NUMBERS = tuple(f"number_{place}" for place in range(20))
CATEGORIES = tuple(f"category_{place}" for place in range(5))
SIGNATURE = Signature(
    columns=(*(Column(name, "number") for name in NUMBERS), *(Column(name, "category") for name in CATEGORIES)),
    classes=("no", "yes"),
    positive_class="yes",
    groups=(),
)
VALUES = tuple(f"value {place}" for place in range(8))


def table(name: str, rows: int) -> Any:
    """So many rows, as senders have them: their ids are UUIDs, others for each name."""
    chance = np.random.default_rng(zlib.crc32(name.encode()))
    start = np.datetime64("2026-03-01T00:00:00", "us")
    columns: dict[str, Any] = {
        "prediction_id": [str(UUID(bytes=chance.bytes(16), version=4)) for _ in range(rows)],
        "predicted_at": pa.array(start + np.arange(rows) * 8_000).cast(pa.timestamp("us", "UTC")),
        "decision": np.where(chance.random(rows) < 0.3, "yes", "no"),
        "score": np.round(chance.random(rows), 4),
    }
    columns |= {each: np.round(chance.normal(size=rows), 4) for each in NUMBERS}
    columns |= {each: np.array(VALUES)[chance.integers(0, len(VALUES), rows)] for each in CATEGORIES}
    return pa.table(columns)


def as_arrow(rows: Any) -> bytes:
    """An IPC stream."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows, max_chunksize=10_000)
    return sink.getvalue()


def as_csv(rows: Any) -> bytes:
    """With a header; texts without quotes, as most programs write them."""
    sink = io.BytesIO()
    times = rows.column("predicted_at").cast(pa.timestamp("us")).cast(pa.string())
    texts = pa.compute.binary_join_element_wise(times, "Z", "")
    written = rows.set_column(rows.schema.get_field_index("predicted_at"), "predicted_at", texts)
    pyarrow.csv.write_csv(written, sink, pyarrow.csv.WriteOptions(quoting_style="none"))
    return sink.getvalue()


def as_ndjson(rows: Any) -> bytes:
    """One object a line."""
    columns = {name: rows.column(name).to_pylist() for name in rows.column_names}
    features = (*NUMBERS, *CATEGORIES)
    lines = (
        {
            "prediction_id": columns["prediction_id"][row],
            "predicted_at": columns["predicted_at"][row],
            "decision": columns["decision"][row],
            "score": columns["score"][row],
            "features": {name: columns[name][row] for name in features},
        }
        for row in range(rows.num_rows)
    )
    return msgspec.json.Encoder().encode_lines(lines)
