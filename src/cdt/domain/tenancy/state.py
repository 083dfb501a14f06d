"""What the facts about an organization, and about a project, add up to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.kernel import Decider, Event, Name
from cdt.domain.tenancy.events import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationWithdrawn,
    MemberAdded,
    MemberInvited,
    MemberLeft,
    MemberRemoved,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationDescribed,
    OrganizationDomainSet,
    OrganizationRenamed,
    OwnershipTransferred,
    ProjectArchived,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescribed,
    ProjectRenamed,
    ProjectRestored,
    ProjectRoleSet,
    ProjectSettingsChanged,
    RoleChanged,
)
from cdt.domain.tenancy.key_state import Keys, evolve_keys
from cdt.domain.tenancy.roles import Role
from cdt.domain.text import Text


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an organization asked to join, as what, until when, and what became of it."""

    email_hash: str
    role: Role
    expires_at: datetime
    answer: Literal["accepted", "declined", "withdrawn"] | None = None
    accepted_by: UUID | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be answered."""
        return self.answer is None and at < self.expires_at


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization, its members' roles, in it and in its projects, and whom it invited."""

    name: str | None = None
    description: Text = ""
    domain: str | None = None
    is_deleted: bool = False
    members: dict[UUID, Role] = {}
    project_roles: dict[tuple[UUID, UUID], Role] = {}
    """(project, member) -> the member's own role there."""
    invitations: dict[UUID, Invitation] = {}

    @property
    def is_there(self) -> bool:
        """Whether it was created and not deleted."""
        return self.name is not None and not self.is_deleted

    @property
    def owner_count(self) -> int:
        """How many own it."""
        return sum(role is Role.OWNER for role in self.members.values())


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project, its settings and its keys."""

    name: str | None = None
    organization_id: UUID | None = None
    description: Text = ""
    time_zone: str = "UTC"
    retention_days: int | None = None
    is_archived: bool = False
    is_deleted: bool = False
    keys: Keys = {}

    @property
    def is_there(self) -> bool:
        """Whether it was created and not deleted."""
        return self.name is not None and not self.is_deleted


def evolve_organization(organization: Organization, event: Event) -> Organization:
    """The organization after one more fact."""
    match event:
        case OrganizationCreated(name=name):
            return replace(organization, name=name)
        case OrganizationRenamed(name=change):
            return replace(organization, name=change.new)
        case OrganizationDescribed(description=change):
            return replace(organization, description=change.new)
        case OrganizationDomainSet(domain=change):
            return replace(organization, domain=change.new)
        case OrganizationDeleted():
            return replace(organization, is_deleted=True)
        case MemberInvited() | InvitationAccepted() | InvitationDeclined() | InvitationWithdrawn():
            return replace(organization, invitations=_evolve_invitations(organization.invitations, event))
        case _:
            return _evolve_members(organization, event)


def _evolve_members(organization: Organization, event: Event) -> Organization:
    members, project_roles = organization.members, organization.project_roles
    match event:
        case MemberAdded(user_id=user_id, role=change) if change.new is not None:
            return replace(organization, members={**members, user_id: change.new})
        case RoleChanged(user_id=user_id, role=change):
            return replace(organization, members={**members, user_id: change.new})
        case OwnershipTransferred():
            changed = {event.from_user_id: event.from_role.new, event.to_user_id: event.to_role.new}
            return replace(organization, members={**members, **changed})
        case MemberRemoved(user_id=user_id) | MemberLeft(user_id=user_id):
            return replace(
                organization,
                members={each: role for each, role in members.items() if each != user_id},
                project_roles={key: role for key, role in project_roles.items() if key[1] != user_id},
            )
        case ProjectRoleSet(project_id=project_id, user_id=user_id, role=change):
            others = {key: role for key, role in project_roles.items() if key != (project_id, user_id)}
            own = {} if change.new is None else {(project_id, user_id): change.new}
            return replace(organization, project_roles={**others, **own})
        case _:
            return organization


def _evolve_invitations(invitations: dict[UUID, Invitation], event: Event) -> dict[UUID, Invitation]:
    match event:
        case MemberInvited():
            invitation = Invitation(email_hash=event.email_hash, role=event.role, expires_at=event.expires_at)
            return {**invitations, event.invitation_id: invitation}
        case InvitationAccepted(invitation_id=key, user_id=user_id):
            return {**invitations, key: replace(invitations[key], answer="accepted", accepted_by=user_id)}
        case InvitationDeclined(invitation_id=key):
            return {**invitations, key: replace(invitations[key], answer="declined")}
        case InvitationWithdrawn(invitation_id=key):
            return {**invitations, key: replace(invitations[key], answer="withdrawn")}
        case _:
            return invitations


def evolve_project(project: Project, event: Event) -> Project:
    """The project after one more fact."""
    match event:
        case ProjectCreated():
            return replace(project, name=event.name, organization_id=event.organization_id, time_zone=event.time_zone)
        case ProjectRenamed(name=change):
            return replace(project, name=change.new)
        case ProjectDescribed(description=change):
            return replace(project, description=change.new)
        case ProjectSettingsChanged(time_zone=time_zone, retention_days=days):
            return replace(project, time_zone=time_zone.new, retention_days=days.new)
        case ProjectArchived() | ProjectRestored():
            return replace(project, is_archived=isinstance(event, ProjectArchived))
        case ProjectDeleted():
            return replace(project, is_deleted=True)
        case _:
            return replace(project, keys=evolve_keys(project.keys, event))


def names_of_organization(organization: Organization) -> Sequence[Name]:
    """An organization's name is unique."""
    if organization.name is None or organization.is_deleted:
        return ()
    return (Name("organization", organization.name),)


def names_of_project(project: Project) -> Sequence[Name]:
    """A project's name is unique in its organization."""
    if project.name is None or project.is_deleted:
        return ()
    return (Name(f"project/{project.organization_id}", project.name),)


organizations = Decider(
    kind="organization", initial=Organization(), evolve=evolve_organization, names=names_of_organization
)
projects = Decider(kind="project", initial=Project(), evolve=evolve_project, names=names_of_project)
