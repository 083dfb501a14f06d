"""Files of predictions and labels beside an operation: `multipart/form-data`, see http/uploads.py."""

import enum
import json
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from cdt.access.rates.policies import Operation
from cdt.domain.errors import Invalid
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
from cdt.graphql.predictions.mutations import IngestReceipt, version_to_send_to
from cdt.graphql.scalars import Upload
from cdt.predictions import decoding
from cdt.predictions.bodies import Sent
from cdt.predictions.decoding.naming import AS_THEY_ARE, naming_of
from cdt.predictions.receipts import checked_key
from cdt.predictions.rows import Kind


@strawberry.enum(description="The form of a file.")
class RowsFormat(enum.Enum):
    """As the content types of `/v1/versions/{id}/predictions`."""

    NDJSON = decoding.NDJSON
    JSON = decoding.JSON
    CSV = decoding.CSV
    ARROW = decoding.ARROW
    PARQUET = decoding.PARQUET


@strawberry.enum(description="How a file is compressed.")
class RowsEncoding(enum.Enum):
    """As the content encodings there; Parquet compresses itself."""

    GZIP = "gzip"
    ZSTD = "zstd"


@strawberry.input(description="A file of predictions of one version.")
class UploadPredictionsInput:
    """The same `key` with the same content answers the same receipt again."""

    version_id: strawberry.ID
    file: Upload
    format: RowsFormat
    encoding: RowsEncoding | None = None
    columns: JSON | None = strawberry.field(
        default=None,
        description="By the names in a CSV, Arrow or Parquet file: the version's columns; null leaves one out.",
    )
    key: str | None = None


@strawberry.input(description="A file of labels of one version.")
class UploadLabelsInput(UploadPredictionsInput):
    """As for predictions."""


UploadPredictionsResult = Annotated[
    IngestReceipt
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("UploadPredictionsResult"),
]
UploadLabelsResult = Annotated[
    IngestReceipt
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("UploadLabelsResult"),
]


@strawberry.type
class UploadMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.INGEST,
        "Take in a file of predictions, sent beside the operation; durable when it answers.",
        counts=Operation.INGEST,
    )
    async def upload_predictions(
        self,
        info: Info,
        input: UploadPredictionsInput,  # noqa: A002
    ) -> UploadPredictionsResult:
        """All of its good rows become visible in one moment."""
        return await _taken(info, input, "predictions")  # pyright: ignore[reportReturnType]

    @mutation(
        Permission.INGEST,
        "Take in a file of labels, sent beside the operation; each finds its prediction, or waits for it.",
        counts=Operation.INGEST,
    )
    async def upload_labels(self, info: Info, input: UploadLabelsInput) -> UploadLabelsResult:  # noqa: A002
        """All of its good rows become visible in one moment."""
        return await _taken(info, input, "labels")  # pyright: ignore[reportReturnType]


async def _taken(info: Info, given: UploadPredictionsInput, kind: Kind) -> IngestReceipt:
    context = info.context
    context.admit_rate(Operation.ROWS)
    if given.format is RowsFormat.PARQUET and given.encoding is not None:
        raise Invalid("encoding", "Parquet is sent as it is")
    if given.format in {RowsFormat.NDJSON, RowsFormat.JSON} and given.columns is not None:
        raise Invalid("columns", "is for CSV, Arrow and Parquet")
    version = await version_to_send_to(info, given.version_id)
    grants = await context.grants()
    sent = Sent(
        version,
        kind,
        given.format.value,
        None if given.encoding is None else given.encoding.value,
        checked_key("key", given.key),
        AS_THEY_ARE if given.columns is None else naming_of(json.dumps(given.columns)),
        grants.actor,
    )
    organization = grants.projects[version.project_id].int
    receipt = await given.file.take(sent, organization=organization, version_id=given.version_id)
    context.charge_rate(Operation.ROWS, receipt.row_count - 1)
    return IngestReceipt.of(receipt)
