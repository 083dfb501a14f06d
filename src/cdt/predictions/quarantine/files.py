"""Rows of a quarantine as a file: NDJSON or CSV, as they can be sent again once they are mended."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias, cast

import msgspec

from cdt.domain.registry.signature import Signature
from cdt.predictions.decoding.columnar import OWN_LABEL_COLUMNS
from cdt.predictions.own_columns import prediction_columns
from cdt.predictions.quarantine.kept import QuarantinedRow
from cdt.predictions.rows import Kind

FileForm: TypeAlias = Literal["ndjson", "csv"]
MEDIA_TYPES: dict[FileForm, str] = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}

_ENCODER = msgspec.json.Encoder()
_TO_BE_QUOTED = frozenset(',"\r\n')


def header_of(form: FileForm, kind: Kind, signature: Signature) -> bytes:
    """The first line, of CSV."""
    return b"" if form == "ndjson" else _line([name for name, _ in _columns(kind, signature)])


def lines_of(rows: Iterable[QuarantinedRow], form: FileForm, kind: Kind, signature: Signature) -> Iterator[bytes]:
    """A line for each row; what is no row stands as it was sent, on a line of its own. Rows that are gone are left out.

    A CSV file has the version's columns alone, so what others a row had is not in it.
    """
    columns = _columns(kind, signature)
    for row in rows:
        if row.sent is None:
            continue
        sent = msgspec.json.decode(row.sent)
        if isinstance(sent, str):
            yield sent.replace("\r", " ").replace("\n", " ").encode() + b"\n"
        elif form == "ndjson":
            yield row.sent + b"\n"
        else:
            yield _line([_cell(sent, name, is_inner=is_inner) for name, is_inner in columns])


def _columns(kind: Kind, signature: Signature) -> list[tuple[str, bool]]:
    """The names of a file's columns, and which of them are features."""
    if kind == "labels":
        return [(name, False) for name in OWN_LABEL_COLUMNS]
    own = prediction_columns(signature)
    return [
        *((name, False) for name in own),
        *((f"features.{column.name}" if column.name in own else column.name, True) for column in signature.columns),
    ]


def _cell(sent: dict[str, Any], name: str, *, is_inner: bool) -> object:
    if not is_inner:
        return sent.get(name)
    features: object = sent.get("features")
    if not isinstance(features, dict):
        return None
    given = cast("dict[str, Any]", features)
    return given.get(name, given.get(name.removeprefix("features.")))


def _line(cells: Iterable[object]) -> bytes:
    return ",".join(map(_written, cells)).encode(errors="replace") + b"\n"


def _written(cell: object) -> str:
    """Nothing for what is missing, and quotes for the empty text, which is another thing."""
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else _ENCODER.encode(cell).decode()
    return '"' + text.replace('"', '""') + '"' if not text or _TO_BE_QUOTED & set(text) else text
