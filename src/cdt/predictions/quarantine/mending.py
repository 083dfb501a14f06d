"""Rows of the quarantine, mended, as a body that can be sent."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import msgspec
from psycopg import AsyncConnection

from cdt.domain.errors import Conflict, Invalid
from cdt.domain.registry.signature import Signature
from cdt.predictions.decoding.columnar import OWN_LABEL_COLUMNS
from cdt.predictions.own_columns import prediction_columns
from cdt.predictions.quarantine.kept import QuarantinedRow
from cdt.predictions.rows import Kind

_ENCODER = msgspec.json.Encoder()


class IsSettled(Conflict):
    """Row {number} of the quarantine is {state} already."""


class Cell(NamedTuple):
    """A cell that shall hold something else, or be taken out; its column is named as in a CSV file."""

    column: str
    value: Any
    is_removed: bool = False


class Mended(NamedTuple):
    """A row of the quarantine, and what shall be sent in its place: all of `row` if that is given, and then `cells`."""

    kept: QuarantinedRow
    cells: Sequence[Cell] = ()
    row: dict[str, Any] | None = None


class Batch(NamedTuple):
    """A body of mended rows, by which key it is known, and the rows' numbers in the quarantine."""

    kind: Kind
    body: bytes
    key: str
    again: tuple[int, ...]


def batch_of(rows: Sequence[Mended], signature: Signature, *, key: str | None) -> Batch:
    """The rows as NDJSON. Without a key the body's own digest is one, so that the same again is the same batch.

    A body of which nothing was taken in may fit another time: `with_free_key` has it tried anew.

    Raises Invalid for what can't be mended so, and IsSettled for rows that were taken in by another batch, or thrown
    away.
    """
    if len({each.kept.kind for each in rows}) != 1:
        raise Invalid("rows", "send predictions and labels apart, and at least one row")
    kind = rows[0].kept.kind
    for each in rows:
        if each.kept.state == "discarded":
            raise IsSettled(number=each.kept.number, state="discarded")
        if each.kept.state == "marked":
            raise Invalid("rows", f"row {each.kept.number} was taken in, and a prediction can't be corrected")
    try:
        body = b"\n".join(_ENCODER.encode(_mended(each, kind, signature)) for each in rows)
    except (ValueError, OverflowError, RecursionError) as error:
        raise Invalid("rows", "it holds what can't be written as JSON") from error
    known_by = f"quarantine {hashlib.sha256(body).hexdigest()}" if key is None else key
    for each in rows:
        if each.kept.state != "resolved":
            continue
        settled_by = each.kept.settled_by or ""
        if settled_by != known_by and not (key is None and settled_by.startswith(f"{known_by} ")):
            raise IsSettled(number=each.kept.number, state="resolved")
        known_by = settled_by
    return Batch(kind, body, known_by, tuple(each.kept.number for each in rows))


async def with_free_key(connection: AsyncConnection[Any], version_number: int, batch: Batch) -> Batch:
    """The batch under a key that answers no former receipt: for one without a key of its own, whose rows are all open.

    Two who send it at once find the same key, and get one receipt.
    """
    attempt, key = 1, batch.key
    while await _is_used(connection, version_number, batch.kind, key):
        attempt += 1
        key = f"{batch.key} {attempt}"
    return batch._replace(key=key)


async def _is_used(connection: AsyncConnection[Any], version_number: int, kind: Kind, key: str) -> bool:
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM predictions.receipts"
        " WHERE version_number = %(number)s AND kind = %(kind)s AND key = %(key)s)",
        {"number": version_number, "kind": kind, "key": key},
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


def _mended(mended: Mended, kind: Kind, signature: Signature) -> dict[str, Any]:
    row = _begun(mended)
    own = prediction_columns(signature) if kind == "predictions" else OWN_LABEL_COLUMNS
    for cell in mended.cells:
        if kind == "labels" or cell.column in own or (cell.is_removed and cell.column in row):
            _put(row, cell.column, cell)
        else:
            row["features"] = features = _object(row.get("features"))
            _put(features, _feature(cell.column, signature), cell)
    return row


def _feature(column: str, signature: Signature) -> str:
    is_named_so = any(each.name == column for each in signature.columns)
    return column if is_named_so else column.removeprefix("features.")


def _put(holder: dict[str, Any], name: str, cell: Cell) -> None:
    if cell.is_removed:
        holder.pop(name, None)
    else:
        holder[name] = cell.value


def _object(value: object) -> dict[str, Any]:
    return dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}


def _begun(mended: Mended) -> dict[str, Any]:
    if mended.row is not None:
        return dict(mended.row)
    sent = None if mended.kept.sent is None else msgspec.json.decode(mended.kept.sent)
    if not isinstance(sent, dict):
        raise Invalid("rows", f"nothing can be mended of row {mended.kept.number} as it was sent; give all of the row")
    return _object(cast("object", sent))
