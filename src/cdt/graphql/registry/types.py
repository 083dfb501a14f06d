"""Models, their versions, and which serves where."""

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
from cdt.graphql.batching import once_loaded
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.slices_of_window import SlicesOfVersion
from cdt.graphql.predictions.corrections import CorrectionsOfVersion
from cdt.graphql.predictions.files import FilesOfVersion
from cdt.graphql.predictions.quarantine import QuarantineOfVersion
from cdt.graphql.predictions.rows import RowsOfVersion
from cdt.graphql.registry.baselines import Baseline
from cdt.graphql.registry.signatures import Signature
from cdt.graphql.texts import shown
from cdt.readmodels import registry

if TYPE_CHECKING:
    from cdt.graphql.evaluations.plans import MonitoringPlan
    from cdt.graphql.registry.models import Model


@strawberry.enum(description="Where a version serves.")
class Environment(enum.Enum):
    """The stages of a model's life."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


@strawberry.enum(description="What a version is in its environment.")
class DeploymentRole(enum.Enum):
    """The champion decides; a challenger is compared with it; a shadow only listens."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    SHADOW = "shadow"


@needs(Permission.READ)
@strawberry.type(description="An immutable version of a model.")
class Version(RowsOfVersion, SlicesOfVersion, CorrectionsOfVersion, QuarantineOfVersion, FilesOfVersion, relay.Node):
    """A version, as known at a position."""

    id: relay.NodeID[UUID]
    tag: str
    added_at: datetime
    row: strawberry.Private[registry.Version]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: registry.Version, at: At) -> "Version":
        """From a row."""
        return cls(id=row.id, tag=row.tag, added_at=row.added_at, row=row, at=at)

    @classmethod
    async def load(cls, info: Info, at: At, version_id: UUID) -> "Version":
        """A version that is known to exist."""
        row = await info.context.loaders.registry.version.load((at, version_id))
        assert row is not None
        return cls.of(row, at)

    @strawberry.field(description="The model that it is a version of.")
    async def model(self, info: Info) -> Annotated["Model", strawberry.lazy("cdt.graphql.registry.models")]:
        """Every version has one."""
        from cdt.graphql.registry.models import Model  # noqa: PLC0415  the two know each other

        row = await info.context.loaders.registry.model.load((self.at, self.row.model_id))
        assert row is not None
        return Model.of(row, self.at)

    @strawberry.field(description="The plan by which it is watched, once it has a baseline.")
    async def plan(
        self, info: Info
    ) -> Annotated["MonitoringPlan", strawberry.lazy("cdt.graphql.evaluations.plans")] | None:
        """Null before setBaseline."""
        from cdt.graphql.evaluations.plans import MonitoringPlan  # noqa: PLC0415  the two know each other

        row = await info.context.loaders.evaluations.plan_of_version.load((self.at, self.row.id))
        return None if row is None else MonitoringPlan.of(row, self.at)

    @strawberry.field(description="Who added it.")
    def added_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.added_by_kind, self.row.added_by_id, self.at)

    @strawberry.field(description="Its input and output columns.")
    def signature(self) -> Signature:
        """Never changes."""
        return Signature.of(self.row.typed_signature)

    @strawberry.field(description="Its baseline, once one is set.")
    def baseline(self) -> Baseline | None:
        """Null before setBaseline."""
        return Baseline.of(self.row, self.at)

    @strawberry.field(description="Where it serves.")
    async def deployments(self, info: Info) -> list["Deployment"]:
        """Of all environments."""
        rows = await info.context.loaders.registry.deployments_of_model.load((self.at, self.row.model_id))
        return [Deployment.of(row, self.at) for row in rows if row.version_id == self.row.id]


@needs(Permission.READ)
@strawberry.type(description="A version that serves in an environment.")
class Deployment:
    """Since when, by whom, and why."""

    environment: Environment
    role: DeploymentRole
    since: datetime
    row: strawberry.Private[registry.Deployment]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: registry.Deployment, at: At) -> "Deployment":
        """From a row."""
        return cls(
            environment=Environment(row.environment),
            role=DeploymentRole(row.role),
            since=row.promoted_at,
            row=row,
            at=at,
        )

    @strawberry.field(description="Why; '[redacted]' once that is.", graphql_type=str)
    def reason(self, info: Info) -> Awaitable[str] | str:
        """Opened on reading."""
        return shown(info, self.row.reason)

    @strawberry.field(description="The version.", graphql_type=Version)
    def version(self, info: Info) -> Awaitable[Version] | Version:
        """The one that serves."""

        def shown(row: registry.Version | None) -> Version:
            assert row is not None
            return Version.of(row, self.at)

        return once_loaded(info.context.loaders.registry.version.load((self.at, self.row.version_id)), shown)

    @strawberry.field(description="Who promoted it, or rolled back to it.")
    def promoted_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.promoted_by_kind, self.row.promoted_by_id, self.at)
