"""The read models of organizations, members, projects and keys."""

from cdt.domain.kernel import Envelope, derived_id
from cdt.domain.tenancy.events import KeyCreated, MemberAdded, OrganizationCreated, ProjectCreated
from cdt.projections.writing import View, projects


@projects(OrganizationCreated)
def organization_created(view: View, event: OrganizationCreated, of: Envelope) -> None:
    """A new organization."""
    del of
    view.write(
        "INSERT INTO tenancy_organizations (id, organization_id, name, created_at, since)"
        " VALUES (%(stream_id)s, %(stream_id)s, %(name)s, %(at)s, %(position)s)",
        name=event.name,
    )


@projects(MemberAdded)
def member_added(view: View, event: MemberAdded, of: Envelope) -> None:
    """A member, or a former one again."""
    view.write(
        "INSERT INTO tenancy_members (id, organization_id, user_id, role, since)"
        " VALUES (%(id)s, %(stream_id)s, %(user_id)s, %(role)s, %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET role = excluded.role, closed = false, since = %(position)s",
        id=derived_id("member", of.stream_id, event.user_id),
        user_id=event.user_id,
        role=event.role.new,
    )


@projects(ProjectCreated)
def project_created(view: View, event: ProjectCreated, of: Envelope) -> None:
    """A new project."""
    del of
    view.write(
        "INSERT INTO tenancy_projects (id, organization_id, name, time_zone, created_at, since)"
        " VALUES (%(stream_id)s, %(organization)s, %(name)s, %(time_zone)s, %(at)s, %(position)s)",
        organization=event.organization_id,
        name=event.name,
        time_zone=event.time_zone,
    )


@projects(KeyCreated)
def key_created(view: View, event: KeyCreated, of: Envelope) -> None:
    """A new key of a project."""
    del of
    view.write(
        "INSERT INTO tenancy_keys (id, project_id, name, prefix, created_at, created_by_kind, created_by_id, since)"
        " VALUES (%(key_id)s, %(stream_id)s, %(name)s, %(prefix)s, %(at)s, %(actor_kind)s, %(actor_id)s, %(position)s)",
        key_id=event.key_id,
        name=event.name,
        prefix=event.prefix,
    )
