"""Taking in predictions and labels."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import strawberry

from cdt.access.permissions import needs
from cdt.access.rates.policies import Operation
from cdt.domain.errors import Invalid, NotFound
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
)
from cdt.graphql.fields import mutation
from cdt.graphql.predictions.inputs import (
    IngestLabelsInput,
    IngestPredictionsInput,
)
from cdt.graphql.predictions.lines import as_lines
from cdt.graphql.registry.subjects import version_row_of
from cdt.predictions.bodies import Sent
from cdt.predictions.decoding import NDJSON
from cdt.predictions.receipts import Receipt, checked_key
from cdt.predictions.versions import Version


@needs(Permission.INGEST)
@strawberry.type(description="A row that was not taken in.")
class RejectedRow:
    """Counted from 0."""

    row: int
    column: str | None
    reason: str


@needs(Permission.INGEST)
@strawberry.type(description="What became of the rows; durable.")
class IngestReceipt:
    """Answered again under the same key."""

    accepted: int
    duplicates: int
    rejected: list[RejectedRow] = strawberry.field(description="The first thousand.")
    rejected_count: int
    corrected: int = strawberry.field(description="Labels that replaced another.")
    waiting: int = strawberry.field(description="Labels whose prediction is not there yet.")
    sequence: str
    receipt_id: strawberry.ID | None
    marked: int = strawberry.field(description="Of the accepted, those whose wrong features are missing.")
    batch_rejected: bool = strawberry.field(description="Whether one row rejected all; the wrong ones are named.")

    @classmethod
    def of(cls, receipt: Receipt) -> "IngestReceipt":
        """From the intake's."""
        return cls(
            accepted=receipt.accepted,
            duplicates=receipt.duplicates,
            rejected=[RejectedRow(row=each.row, column=each.column, reason=each.reason) for each in receipt.rejected],
            rejected_count=receipt.rejected_count,
            corrected=receipt.corrected,
            waiting=receipt.waiting,
            sequence=str(receipt.sequence),
            receipt_id=None if receipt.receipt_id is None else strawberry.ID(str(receipt.receipt_id)),
            marked=receipt.marked or 0,
            batch_rejected=bool(receipt.batch_rejected),
        )


IngestPredictionsResult = Annotated[
    IngestReceipt
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("IngestPredictionsResult"),
]
IngestLabelsResult = Annotated[
    IngestReceipt
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("IngestLabelsResult"),
]


@strawberry.type
class PredictionsMutations:
    """Fields of Mutation."""

    @mutation(Permission.INGEST, "Take in predictions; durable when it answers.", counts=Operation.INGEST)
    async def ingest_predictions(
        self,
        info: Info,
        input: IngestPredictionsInput,  # noqa: A002
    ) -> IngestPredictionsResult:
        """Bad rows are reported, the good ones go in."""
        info.context.admit_rate(Operation.ROWS)
        version = await version_to_send_to(info, input.version_id)
        body = as_lines(_prediction_rows(input))
        sent = Sent(version, "predictions", NDJSON, None, checked_key("key", input.key))
        receipt = await info.context.services.bodies.take_bytes(body, sent)
        info.context.charge_rate(Operation.ROWS, receipt.row_count - 1)
        return IngestReceipt.of(receipt)  # pyright: ignore[reportReturnType]

    @mutation(Permission.INGEST, "Take in labels; each finds its prediction, or waits for it.", counts=Operation.INGEST)
    async def ingest_labels(self, info: Info, input: IngestLabelsInput) -> IngestLabelsResult:  # noqa: A002
        """Bad rows are reported, the good ones go in."""
        info.context.admit_rate(Operation.ROWS)
        version = await version_to_send_to(info, input.version_id)
        body = as_lines(_label_rows(input))
        by = (await info.context.grants()).actor
        sent = Sent(version, "labels", NDJSON, None, checked_key("key", input.key), by=by)
        receipt = await info.context.services.bodies.take_bytes(body, sent)
        info.context.charge_rate(Operation.ROWS, receipt.row_count - 1)
        return IngestReceipt.of(receipt)  # pyright: ignore[reportReturnType]


