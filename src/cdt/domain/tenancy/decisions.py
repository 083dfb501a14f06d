"""How an organization and a project begin; what may happen next to each stands in the files beside this one."""

from uuid import UUID

from cdt.domain.errors import Conflict
from cdt.domain.kernel import Change, Event
from cdt.domain.tenancy.events import MemberAdded, OrganizationCreated, ProjectCreated, ProjectDescribed
from cdt.domain.tenancy.projects import check_time_zone
from cdt.domain.tenancy.roles import Role
from cdt.domain.tenancy.state import Organization, Project
from cdt.domain.text import Text, described, named


class IdIsUsed(Conflict):
    """This id already names another {kind}."""


def create_organization(organization: Organization, *, name: str, owner: UUID) -> list[Event]:
    """Found an organization with its first owner."""
    name = named("name", name)
    if organization.name == name and organization.members.get(owner) is Role.OWNER:
        return []
    if organization.name is not None:
        raise IdIsUsed(kind="organization")
    return [OrganizationCreated(name=name), MemberAdded(user_id=owner, role=Change(None, Role.OWNER))]


def create_project(
    project: Project, *, organization_id: UUID, name: str, time_zone: str, description: Text = ""
) -> list[Event]:
    """Open a project of an organization."""
    name, text = named("name", name), described("description", description)
    check_time_zone(time_zone)
    if (project.name, project.organization_id) == (name, organization_id):
        return []
    if project.name is not None:
        raise IdIsUsed(kind="project")
    created = ProjectCreated(organization_id=organization_id, name=name, time_zone=time_zone)
    return [created, ProjectDescribed(description=Change("", text))] if text else [created]
