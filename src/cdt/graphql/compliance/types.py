"""Legal holds and erasures, as they may be shown."""

import enum
from collections.abc import Awaitable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.texts import shown
from cdt.predictions import erasures as kept_erasures
from cdt.readmodels import compliance

if TYPE_CHECKING:
    from cdt.graphql.registry.models import Model


@needs(Permission.READ_AUDIT)
@strawberry.type(description="What keeps rows of a project, or of one of its models, from being thrown away.")
class LegalHold:
    """In force at the position."""

    id: strawberry.ID
    placed_at: datetime
    row: strawberry.Private[compliance.Hold]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: compliance.Hold, at: At) -> "LegalHold":
        """From a row."""
        return cls(id=_global_id("LegalHold", row.id), placed_at=row.placed_at, row=row, at=at)

    @strawberry.field(description="Why; '[redacted]' once that is.", graphql_type=str)
    def reason(self, info: Info) -> Awaitable[str] | str:
        """Opened on reading."""
        return shown(info, self.row.reason)

    @strawberry.field(description="Who placed it.")
    def placed_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.placed_by_kind, self.row.placed_by_id, self.at)

    @strawberry.field(description="The model that it holds; null for the whole project.")
    async def model(self, info: Info) -> Annotated["Model", strawberry.lazy("cdt.graphql.registry.models")] | None:
        """As it was then."""
        return None if self.row.model_id is None else await _model(info, self.at, self.row.model_id)


@strawberry.enum(description="How far an erasure is.")
class ErasureState(enum.Enum):
    """A held one goes on when the hold is lifted."""

    RUNNING = "running"
    HELD = "held"
    COMPLETED = "completed"


@needs(Permission.READ_AUDIT)
@strawberry.type(description="A request that the rows of some subjects go.")
class Erasure:
    """As known at a position; whose rows they are is kept as keyed hashes and shown to nobody."""

    id: strawberry.ID
    column: str | None = strawberry.field(
        description="The column that tells whose a row is; null for the prediction's id."
    )
    subjects: int = strawberry.field(description="How many subjects were named.")
    versions: int = strawberry.field(description="Of how many versions the rows go.")
    versions_left: int = strawberry.field(description="How many of these are not done.")
    predictions: int = strawberry.field(description="Rows that are gone, of the versions that are done.")
    labels: int = strawberry.field(description="Rows of labels that are gone, those that waited among them.")
    segments: int = strawberry.field(description="Batches that were written anew.")
    requested_at: datetime
    completed_at: datetime | None
    state: ErasureState
    row: strawberry.Private[compliance.Erasure]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: compliance.Erasure, at: At, *, is_held: bool) -> "Erasure":
        """From a row."""
        held = ErasureState.HELD if is_held else ErasureState.RUNNING
        return cls(
            id=_global_id("Erasure", row.id),
            column=row.column_name,
            subjects=row.subjects,
            versions=len(row.version_ids),
            versions_left=len(row.left_versions),
            predictions=row.predictions,
            labels=row.labels,
            segments=row.segments,
            requested_at=row.requested_at,
            completed_at=row.completed_at,
            state=held if row.completed_at is None else ErasureState.COMPLETED,
            row=row,
            at=at,
        )

    @strawberry.field(description="Why; '[redacted]' once that is.", graphql_type=str)
    def reason(self, info: Info) -> Awaitable[str] | str:
        """Opened on reading."""
        return shown(info, self.row.reason)

    @strawberry.field(description="Who asked for it.")
    def requested_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.requested_by_kind, self.row.requested_by_id, self.at)

    @strawberry.field(description="The model whose rows go.")
    async def model(self, info: Info) -> Annotated["Model", strawberry.lazy("cdt.graphql.registry.models")] | None:
        """As it was then."""
        return await _model(info, self.at, self.row.model_id)

    @strawberry.field(
        description="The share of the batches that were looked at, in [0, 1], of the versions that are not done; of"
        " now, whatever `asOf` says."
    )
    async def progress(self, info: Info) -> float:
        """1 once it is completed."""
        if self.row.completed_at is not None:
            return 1.0
        async with info.context.services.writer.transaction([self.row.project_id]) as connection:
            return await kept_erasures.progress(connection, self.row.id, versions=len(self.row.version_ids))


async def _model(
    info: Info, at: At, model_id: UUID
) -> Annotated["Model", strawberry.lazy("cdt.graphql.registry.models")] | None:
    from cdt.graphql.registry.models import Model  # noqa: PLC0415  models know much that knows projects

    row = await info.context.loaders.registry.model.load((at, model_id))
    return None if row is None else Model.of(row, at)


def _global_id(kind: str, key: UUID) -> strawberry.ID:
    return strawberry.ID(str(relay.GlobalID(kind, str(key))))
