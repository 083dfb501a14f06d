"""CSV with a header: a column for each name; an empty cell is missing, and `""` the empty text."""

import csv as plain_csv
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Signature
from cdt.predictions.arrow import Array, csv, pa
from cdt.predictions.columns import Predictions
from cdt.predictions.decoding.blocks import BYTE_ORDER_MARK
from cdt.predictions.decoding.columnar import check_width, labels_of_columns, predictions_of_columns
from cdt.predictions.decoding.csv_rows import ends_within_quotes
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import LabelRow

_LONGEST_HEADER = 1 << 20


def predictions_of_csv(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections, naming: Naming = AS_THEY_ARE
) -> Predictions:
    """The good rows."""
    columns, numbers, _ = read_csv(body, rejections)
    columns = naming.applied(columns)
    return predictions_of_columns(columns, signature, now=now, rejections=rejections, numbers=numbers, is_text=True)


def labels_of_csv(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections, naming: Naming = AS_THEY_ARE
) -> list[LabelRow]:
    """The good labels."""
    columns, numbers, _ = read_csv(body, rejections)
    columns = naming.applied(columns)
    return labels_of_columns(columns, signature, now=now, rejections=rejections, numbers=numbers, is_text=True)


def read_csv(body: bytes, rejections: Rejections) -> tuple[dict[str, Array], NDArray[np.int64], dict[int, str]]:
    """Columns of text, the place of each row in the body, and the text of rows of another width: these are rejected."""
    names = _header(body)
    if ends_within_quotes(body):
        raise Invalid("body", "it ends within a quoted cell")
    _require_text(body)
    ragged: dict[int, str] = {}

    def skip(row: Any) -> str:
        place = row.number - 2  # counted from 1, and the header is a row
        ragged[place] = row.text or ""
        rejections.add(place, None, f"has {row.actual_columns} cells where the header has {row.expected_columns}")
        return "skip"

    try:
        table = csv.read_csv(
            pa.py_buffer(body),
            read_options=csv.ReadOptions(use_threads=False, block_size=len(body) + 1),
            parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise Invalid("body", f"it is no CSV that can be read: {str(error).splitlines()[0]}") from error
    if table.column_names != names:
        raise Invalid("body", "its first line must name the columns")
    columns = {name: table.column(name).combine_chunks() for name in names}
    return columns, np.delete(np.arange(table.num_rows + len(ragged), dtype=np.int64), list(ragged)), ragged


def _require_text(body: bytes) -> None:
    """Before the library reads it, which writes to the error stream for each row of another width that is no text."""
    offsets = pa.py_buffer(np.array([0, len(body)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(body)]).validate(full=True)
    except pa.ArrowInvalid as error:
        raise Invalid("body", "it is no CSV that can be read: it is not in UTF-8") from error


def _header(body: bytes) -> list[str]:
    line, _, _ = body[:_LONGEST_HEADER].removeprefix(BYTE_ORDER_MARK).partition(b"\n")
    try:
        names: list[str] = next(plain_csv.reader([line.decode().rstrip("\r"), ""], strict=True))
    except (UnicodeDecodeError, plain_csv.Error) as error:
        raise Invalid("body", "its first line must name the columns, in UTF-8") from error
    if not any(names):
        raise Invalid("body", "its first line must name the columns")
    check_width(len(names))
    if len(set(names)) != len(names):
        raise Invalid("body", "its first line names a column twice")
    return names
