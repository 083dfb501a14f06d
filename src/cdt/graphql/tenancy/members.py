"""Who belongs to an organization and to its projects, and who is asked to."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission, Role, role_in_project
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.tenancy.loaders import SealedAddress
from cdt.readmodels import tenancy_members
from cdt.vault import people

strawberry.enum(Role, description="What a member is to an organization or a project, from everything to reading.")


@strawberry.enum(description="What became of an invitation.")
class InvitationState(enum.Enum):
    """An open one expires after seven days."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@needs(Permission.READ_MEMBERS)
@strawberry.type(description="A person in an organization.")
class Member(relay.Node):
    """A member, as known at a position. Who was erased has a pseudonym and no address, in the past too."""

    id: relay.NodeID[UUID]
    role: Role = strawberry.field(description="In the organization; a project may have another for the same person.")
    joined_at: datetime
    user_id: strawberry.Private[UUID]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: tenancy_members.Member | tenancy_members.ProjectMember, at: At) -> "Member":
        """From a row."""
        return cls(id=row.id, role=Role(row.role), joined_at=row.joined_at, user_id=row.user_id, at=at)

    @strawberry.field(description="The person, as one who acts.")
    def actor(self) -> Actor:
        """With the id that the audit trail is filtered by, and the name."""
        return Actor.of("user", str(self.user_id), self.at)

    @strawberry.field(description="The person's e-mail address; null once they are erased.")
    async def email(self, info: Info) -> str | None:
        """Opened on reading."""
        person = await info.context.loaders.accounts.person.load((self.at, self.user_id))
        return None if person is None else person.email


@needs(Permission.READ_MEMBERS)
@strawberry.type(description="A member of a project's organization, and what they are to the project.")
class ProjectMember:
    """Every member of the organization is one of each of its projects."""

    member: Member
    role: Role = strawberry.field(description="What counts in the project.")
    project_role: Role | None = strawberry.field(
        description="What was said for this project alone; null where the role in the organization counts."
    )

    @classmethod
    def of(cls, row: tenancy_members.ProjectMember, at: At) -> "ProjectMember":
        """From a row."""
        own = None if row.project_role is None else Role(row.project_role)
        return cls(member=Member.of(row, at), role=role_in_project(Role(row.role), own), project_role=own)


@needs(Permission.SIGNED_IN, by_id=Permission.READ_INVITATIONS)
@strawberry.type(description="Somebody was asked to join an organization.")
class Invitation(relay.Node):
    """An invitation, as known at a position: for the organization's managers, and for whoever is invited."""

    id: relay.NodeID[UUID]
    organization_name: str
    role: Role = strawberry.field(description="What the person will be to the organization.")
    state: InvitationState
    invited_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    row: strawberry.Private[tenancy_members.Invitation]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: tenancy_members.Invitation, at: At, moment: datetime) -> "Invitation":
        """From a row; `moment` is when it is looked at."""
        state = InvitationState.OPEN if moment < row.expires_at else InvitationState.EXPIRED
        return cls(
            id=row.id,
            organization_name=row.organization_name,
            role=Role(row.role),
            state=state if row.answer is None else InvitationState(row.answer),
            invited_at=row.invited_at,
            expires_at=row.expires_at,
            answered_at=row.answered_at,
            row=row,
            at=at,
        )

    @strawberry.field(description="The invited address; null once the person is erased.")
    async def email(self, info: Info) -> str | None:
        """Opened on reading."""
        return await _address(info, self.row)

    @strawberry.field(description="The invited address, or a name without meaning once the person is erased.")
    async def invitee(self, info: Info) -> str:
        """What a list can always show."""
        return await _address(info, self.row) or people.pseudonym(self.row.person)

    @strawberry.field(description="Who invited; the name is null for whoever belongs to no common organization.")
    def invited_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.invited_by_kind, self.row.invited_by_id, self.at)


async def moment_of(info: Info, at: At) -> datetime:
    """When what is read at a position is looked at: now, or when the position was recorded."""
    return info.context.services.now() if at.is_now else await info.context.services.reader.recorded_at(at.position)


async def _address(info: Info, row: tenancy_members.Invitation) -> str | None:
    return await info.context.loaders.tenancy.address.load(SealedAddress(row.person, row.email_box))
