"""From the bodies of senders to rows of a version's signature: bad rows are named, good ones answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from cdt.domain.registry.signature import Signature
from cdt.predictions.columns import Predictions
from cdt.predictions.decoding.arrow_bodies import labels_of_arrow, predictions_of_arrow
from cdt.predictions.decoding.csv_bodies import labels_of_csv, predictions_of_csv
from cdt.predictions.decoding.json_bodies import labels_of_json, predictions_of_json
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.decoding.ndjson import labels_of_ndjson, predictions_of_ndjson
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import Kind, LabelRow, PredictionRow

Batch_co = TypeVar("Batch_co", covariant=True)


class Decoder(Protocol[Batch_co]):
    """Turns a body into its good rows, and reports the bad ones; raises Invalid when it can't be parsed at all."""

    def __call__(self, body: bytes, signature: Signature, /, *, now: datetime, rejections: Rejections) -> Batch_co:
        """Decode a body."""
        ...


class ColumnDecoder(Decoder[Batch_co], Protocol[Batch_co]):
    """One of whole columns, which may have other names in the body."""

    def __call__(
        self,
        body: bytes,
        signature: Signature,
        /,
        *,
        now: datetime,
        rejections: Rejections,
        naming: Naming = AS_THEY_ARE,
    ) -> Batch_co:
        """Decode a body."""
        ...


NDJSON, JSON, CSV = "application/x-ndjson", "application/json", "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
PARQUET = "application/vnd.apache.parquet"
"""Has no decoder here: see `parquet.py`."""

PREDICTION_DECODERS: dict[str, Decoder[list[PredictionRow] | Predictions]] = {
    NDJSON: predictions_of_ndjson,
    JSON: predictions_of_json,
    CSV: predictions_of_csv,
    ARROW: predictions_of_arrow,
}
"""By content type."""
LABEL_DECODERS: dict[str, Decoder[list[LabelRow]]] = {
    NDJSON: labels_of_ndjson,
    JSON: labels_of_json,
    CSV: labels_of_csv,
    ARROW: labels_of_arrow,
}
DECODERS: dict[Kind, Mapping[str, Decoder[Any]]] = {"predictions": PREDICTION_DECODERS, "labels": LABEL_DECODERS}
"""By what a body holds, and its content type."""
COLUMN_DECODERS: dict[Kind, Mapping[str, ColumnDecoder[Any]]] = {
    "predictions": {CSV: predictions_of_csv, ARROW: predictions_of_arrow},
    "labels": {CSV: labels_of_csv, ARROW: labels_of_arrow},
}
"""Those of forms that have columns."""
KINDS = (*PREDICTION_DECODERS, PARQUET)
"""Every content type that is taken, of predictions and of labels."""
