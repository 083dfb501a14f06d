"""Rows as they are sent with an operation."""

import strawberry
from strawberry.scalars import JSON


@strawberry.input(description="One logged decision.")
class PredictionInput:
    """Features by column name; a missing value is null."""

    prediction_id: str
    predicted_at: str = strawberry.field(description="RFC 3339, with its offset.")
    features: JSON
    decision: str | None = strawberry.field(default=None, description="Of a version that decides among classes.")
    prediction: float | None = strawberry.field(default=None, description="Of a version that predicts numbers.")
    score: float | None = None
    processing_ms: float | None = strawberry.field(
        default=None, description="How long the call took; counted for live numbers, and not kept with the row."
    )


@strawberry.input(description="Logged decisions as parallel arrays.")
class PredictionColumnsInput:
    """All arrays are equally long; `features` is an object of arrays."""

    prediction_ids: list[str]
    predicted_at: list[str]
    features: JSON
    decisions: list[str] | None = None
    predictions: list[float] | None = None
    scores: list[float | None] | None = None
    processing_ms: list[float | None] | None = None


@strawberry.input(description="Predictions of one version: rows, or columns.")
class IngestPredictionsInput:
    """The same `key` with the same content answers the same receipt again."""

    version_id: strawberry.ID
    rows: list[PredictionInput] | None = None
    columns: PredictionColumnsInput | None = None
    key: str | None = None


@strawberry.input(description="The truth for one prediction.")
class LabelInput:
    """`predictedAt` finds the prediction faster, and tells apart days on which an id was used."""

    prediction_id: str
    label: str | None = strawberry.field(default=None, description="The class that came.")
    number: float | None = strawberry.field(default=None, description="Of a version that predicts numbers, what came.")
    predicted_at: str | None = None
    reason: str | None = strawberry.field(default=None, description="Why it replaces another label, if it does.")


@strawberry.input(description="Labels as parallel arrays.")
class LabelColumnsInput:
    """All arrays are equally long."""

    prediction_ids: list[str]
    labels: list[str] | None = None
    numbers: list[float] | None = None
    predicted_at: list[str | None] | None = None
    reasons: list[str | None] | None = None


@strawberry.input(description="Labels of one version: rows, or columns.")
class IngestLabelsInput:
    """The same `key` with the same content answers the same receipt again."""

    version_id: strawberry.ID
    rows: list[LabelInput] | None = None
    columns: LabelColumnsInput | None = None
    key: str | None = None
