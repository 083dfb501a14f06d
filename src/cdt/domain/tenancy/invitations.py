"""What may happen next to whom an organization asks to join."""

from datetime import datetime, timedelta
from uuid import UUID

from cdt.domain.errors import NotFound
from cdt.domain.kernel import Change, Event, Sealed
from cdt.domain.tenancy.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationForAnother,
    InvitationHasExpired,
    InvitationIsOver,
    InvitationIsUsed,
    TooManyInvitations,
)
from cdt.domain.tenancy.events import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationWithdrawn,
    MemberAdded,
    MemberInvited,
)
from cdt.domain.tenancy.members import require_owner_for
from cdt.domain.tenancy.organizations import require
from cdt.domain.tenancy.roles import Permission, Role
from cdt.domain.tenancy.state import Invitation, Organization

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 500


def invite_member(
    organization: Organization,
    *,
    invitation_id: UUID,
    email: Sealed,
    email_hash: str,
    invited: UUID | None,
    role: Role,
    by: UUID,
    at: datetime,
) -> list[Event]:
    """Ask somebody to join; `invited` is whose address it is, where that is known."""
    actor = require(organization, Permission.MANAGE_MEMBERS, by)
    if invitation_id in organization.invitations:
        return []
    require_owner_for(actor, role)
    if invited in organization.members:
        raise AlreadyMember
    still_open = [each for each in organization.invitations.values() if each.is_open(at)]
    if any(each.email_hash == email_hash for each in still_open):
        raise AlreadyInvited
    if len(still_open) >= MOST_OPEN:
        raise TooManyInvitations(most=MOST_OPEN)
    return [
        MemberInvited(
            invitation_id=invitation_id, email=email, email_hash=email_hash, role=role, expires_at=at + GOOD_FOR
        )
    ]


def withdraw_invitation(organization: Organization, *, invitation_id: UUID, by: UUID) -> list[Event]:
    """Want the person no longer."""
    require(organization, Permission.MANAGE_MEMBERS, by)
    invitation = _invitation(organization, invitation_id)
    if invitation.answer == "withdrawn":
        return []
    _require_unanswered(invitation)
    return [InvitationWithdrawn(invitation_id=invitation_id)]


def void_invitation(organization: Organization, *, invitation_id: UUID) -> list[Event]:
    """Take back what was sent to somebody who was erased: whoever has the address next was not meant."""
    invitation = organization.invitations.get(invitation_id)
    if invitation is None or invitation.answer is not None or not organization.is_there:
        return []
    return [InvitationWithdrawn(invitation_id=invitation_id)]


def accept_invitation(
    organization: Organization, *, invitation_id: UUID, user_id: UUID, email_hash: str | None, at: datetime
) -> list[Event]:
    """Join. Whoever is a member already, by another way, keeps that role."""
    invitation = _invitation(organization, invitation_id)
    if invitation.email_hash != email_hash:
        raise InvitationForAnother
    if invitation.accepted_by == user_id and user_id in organization.members:
        return []
    _require_unanswered(invitation)
    if not invitation.is_open(at):
        raise InvitationHasExpired
    accepted = InvitationAccepted(invitation_id=invitation_id, user_id=user_id)
    if user_id in organization.members:
        return [accepted]
    return [accepted, MemberAdded(user_id=user_id, role=Change(None, invitation.role))]


def decline_invitation(organization: Organization, *, invitation_id: UUID, email_hash: str | None) -> list[Event]:
    """Not join."""
    invitation = _invitation(organization, invitation_id)
    if invitation.email_hash != email_hash:
        raise InvitationForAnother
    if invitation.answer == "declined":
        return []
    _require_unanswered(invitation)
    return [InvitationDeclined(invitation_id=invitation_id)]


def _invitation(organization: Organization, invitation_id: UUID) -> Invitation:
    invitation = organization.invitations.get(invitation_id)
    if invitation is None or not organization.is_there:
        raise NotFound(kind="invitation")
    return invitation


def _require_unanswered(invitation: Invitation) -> None:
    if invitation.answer == "accepted":
        raise InvitationIsUsed
    if invitation.answer is not None:
        raise InvitationIsOver(answer=invitation.answer)