async def version_to_send_to(info: Info, global_id: strawberry.ID) -> Version:
    """Seen by whoever belongs to its project: a program's key may send rows, and read nothing."""
    row, _ = await version_row_of(info, global_id, Permission.INGEST, seen=Permission.SIGNED_IN)
    if not (await info.context.grants()).knows_model(row.model_id):
        raise NotFound(kind="version")
    return Version(
        version_id=row.id,
        project_id=row.project_id,
        model_id=row.model_id,
        signature=row.typed_signature,
        policy=await info.context.services.policies.of(row.model_id, row.project_id),
    )


def _prediction_rows(given: IngestPredictionsInput) -> list[dict[str, Any]]:
    _require_one(given.rows, given.columns)
    if given.rows is not None:
        return [
            {
                "prediction_id": row.prediction_id,
                "predicted_at": row.predicted_at,
                "features": row.features,
                **_given(
                    decision=row.decision,
                    prediction=row.prediction,
                    score=row.score,
                    processing_ms=row.processing_ms,
                ),
            }
            for row in given.rows
        ]
    columns = given.columns
    assert columns is not None
    count = len(columns.prediction_ids)
    features = _arrays(columns.features)
    _require_length("columns.predictedAt", columns.predicted_at, count)
    lists = {
        "decision": columns.decisions,
        "prediction": columns.predictions,
        "score": columns.scores,
        "processing_ms": columns.processing_ms,
    }
    for name, values in zip(("decisions", "predictions", "scores", "processingMs"), lists.values(), strict=True):
        if values is not None:
            _require_length(f"columns.{name}", values, count)
    for name, values in features.items():
        _require_length(f"columns.features.{name}", values, count)
    return [
        {
            "prediction_id": columns.prediction_ids[row],
            "predicted_at": columns.predicted_at[row],
            "features": {name: values[row] for name, values in features.items()},
            **{name: values[row] for name, values in lists.items() if values is not None},
        }
        for row in range(count)
    ]


def _label_rows(given: IngestLabelsInput) -> list[dict[str, Any]]:
    _require_one(given.rows, given.columns)
    if given.rows is not None:
        return [
            {
                "prediction_id": row.prediction_id,
                **_given(label=row.label if row.number is None else row.number),
                "predicted_at": row.predicted_at,
                "reason": row.reason,
            }
            for row in given.rows
        ]
    columns = given.columns
    assert columns is not None
    count = len(columns.prediction_ids)
    labels: Sequence[str | float] = columns.labels or columns.numbers or []
    _require_length("columns.labels" if columns.numbers is None else "columns.numbers", labels, count)
    if columns.predicted_at is not None:
        _require_length("columns.predictedAt", columns.predicted_at, count)
    if columns.reasons is not None:
        _require_length("columns.reasons", columns.reasons, count)
    return [
        {
            "prediction_id": columns.prediction_ids[row],
            "label": labels[row],
            "predicted_at": None if columns.predicted_at is None else columns.predicted_at[row],
            "reason": None if columns.reasons is None else columns.reasons[row],
        }
        for row in range(count)
    ]


def _given(**values: object) -> dict[str, object]:
    """What was said: a version's rows have no column that belongs to another kind of version."""
    return {name: value for name, value in values.items() if value is not None}


def _arrays(given: Any) -> dict[str, list[Any]]:  # noqa: ANN401  JSON of any shape
    try:
        return msgspec.convert(given, dict[str, list[Any]])
    except msgspec.ValidationError as error:
        raise Invalid("columns.features", "it is an object with an array for each column") from error


def _require_one(rows: object, columns: object) -> None:
    if (rows is None) == (columns is None):
        raise Invalid("rows", "give either rows or columns")


def _require_length(field: str, values: Sequence[object], count: int) -> None:
    if len(values) != count:
        raise Invalid(field, f"it is an array of {count} values, as long as predictionIds")
