"""The read models of organizations, members, invitations and projects."""

from cdt.domain.kernel import Envelope, derived_id
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
from cdt.domain.text import stored
from cdt.projections.writing import View, projects


@projects(OrganizationCreated)
def organization_created(view: View, event: OrganizationCreated, of: Envelope) -> None:
    """A new organization."""
    del of
    view.write(
        "INSERT INTO tenancy_organizations (id, organization_id, name, description, created_at, since)"
        " VALUES (%(stream_id)s, %(stream_id)s, %(name)s, '', %(at)s, %(position)s)",
        name=event.name,
    )


@projects(OrganizationRenamed)
def organization_renamed(view: View, event: OrganizationRenamed, of: Envelope) -> None:
    """Another name, which whoever is invited sees too."""
    del of
    view.write(
        "UPDATE tenancy_organizations SET name = %(name)s, since = %(position)s WHERE id = %(stream_id)s",
        name=event.name.new,
    )
    view.write(
        "UPDATE tenancy_invitations SET organization_name = %(name)s, since = %(position)s"
        " WHERE organization_id = %(stream_id)s AND NOT closed",
        name=event.name.new,
    )


@projects(OrganizationDescribed)
def organization_described(view: View, event: OrganizationDescribed, of: Envelope) -> None:
    """Another description."""
    del of
    view.write(
        "UPDATE tenancy_organizations SET description = %(description)s, since = %(position)s WHERE id = %(stream_id)s",
        description=stored(event.description.new),
    )


@projects(OrganizationDomainSet)
def organization_domain_set(view: View, event: OrganizationDomainSet, of: Envelope) -> None:
    """Another domain, or none."""
    del of
    view.write(
        "UPDATE tenancy_organizations SET domain = %(domain)s, since = %(position)s WHERE id = %(stream_id)s",
        domain=event.domain.new,
    )


@projects(OrganizationDeleted)
def organization_deleted(view: View, event: OrganizationDeleted, of: Envelope) -> None:
    """Its projects and invitations end with it; who belonged to it may go on to ask about its past."""
    del event, of
    view.write("UPDATE tenancy_organizations SET closed = true, since = %(position)s WHERE id = %(stream_id)s")
    view.write(
        "UPDATE tenancy_projects SET closed = true, since = %(position)s"
        " WHERE organization_id = %(stream_id)s AND NOT closed"
    )
    view.write(
        "UPDATE tenancy_invitations SET closed = true, since = %(position)s"
        " WHERE organization_id = %(stream_id)s AND NOT closed"
    )


@projects(MemberAdded)
def member_added(view: View, event: MemberAdded, of: Envelope) -> None:
    """A member, or a former one again."""
    view.write(
        "INSERT INTO tenancy_members (id, organization_id, user_id, role, added, joined_at, since)"
        " VALUES (%(id)s, %(stream_id)s, %(user_id)s, %(role)s, %(position)s, %(at)s, %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET role = excluded.role, added = excluded.added,"
        " joined_at = excluded.joined_at, closed = false, since = %(position)s",
        id=derived_id("member", of.stream_id, event.user_id),
        user_id=event.user_id,
        role=event.role.new,
    )


@projects(RoleChanged)
def role_changed(view: View, event: RoleChanged, of: Envelope) -> None:
    """Another role in the organization."""
    view.write(
        "UPDATE tenancy_members SET role = %(role)s, since = %(position)s WHERE id = %(id)s",
        id=derived_id("member", of.stream_id, event.user_id),
        role=event.role.new,
    )


@projects(OwnershipTransferred)
def ownership_transferred(view: View, event: OwnershipTransferred, of: Envelope) -> None:
    """Two roles change at once."""
    for user_id, role in ((event.from_user_id, event.from_role.new), (event.to_user_id, event.to_role.new)):
        view.write(
            "UPDATE tenancy_members SET role = %(role)s, since = %(position)s WHERE id = %(id)s",
            id=derived_id("member", of.stream_id, user_id),
            role=role,
        )


@projects(MemberRemoved)
def member_removed(view: View, event: MemberRemoved, of: Envelope) -> None:
    """No member any more, in no project either."""
    _membership_ended(view, event, of)


@projects(MemberLeft)
def member_left(view: View, event: MemberLeft, of: Envelope) -> None:
    """No member any more, in no project either."""
    _membership_ended(view, event, of)


def _membership_ended(view: View, event: MemberRemoved | MemberLeft, of: Envelope) -> None:
    view.write(
        "UPDATE tenancy_members SET closed = true, since = %(position)s WHERE id = %(id)s",
        id=derived_id("member", of.stream_id, event.user_id),
    )
    view.write(
        "UPDATE tenancy_project_roles SET closed = true, since = %(position)s"
        " WHERE organization_id = %(stream_id)s AND user_id = %(user_id)s AND NOT closed",
        user_id=event.user_id,
    )


