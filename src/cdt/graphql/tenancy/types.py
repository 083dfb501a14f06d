"""Whose models they are."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.readmodels import tenancy


@needs(Permission.READ)
@strawberry.type(description="An organization.")
class Organization(relay.Node):
    """An organization, as known at a position."""

    id: relay.NodeID[UUID]
    name: str


@needs(Permission.READ)
@strawberry.type(description="A project: the tenant that models, data and records belong to.")
class Project(relay.Node):
    """A project, as known at a position."""

    id: relay.NodeID[UUID]
    name: str
    time_zone: str = strawberry.field(description="Windows end at midnights of this IANA time zone.")
    created_at: datetime
    organization_id: strawberry.Private[UUID]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: tenancy.Project, at: At) -> "Project":
        """From a row."""
        return cls(
            id=row.id,
            name=row.name,
            time_zone=row.time_zone,
            created_at=row.created_at,
            organization_id=row.organization_id,
            at=at,
        )

    @strawberry.field(description="The organization that the project belongs to.")
    async def organization(self, info: Info) -> Organization:
        """Every project has one."""
        row = await info.context.loaders.tenancy.organization.load((self.at, self.organization_id))
        assert row is not None
        return Organization(id=row.id, name=row.name)
