"""The two kinds of segments, and how the rows of each are had from bytes, tables and one another."""

from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from cdt.domain.kernel import Digest
from cdt.domain.registry.signature import Signature
from cdt.predictions.arrow import Table
from cdt.predictions.columns import Labels, Predictions, join_labels, join_predictions
from cdt.predictions.digests import digest_of_labels, digest_of_predictions
from cdt.predictions.parquet import (
    columns_of_labels,
    columns_of_predictions,
    labels_of_parquet,
    predictions_of_parquet,
    table_of_labels,
    table_of_predictions,
    text_columns,
)
from cdt.predictions.payloads import Format, labels_of, predictions_of, predictions_of_json
from cdt.predictions.segments import Kind

Rows: TypeAlias = Predictions | Labels
R = TypeVar("R", Predictions, Labels)
Stored: TypeAlias = tuple[bytes, Format]


class Shape(NamedTuple, Generic[R]):
    """How one kind of rows is read and written.

    of_payloads: each of what it answers holds the rows of one or more payloads, in their order.
    """

    kind: Kind
    columns: Callable[[Signature, Collection[str] | None], list[str]]
    texts: Callable[[Sequence[str], Signature], list[str]]
    of_payloads: Callable[[Sequence[Stored], Signature], list[R]]
    of_table: Callable[[Table, Signature], R]
    as_table: Callable[[R], Any]
    join: Callable[[Sequence[R], Signature], R]
    digest: Callable[[R], Digest]


def _predictions(stored: Sequence[Stored], signature: Signature) -> list[Predictions]:
    """The few rows of many JSON payloads are made columns of together: columns cost more than rows do."""
    found: list[Predictions] = []
    for form, group in groupby(stored, key=_form):
        payloads = [payload for payload, _ in group]
        if form == "json":
            found.append(predictions_of_json(payloads, signature))
        else:
            found += [predictions_of(payload, form, signature) for payload in payloads]
    return found


def _form(stored: Stored) -> Format:
    return stored[1]


def _labels(stored: Sequence[Stored], signature: Signature) -> list[Labels]:
    return [labels_of(payload, signature) for payload, _ in stored]


PREDICTIONS = Shape[Predictions](
    kind="predictions",
    columns=columns_of_predictions,
    texts=text_columns,
    of_payloads=_predictions,
    of_table=predictions_of_parquet,
    as_table=table_of_predictions,
    join=join_predictions,
    digest=digest_of_predictions,
)
LABELS = Shape[Labels](
    kind="labels",
    columns=columns_of_labels,
    texts=text_columns,
    of_payloads=_labels,
    of_table=labels_of_parquet,
    as_table=table_of_labels,
    join=join_labels,
    digest=digest_of_labels,
)