@projects(ProjectRoleSet)
def project_role_set(view: View, event: ProjectRoleSet, of: Envelope) -> None:
    """A role of a member's own in a project, or the organization's again."""
    del of
    view.write(
        "INSERT INTO tenancy_project_roles (id, organization_id, project_id, user_id, role, closed, since)"
        " VALUES (%(id)s, %(stream_id)s, %(project)s, %(user_id)s, %(role)s, %(ended)s, %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET role = excluded.role, closed = excluded.closed, since = %(position)s",
        id=derived_id("project role", event.project_id, event.user_id),
        project=event.project_id,
        user_id=event.user_id,
        role=event.role.new or event.role.old,
        ended=event.role.new is None,
    )


@projects(MemberInvited)
def member_invited(view: View, event: MemberInvited, of: Envelope) -> None:
    """A new invitation, with the name that its organization has now."""
    del of
    view.write(
        "INSERT INTO tenancy_invitations (id, organization_id, organization_name, person, email_box, email_hash, role,"
        " invited, invited_at, invited_by_kind, invited_by_id, expires_at, since)"
        " SELECT %(id)s, id, name, %(person)s, %(email)s, %(email_hash)s, %(role)s, %(position)s, %(at)s,"
        " %(actor_kind)s, %(actor_id)s, %(expires_at)s, %(position)s FROM tenancy_organizations"
        " WHERE id = %(stream_id)s",
        id=event.invitation_id,
        person=event.email.person,
        email=event.email.box,
        email_hash=event.email_hash,
        role=event.role,
        expires_at=event.expires_at,
    )


@projects(InvitationAccepted)
def invitation_accepted(view: View, event: InvitationAccepted, of: Envelope) -> None:
    """The person joined."""
    del of
    view.write(
        "UPDATE tenancy_invitations SET answer = 'accepted', answered_at = %(at)s, since = %(position)s"
        " WHERE id = %(id)s",
        id=event.invitation_id,
    )


@projects(InvitationDeclined)
def invitation_declined(view: View, event: InvitationDeclined, of: Envelope) -> None:
    """The person doesn't join."""
    del of
    view.write(
        "UPDATE tenancy_invitations SET answer = 'declined', answered_at = %(at)s, since = %(position)s"
        " WHERE id = %(id)s",
        id=event.invitation_id,
    )


@projects(InvitationWithdrawn)
def invitation_withdrawn(view: View, event: InvitationWithdrawn, of: Envelope) -> None:
    """The organization wants the person no longer."""
    del of
    view.write(
        "UPDATE tenancy_invitations SET answer = 'withdrawn', answered_at = %(at)s, since = %(position)s"
        " WHERE id = %(id)s",
        id=event.invitation_id,
    )


@projects(ProjectCreated)
def project_created(view: View, event: ProjectCreated, of: Envelope) -> None:
    """A new project."""
    del of
    view.write(
        "INSERT INTO tenancy_projects (id, organization_id, name, description, time_zone, created_at, since)"
        " VALUES (%(stream_id)s, %(organization)s, %(name)s, '', %(time_zone)s, %(at)s, %(position)s)",
        organization=event.organization_id,
        name=event.name,
        time_zone=event.time_zone,
    )


@projects(ProjectRenamed)
def project_renamed(view: View, event: ProjectRenamed, of: Envelope) -> None:
    """Another name."""
    del of
    view.write(
        "UPDATE tenancy_projects SET name = %(name)s, since = %(position)s WHERE id = %(stream_id)s",
        name=event.name.new,
    )


@projects(ProjectDescribed)
def project_described(view: View, event: ProjectDescribed, of: Envelope) -> None:
    """Another description."""
    del of
    view.write(
        "UPDATE tenancy_projects SET description = %(description)s, since = %(position)s WHERE id = %(stream_id)s",
        description=stored(event.description.new),
    )


@projects(ProjectSettingsChanged)
def project_settings_changed(view: View, event: ProjectSettingsChanged, of: Envelope) -> None:
    """Another time zone, or another time for which rows are wanted."""
    del of
    view.write(
        "UPDATE tenancy_projects SET time_zone = %(time_zone)s, retention_days = %(days)s, since = %(position)s"
        " WHERE id = %(stream_id)s",
        time_zone=event.time_zone.new,
        days=event.retention_days.new,
    )


@projects(ProjectArchived)
def project_archived(view: View, event: ProjectArchived, of: Envelope) -> None:
    """It takes in nothing from now on."""
    del event, of
    view.write("UPDATE tenancy_projects SET archived_at = %(at)s, since = %(position)s WHERE id = %(stream_id)s")


@projects(ProjectRestored)
def project_restored(view: View, event: ProjectRestored, of: Envelope) -> None:
    """In use again."""
    del event, of
    view.write("UPDATE tenancy_projects SET archived_at = NULL, since = %(position)s WHERE id = %(stream_id)s")


@projects(ProjectDeleted)
def project_deleted(view: View, event: ProjectDeleted, of: Envelope) -> None:
    """Gone; its past can be asked about."""
    del event, of
    view.write("UPDATE tenancy_projects SET closed = true, since = %(position)s WHERE id = %(stream_id)s")
