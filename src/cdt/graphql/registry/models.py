"""A model, with what every context says of it."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.alerts.of_model import AlertsOfModel
from cdt.graphql.batching import once_loaded
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.of_model import EvaluationsOfModel
from cdt.graphql.paging import Connection, page, page_size, slice_after
from cdt.graphql.predictions.of_model import PredictionsOfModel
from cdt.graphql.registry.champions import champion_among
from cdt.graphql.registry.dictionaries import ColumnMeaning
from cdt.graphql.registry.types import Deployment, Version
from cdt.graphql.scalars import Cursor, PositionText, cursor_of
from cdt.graphql.tenancy.types import Project
from cdt.graphql.texts import shown
from cdt.graphql.trust.of_model import TrustOfModel
from cdt.readmodels import registry


@needs(Permission.READ)
@strawberry.type(description="A registered machine-learning model.")
class Model(TrustOfModel, EvaluationsOfModel, PredictionsOfModel, AlertsOfModel, relay.Node):
    """A model, as known at a position."""

    id: relay.NodeID[UUID]
    name: str
    registered_at: datetime
    version_count: int
    row: strawberry.Private[registry.Model]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: registry.Model, at: At) -> "Model":
        """From a row."""
        return cls(
            id=row.id,
            name=row.name,
            registered_at=row.registered_at,
            version_count=row.version_count,
            row=row,
            at=at,
        )

    @strawberry.field(description="What people wrote of it; '[redacted]' once that is.", graphql_type=str)
    def description(self, info: Info) -> Awaitable[str] | str:
        """Opened on reading."""
        return shown(info, self.row.description)

    @strawberry.field(description="The position at which this answer was read.")
    def read_at(self) -> PositionText:
        """Everything below it is read there too."""
        return PositionText(str(self.at.position))

    @strawberry.field(description="The project that it belongs to.")
    async def project(self, info: Info) -> Project:
        """Every model has one."""
        row = await info.context.loaders.tenancy.project.load((self.at, self.row.project_id))
        assert row is not None
        return Project.of(row, self.at)

    @strawberry.field(description="What its columns mean to people: those that somebody has described, by name.")
    async def columns(self, info: Info) -> list[ColumnMeaning]:
        """Of all versions."""
        row = await info.context.loaders.registry.dictionary.load((self.at, self.row.id))
        return [] if row is None else [ColumnMeaning.of(each) for each in row.typed]

    @strawberry.field(description="Who registered it.")
    def registered_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.registered_by_kind, self.row.registered_by_id, self.at)

    @strawberry.field(description="Its versions, newest first.")
    async def versions(self, info: Info, first: int | None = None, after: Cursor | None = None) -> Connection[Version]:
        """A model has few enough versions to be read whole."""
        size = page_size(first)
        rows = await info.context.loaders.registry.versions_of_model.load((self.at, self.row.id))

        def cursor(row: registry.Version) -> Cursor:
            return cursor_of(str(row.id))

        rest = slice_after(rows, after=after, cursor=cursor)
        return page(
            rest,
            size=size,
            node=lambda row: Version.of(row, self.at),
            cursor=cursor,
            after=after,
            total_count=len(rows),
        )

    @strawberry.field(description="Which version serves where.")
    async def deployments(self, info: Info) -> list[Deployment]:
        """Of all environments."""
        rows = await info.context.loaders.registry.deployments_of_model.load((self.at, self.row.id))
        return [Deployment.of(row, self.at) for row in rows]

    @strawberry.field(description="The production champion.", graphql_type=Deployment | None)
    def production(self, info: Info) -> Awaitable[Deployment | None] | Deployment | None:
        """Null while none was promoted."""

        def champion(rows: Sequence[registry.Deployment]) -> Deployment | None:
            row = champion_among(rows)
            return None if row is None else Deployment.of(row, self.at)

        loaded = info.context.loaders.registry.deployments_of_model.load((self.at, self.row.id))
        return once_loaded(loaded, champion)
