"""What the facts about an organization, and about a project, add up to."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.kernel import Decider, Event
from cdt.domain.tenancy.events import KeyCreated, MemberAdded, OrganizationCreated, ProjectCreated
from cdt.domain.tenancy.roles import Role


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization and its members' roles."""

    name: str | None = None
    members: dict[UUID, Role] = {}


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project and its keys' names."""

    name: str | None = None
    organization_id: UUID | None = None
    keys: dict[UUID, str] = {}


def evolve_organization(organization: Organization, event: Event) -> Organization:
    """The organization after one more fact."""
    match event:
        case OrganizationCreated(name=name):
            return replace(organization, name=name)
        case MemberAdded(user_id=user_id, role=role) if role.new is not None:
            return replace(organization, members={**organization.members, user_id: role.new})
        case _:
            return organization


def evolve_project(project: Project, event: Event) -> Project:
    """The project after one more fact."""
    match event:
        case ProjectCreated(name=name, organization_id=organization_id):
            return replace(project, name=name, organization_id=organization_id)
        case KeyCreated(key_id=key_id, name=name):
            return replace(project, keys={**project.keys, key_id: name})
        case _:
            return project


organizations = Decider(kind="organization", initial=Organization(), evolve=evolve_organization)
projects = Decider(kind="project", initial=Project(), evolve=evolve_project)
