"""Commands about organizations, projects and keys."""

from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.domain.kernel import Command, Name
from cdt.domain.tenancy import decisions
from cdt.domain.tenancy.state import organizations, projects


def create_organization(
    log: Decides[Outcome], organization_id: UUID, *, name: str, owner: UUID, by: Command
) -> Outcome:
    """Found an organization with its first owner."""
    return log.decide(
        organizations,
        organization_id,
        lambda organization: decisions.create_organization(organization, name=name, owner=owner),
        by=by,
        claims=[Name("organization", name)],
    )


def create_project(
    log: Decides[Outcome], project_id: UUID, *, organization_id: UUID, name: str, time_zone: str, by: Command
) -> Outcome:
    """Open a project, under a name that is unique in its organization."""
    return log.decide(
        projects,
        project_id,
        lambda project: decisions.create_project(
            project, organization_id=organization_id, name=name, time_zone=time_zone
        ),
        by=by,
        claims=[Name(f"project/{organization_id}", name)],
    )


def create_api_key(
    log: Decides[Outcome], project_id: UUID, *, key_id: UUID, name: str, prefix: str, by: Command
) -> Outcome:
    """Let a program send data; the vault already keeps the key's hash."""
    return log.decide(
        projects,
        project_id,
        lambda project: decisions.create_key(project, key_id=key_id, name=name, prefix=prefix),
        by=by,
    )
