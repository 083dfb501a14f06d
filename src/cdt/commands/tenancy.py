"""Commands about organizations and projects. Who belongs where is decided on the organization."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from cdt.database.deciding import Decides, Outcome, Thing
from cdt.domain.compliance.decisions import OrganizationIsHeld, require_free
from cdt.domain.compliance.state import keeping_id_of, keepings
from cdt.domain.kernel import Command, Event, Sealed, Tenant
from cdt.domain.tenancy import decisions, invitations, members
from cdt.domain.tenancy import organizations as organization_decisions
from cdt.domain.tenancy import projects as project_decisions
from cdt.domain.tenancy import texts as written_texts
from cdt.domain.tenancy.roles import Role
from cdt.domain.tenancy.state import organizations, projects
from cdt.domain.tenancy.texts import texts
from cdt.domain.text import Text


def create_organization(
    log: Decides[Outcome], organization_id: UUID, *, name: str, owner: UUID, by: Command
) -> Outcome:
    """Found an organization with its first owner, under a name that no other has."""
    decision = partial(decisions.create_organization, name=name, owner=owner)
    return log.decide(organizations, organization_id, decision, by=by)


def rename_organization(
    log: Decides[Outcome], organization_id: UUID, *, name: str, user_id: UUID, by: Command
) -> Outcome:
    """Call it otherwise; the old name is free then."""
    decision = partial(organization_decisions.rename_organization, name=name, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def describe_organization(
    log: Decides[Outcome], organization_id: UUID, *, description: Text, user_id: UUID, by: Command
) -> Outcome:
    """Say what it is."""
    decision = partial(organization_decisions.describe_organization, description=description, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def set_organization_domain(
    log: Decides[Outcome], organization_id: UUID, *, domain: str | None, user_id: UUID, by: Command
) -> Outcome:
    """Say which domain of the internet is its own."""
    decision = partial(organization_decisions.set_organization_domain, domain=domain, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def delete_organization(
    log: Decides[Outcome],
    organization_id: UUID,
    *,
    name: str,
    user_id: UUID,
    project_ids: Sequence[UUID] = (),
    by: Command,
) -> Outcome:
    """End it, with its projects, which are these; refused while rows of one are held."""

    def decide(states: Sequence[Any]) -> list[list[Event]]:
        organization, *kept = states
        deleted = organization_decisions.delete_organization(organization, name=name, by=user_id)
        if deleted and any(keeping.is_held() for keeping in kept):
            raise OrganizationIsHeld
        return [deleted, *([] for _ in kept)]

    kept = [
        Thing(keepings, keeping_id_of(each), replace(by, tenant=Tenant(organization_id, each))) for each in project_ids
    ]
    return log.decide_together([Thing(organizations, organization_id, by), *kept], decide)


def invite_member(
    log: Decides[Outcome],
    organization_id: UUID,
    *,
    invitation_id: UUID,
    email: Sealed,
    email_hash: str,
    invited: UUID | None,
    role: Role,
    user_id: UUID,
    by: Command,
) -> Outcome:
    """Ask somebody to join."""
    decision = partial(
        invitations.invite_member,
        invitation_id=invitation_id,
        email=email,
        email_hash=email_hash,
        invited=invited,
        role=role,
        by=user_id,
        at=by.at,
    )
    return log.decide(organizations, organization_id, decision, by=by)


def withdraw_invitation(
    log: Decides[Outcome], organization_id: UUID, *, invitation_id: UUID, user_id: UUID, by: Command
) -> Outcome:
    """Want the person no longer."""
    decision = partial(invitations.withdraw_invitation, invitation_id=invitation_id, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def accept_invitation(
    log: Decides[Outcome],
    organization_id: UUID,
    *,
    invitation_id: UUID,
    user_id: UUID,
    email_hash: str | None,
    by: Command,
) -> Outcome:
    """Join; the edge has seen the link's token."""
    decision = partial(
        invitations.accept_invitation, invitation_id=invitation_id, user_id=user_id, email_hash=email_hash, at=by.at
    )
    return log.decide(organizations, organization_id, decision, by=by)


def decline_invitation(
    log: Decides[Outcome], organization_id: UUID, *, invitation_id: UUID, email_hash: str | None, by: Command
) -> Outcome:
    """Not join."""
    decision = partial(invitations.decline_invitation, invitation_id=invitation_id, email_hash=email_hash)
    return log.decide(organizations, organization_id, decision, by=by)


