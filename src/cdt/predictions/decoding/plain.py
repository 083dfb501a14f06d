"""Rows and columns as plain Python values, as GraphQL brings them."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Signature
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.own_columns import score_name
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import RowFormat, format_of
from cdt.predictions.rows import LabelRow, PredictionRow, Problem

Row = TypeVar("Row", PredictionRow, LabelRow)


def predictions_of_rows(
    rows: Sequence[object], signature: Signature, *, now: datetime, rejections: Rejections
) -> list[PredictionRow]:
    """The good rows of mappings, each with the names that a line of NDJSON has."""
    form = format_of(signature)
    return _rows(rows, form.sent, lambda sent: _prediction(form, sent, now=now), rejections)


def predictions_of_plain_columns(
    columns: Mapping[str, Any], signature: Signature, *, now: datetime, rejections: Rejections
) -> list[PredictionRow]:
    """The good rows of lists by name; `features` is itself a mapping of lists by name.

    Raises Invalid unless all lists are of one length.
    """
    own = {name: values for name, values in columns.items() if name != "features"}
    rows = _transposed("columns", own)
    features = _transposed("columns.features", columns.get("features"))
    if len(features) != len(rows):
        raise Invalid("columns", "all lists must have the same length")
    sent = [{**row, "features": values} for row, values in zip(rows, features, strict=True)]
    return predictions_of_rows(sent, signature, now=now, rejections=rejections)


def labels_of_rows(
    rows: Sequence[object], signature: Signature, *, now: datetime, rejections: Rejections
) -> list[LabelRow]:
    """The good labels of mappings."""
    form = format_of(signature)
    return _rows(rows, form.sent_label, lambda sent: form.label(sent, now), rejections)


def labels_of_plain_columns(
    columns: Mapping[str, Any], signature: Signature, *, now: datetime, rejections: Rejections
) -> list[LabelRow]:
    """The good labels of lists by name; raises Invalid unless all lists are of one length."""
    rows = _transposed("columns", columns)
    return labels_of_rows(rows, signature, now=now, rejections=rejections)


def _rows(
    rows: Sequence[object], kind: type[Any], check: Callable[[Any], Row | Problem], rejections: Rejections
) -> list[Row]:
    good: list[Row] = []
    for place, row in enumerate(rows):
        try:
            found = check(msgspec.convert(row, kind))
        except (ValueError, RecursionError) as error:
            found = problem_of(error)
        if isinstance(found, Problem):
            rejections.add(place, *found)
        else:
            good.append(found)
    return good


def _prediction(form: RowFormat, sent: Any, *, now: datetime) -> PredictionRow | Problem:
    """What JSON can't say must be looked for here: infinities, and half of a surrogate pair."""
    row = form.prediction(sent, now)
    if isinstance(row, Problem):
        return row
    row.id.encode()
    if row.score is not None and math.isinf(row.score):
        return Problem(score_name(form.signature), "must be finite")
    for column, value in zip(form.signature.columns, row.features, strict=True):
        if isinstance(value, float) and math.isinf(value):
            return Problem(column.name, "must be finite")
        if isinstance(value, str):
            value.encode()
    return row


def _transposed(name: str, columns: object) -> list[dict[str, Any]]:
    try:
        lists = msgspec.convert(columns, dict[str, list[Any]])
    except ValueError as error:
        raise Invalid(name, "must be an object of lists, one for each column") from error
    if len({len(values) for values in lists.values()}) > 1:
        raise Invalid(name, "all lists must have the same length")
    return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
