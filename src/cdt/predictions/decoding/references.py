"""Rows of a baseline, in every form that predictions have: without id and time, which mean nothing if they are there.

A column of the signature that is called `label` is `features.label` here, since a row may have its truth beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec import defstruct
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import Column
from cdt.predictions.arrow import Array, pa
from cdt.predictions.columns import EPOCH, Label, Labels, Predictions, chosen_of, has_truth, truths_of
from cdt.predictions.decoding import ARROW, CSV, JSON, NDJSON, ColumnDecoder, Decoder
from cdt.predictions.decoding.arrow_bodies import read_arrow
from cdt.predictions.decoding.blocks import good_rows
from cdt.predictions.decoding.checking import Checking
from cdt.predictions.decoding.columnar import names_of, read_features, require_size
from cdt.predictions.decoding.csv_bodies import read_csv
from cdt.predictions.decoding.json_bodies import blocks_of_array
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.decoding.ndjson import blocks_of, sent_on_lines
from cdt.predictions.decoding.outputs import read_known_labels, read_outputs
from cdt.predictions.own_columns import output_columns
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import RowFormat, format_of, number_type
from cdt.predictions.rows import PredictionRow, Problem, Score, columns_of

_OWN = ("label", "prediction_id", "predicted_at")


class ReferenceRow(NamedTuple):
    """A row as JSON brings it: as `PredictionRow`, and its truth, if that is known."""

    decision: int
    score: float | None
    features: tuple[float | str | None, ...]
    label: Label | None


class _Format:
    """How a row is typed."""

    def __init__(self, form: RowFormat) -> None:
        self._form = form
        outputs: list[Any] = [
            ("decision", str | int),
            ("features", form.features),
            ("score", Score, None),
            ("label", str | int | None, None),
        ]
        if form.signature.is_of_numbers:
            outputs = [
                ("prediction", number_type(form.signature)),
                ("features", form.features),
                ("label", float | None, None),
            ]
        sent = defstruct(
            "Reference",
            [
                *outputs,
                ("prediction_id", Any, None),
                ("predicted_at", Any, None),
            ],
            forbid_unknown_fields=True,
            gc=False,
        )
        self.decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(sent)
        self.list_decoder: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[sent])

    def row(self, sent: Any, now: datetime) -> ReferenceRow | Problem:
        """The row, or what is wrong with it although its types are right."""
        del now
        form = self._form
        output = form.output(sent)
        if isinstance(output, Problem):
            return output
        values = form.values(sent.features)
        if isinstance(values, Problem):
            return values
        label = None if sent.label is None else form.truth(sent.label)
        return label if isinstance(label, Problem) else ReferenceRow(*output, values, label)


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceRows:
    """Rows of a baseline: predictions of no id and no time, and the truth of each, as far as it is known.

    label: codes of classes, -1 where it isn't known, or numbers, and NaN.
    """

    predictions: Predictions
    label: Column

    def __len__(self) -> int:
        return len(self.predictions)

    def at(self, places: NDArray[np.intp]) -> "ReferenceRows":
        """The rows at these places, in their order."""
        return ReferenceRows(self.predictions.at(places), chosen_of(self.label, places))

    def labels(self, signature: Signature) -> Labels:
        """The truths that are known."""
        rows = self.predictions
        wanted = {group.column for group in signature.groups}
        return Labels(
            ids=rows.ids,
            predicted_at=rows.predicted_at,
            label=self.label,
            sign=np.ones(len(rows), dtype=np.int8),
            decision=rows.decision,
            score=rows.score,
            features={name: column for name, column in rows.features.items() if name in wanted},
        ).where(has_truth(self.label))


def references_of_ndjson(body: bytes, signature: Signature, *, now: datetime, rejections: Rejections) -> ReferenceRows:
    """The good rows."""
    form = _Format(format_of(signature))
    rows: list[ReferenceRow] = []
    seen = 0
    for block in blocks_of(body):
        sent = sent_on_lines(block, form.decoder)
        rows += good_rows(sent, form.row, seen, now, rejections)
        seen += len(sent)
    return _of_rows(rows, signature)


def references_of_json(body: bytes, signature: Signature, *, now: datetime, rejections: Rejections) -> ReferenceRows:
    """The good rows."""
    form = _Format(format_of(signature))
    rows: list[ReferenceRow] = []
    seen = 0
    for sent in blocks_of_array(body, form.decoder, form.list_decoder):
        rows += good_rows(sent, form.row, seen, now, rejections)
        seen += len(sent)
    return _of_rows(rows, signature)


def references_of_csv(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections, naming: Naming = AS_THEY_ARE
) -> ReferenceRows:
    """The good rows."""
    del now
    columns, numbers, _ = read_csv(body, rejections)
    return _of_columns(naming.applied(columns), signature, rejections=rejections, numbers=numbers, is_text=True)


def references_of_arrow(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections, naming: Naming = AS_THEY_ARE
) -> ReferenceRows:
    """The good rows."""
    del now
    columns, numbers = read_arrow(body)
    return _of_columns(naming.applied(columns), signature, rejections=rejections, numbers=numbers, is_text=False)


REFERENCE_DECODERS: dict[str, Decoder[ReferenceRows]] = {
    NDJSON: references_of_ndjson,
    JSON: references_of_json,
    CSV: references_of_csv,
    ARROW: references_of_arrow,
}
"""By content type."""
NAMED_REFERENCE_DECODERS: dict[str, ColumnDecoder[ReferenceRows]] = {
    CSV: references_of_csv,
    ARROW: references_of_arrow,
}
"""Those of forms whose columns have names of their own."""


def _of_rows(rows: list[ReferenceRow], signature: Signature) -> ReferenceRows:
    plain = [PredictionRow("", EPOCH, row.decision, row.score, row.features) for row in rows]
    return ReferenceRows(columns_of(plain, signature), truths_of([row.label for row in rows], signature))


def _of_columns(
    columns: Mapping[str, Array],
    signature: Signature,
    *,
    rejections: Rejections,
    numbers: NDArray[np.int64],
    is_text: bool,
) -> ReferenceRows:
    form = format_of(signature)
    outputs = output_columns(signature)
    name_of = names_of(columns, signature, own=(*outputs, *_OWN), required=outputs[:1])
    require_size(numbers, columns)
    checking = Checking(numbers)
    decision, score = read_outputs(columns, form, checking, is_text=is_text)
    label = read_known_labels(columns, form, checking, is_text=is_text)
    features = read_features(columns, name_of, signature, checking, is_text=is_text)
    checking.report(rejections)
    nothing: Any = pa.nulls(len(numbers))
    rows = ReferenceRows(Predictions(nothing, np.zeros(len(numbers), dtype=np.int64), decision, score, features), label)
    return rows if checking.is_good.all() else rows.at(np.flatnonzero(checking.is_good))