def change_member_role(
    log: Decides[Outcome], organization_id: UUID, *, member: UUID, role: Role, user_id: UUID, by: Command
) -> Outcome:
    """Give a member another role."""
    decision = partial(members.change_member_role, user_id=member, role=role, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def remove_member(log: Decides[Outcome], organization_id: UUID, *, member: UUID, user_id: UUID, by: Command) -> Outcome:
    """End a person's membership."""
    decision = partial(members.remove_member, user_id=member, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def leave_organization(log: Decides[Outcome], organization_id: UUID, *, user_id: UUID, by: Command) -> Outcome:
    """End one's own membership."""
    decision = partial(members.leave_organization, user_id=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def forget_member(log: Decides[Outcome], organization_id: UUID, *, user_id: UUID, by: Command) -> Outcome:
    """End what is left of the membership of somebody who was erased."""
    return log.decide(organizations, organization_id, partial(members.forget_member, user_id=user_id), by=by)


def void_invitation(log: Decides[Outcome], organization_id: UUID, *, invitation_id: UUID, by: Command) -> Outcome:
    """Take back the invitation of somebody who was erased."""
    decision = partial(invitations.void_invitation, invitation_id=invitation_id)
    return log.decide(organizations, organization_id, decision, by=by)


def transfer_ownership(
    log: Decides[Outcome], organization_id: UUID, *, member: UUID, user_id: UUID, by: Command
) -> Outcome:
    """Make another member the owner in one's own place."""
    decision = partial(members.transfer_ownership, to=member, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def set_project_role(
    log: Decides[Outcome],
    organization_id: UUID,
    *,
    project_id: UUID,
    member: UUID,
    role: Role | None,
    user_id: UUID,
    by: Command,
) -> Outcome:
    """Let a member be something else in a project than in the organization."""
    decision = partial(members.set_project_role, project_id=project_id, user_id=member, role=role, by=user_id)
    return log.decide(organizations, organization_id, decision, by=by)


def redact_text(log: Decides[Outcome], text_id: UUID, *, of: int, field: str, by: Command) -> Outcome:
    """Record that a text's key is destroyed, which whoever asks and a reaction see to."""
    return log.decide(texts, text_id, partial(written_texts.redact, of=of, field=field), by=by)


def create_project(
    log: Decides[Outcome],
    project_id: UUID,
    *,
    organization_id: UUID,
    name: str,
    time_zone: str,
    description: Text = "",
    by: Command,
) -> Outcome:
    """Open a project, under a name that is unique in its organization."""
    decision = partial(
        decisions.create_project,
        organization_id=organization_id,
        name=name,
        time_zone=time_zone,
        description=description,
    )
    return log.decide(projects, project_id, decision, by=by)


def rename_project(log: Decides[Outcome], project_id: UUID, *, name: str, by: Command) -> Outcome:
    """Call it otherwise; the old name is free in its organization then."""
    return log.decide(projects, project_id, partial(project_decisions.rename_project, name=name), by=by)


def describe_project(log: Decides[Outcome], project_id: UUID, *, description: Text, by: Command) -> Outcome:
    """Say what it is for."""
    decision = partial(project_decisions.describe_project, description=description)
    return log.decide(projects, project_id, decision, by=by)


def change_project_settings(
    log: Decides[Outcome], project_id: UUID, *, time_zone: str, retention_days: int | None, by: Command
) -> Outcome:
    """Cut windows by another time zone, or want rows for another time."""
    decision = partial(project_decisions.change_project_settings, time_zone=time_zone, retention_days=retention_days)
    return log.decide(projects, project_id, decision, by=by)


def archive_project(log: Decides[Outcome], project_id: UUID, *, by: Command) -> Outcome:
    """Let it be read, and take in nothing."""
    return log.decide(projects, project_id, project_decisions.archive_project, by=by)


def restore_project(log: Decides[Outcome], project_id: UUID, *, by: Command) -> Outcome:
    """Use an archived one again."""
    return log.decide(projects, project_id, project_decisions.restore_project, by=by)


def delete_project(log: Decides[Outcome], project_id: UUID, *, name: str, by: Command) -> Outcome:
    """End it; refused while any of its rows are held."""

    def decide(states: Sequence[Any]) -> list[list[Event]]:
        project, keeping = states
        deleted = project_decisions.delete_project(project, name=name)
        if deleted:
            require_free(keeping)
        return [deleted, []]

    return log.decide_together(
        [Thing(projects, project_id, by), Thing(keepings, keeping_id_of(project_id), by)], decide
    )
