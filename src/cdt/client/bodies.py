"""From rows, columns and tables to the bodies of requests."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
import pyarrow  # pyright: ignore[reportMissingTypeStubs]

pa: Any = pyarrow

NDJSON, ARROW = "application/x-ndjson", "application/vnd.apache.arrow.stream"
ROWS_A_BODY = 10_000
BYTES_A_BODY = 8 * 1024 * 1024

KINDS = {
    ".ndjson": NDJSON,
    ".jsonl": NDJSON,
    ".json": "application/json",
    ".csv": "text/csv",
    ".arrows": ARROW,
    ".parquet": "application/vnd.apache.parquet",
}
ENCODINGS = {".gz": "gzip", ".zst": "zstd"}
"""How a file's name ends, and what that says."""

Data: TypeAlias = Any
"""Rows, columns, or a table; see `Client.log_predictions`."""
Table: TypeAlias = Any
Values: TypeAlias = Any


class Body(NamedTuple):
    """What one request carries, and which of the rows is its first."""

    content: bytes
    kind: str
    first_row: int


def bodies_of(data: Data) -> Iterator[Body]:
    """Rows (an iterable of mappings), columns (a mapping of lists or arrays), or a table of Arrow or a data frame."""
    if isinstance(data, Mapping):
        return _of_table(_table_of(cast(Mapping[str, Any], data)))
    if hasattr(data, "__arrow_c_stream__") or isinstance(data, pa.RecordBatch):
        return _of_table(pa.table(data))
    return _of_rows(data)


def form_of(file: Path) -> tuple[str, str | None]:
    """What a file's name says of it: its content type, and its content encoding or None."""
    encoding = ENCODINGS.get(file.suffix)
    kind = KINDS.get((file if encoding is None else file.with_suffix("")).suffix)
    if kind is None or (encoding is not None and kind == KINDS[".parquet"]):
        raise ValueError(f"{file.name}: a name ends in {', '.join(KINDS)}; all but .parquet may add .gz or .zst")
    return kind, encoding


def headers_of(file: Path) -> dict[str, str]:
    """The same as the head of a request says it."""
    kind, encoding = form_of(file)
    return {"content-type": kind, **({"content-encoding": encoding} if encoding else {})}


def _of_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[Body]:
    lines: list[bytes] = []
    size = first = 0
    for place, row in enumerate(rows):
        line = json.dumps(_plain(row), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        if lines and (len(lines) >= ROWS_A_BODY or size + len(line) > BYTES_A_BODY):
            yield Body(b"\n".join(lines), NDJSON, first)
            lines, size, first = [], 0, place
        lines.append(line)
        size += len(line) + 1
    if lines:
        yield Body(b"\n".join(lines), NDJSON, first)


def _of_table(table: Table) -> Iterator[Body]:
    rows = max(1, min(ROWS_A_BODY, BYTES_A_BODY * table.num_rows // max(table.nbytes, 1)))
    for first in range(0, table.num_rows, rows):
        part = table.slice(first, rows).combine_chunks()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, part.schema) as writer:
            writer.write_table(part)
        yield Body(sink.getvalue().to_pybytes(), ARROW, first)


def _table_of(columns: Mapping[str, Any]) -> Table:
    flat = {name: values for name, values in columns.items() if name != "features"}
    flat |= {f"features.{name}": values for name, values in dict(columns.get("features") or {}).items()}
    return pa.table({name: _array_of(name, values) for name, values in flat.items()})


def _array_of(name: str, values: Values) -> Values:
    if name == "prediction_id":
        return pa.array([str(each) for each in values], type=pa.string())
    kind = cast(Any, values).dtype.kind if isinstance(values, np.ndarray) else ""
    if kind == "M":  # NumPy's times have no zone, and are meant as UTC
        return pa.array(values).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    return pa.array(values.tolist() if kind in {"U", "O"} else values)


def _plain(value: Values) -> Values:
    """What JSON can say: NaN is a missing number, a time is its text, NumPy's scalars are Python's."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in cast(Mapping[str, Any], value).items()}
    plain: Any = cast(Any, value).item() if isinstance(value, np.generic) else value
    if isinstance(plain, float) and math.isnan(plain):
        return None
    return plain.isoformat() if isinstance(plain, date) else plain
