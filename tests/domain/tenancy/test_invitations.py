"""Whom an organization asks to join: once, for seven days, for one address."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cdt.domain.errors import Conflict, Forbidden, NotFound
from cdt.domain.kernel import Change, Event, Sealed
from cdt.domain.tenancy import invitations
from cdt.domain.tenancy.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationForAnother,
    InvitationHasExpired,
    InvitationIsOver,
    InvitationIsUsed,
    OnlyOwners,
    TooManyInvitations,
)
from cdt.domain.tenancy.events import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationWithdrawn,
    MemberAdded,
    MemberInvited,
    MemberRemoved,
    OrganizationDeleted,
)
from cdt.domain.tenancy.roles import Role
from cdt.domain.tenancy.state import Organization
from tests.builders import NOON, an_id
from tests.domain.tenancy.organizations import ADMIN, AUDITOR, MEMBER, OWNER, STRANGER, VIEWER, an_organization

INVITATION, PERSON, HASH, OTHER_HASH = an_id(70), an_id(71), "a" * 64, "b" * 64
EMAIL = Sealed(PERSON, "ZW1haWw=")
WEEK = timedelta(days=7)
INVITED = MemberInvited(
    invitation_id=INVITATION, email=EMAIL, email_hash=HASH, role=Role.MEMBER, expires_at=NOON + WEEK
)
ACCEPTED = InvitationAccepted(invitation_id=INVITATION, user_id=STRANGER)
DECLINED = InvitationDeclined(invitation_id=INVITATION)
WITHDRAWN = InvitationWithdrawn(invitation_id=INVITATION)


def invite(organization: Organization, **changes: Any) -> list[Event]:
    given = {
        "invitation_id": INVITATION, "email": EMAIL, "email_hash": HASH, "invited": None, "role": Role.MEMBER,
        "by": OWNER, "at": NOON, **changes,
    }  # fmt: skip
    return invitations.invite_member(organization, **given)


def accept(organization: Organization, *, user_id: UUID = STRANGER, email_hash: str | None = HASH, at: datetime = NOON):
    return invitations.accept_invitation(
        organization, invitation_id=INVITATION, user_id=user_id, email_hash=email_hash, at=at
    )


def test_an_invitation_is_good_for_seven_days() -> None:
    assert invite(an_organization()) == [INVITED]


@pytest.mark.parametrize("by", [MEMBER, VIEWER, AUDITOR, STRANGER])
def test_only_owners_and_admins_invite_and_withdraw(by: UUID) -> None:
    assert len(invite(an_organization(), by=ADMIN)) == 1
    with pytest.raises(Forbidden):
        invite(an_organization(), by=by)
    with pytest.raises(Forbidden):
        invitations.withdraw_invitation(an_organization(INVITED), invitation_id=INVITATION, by=by)


def test_only_an_owner_invites_an_owner() -> None:
    with pytest.raises(OnlyOwners):
        invite(an_organization(), role=Role.OWNER, by=ADMIN)
    assert len(invite(an_organization(), role=Role.OWNER)) == 1


def test_who_is_a_member_is_not_invited() -> None:
    with pytest.raises(AlreadyMember):
        invite(an_organization(), invited=VIEWER)


def test_an_address_has_one_open_invitation() -> None:
    organization = an_organization(INVITED)
    assert invite(organization) == []
    with pytest.raises(AlreadyInvited):
        invite(organization, invitation_id=an_id(80))


@pytest.mark.parametrize("ended", [DECLINED, WITHDRAWN, ACCEPTED])
def test_after_an_answer_an_address_may_be_invited_anew(ended: Event) -> None:
    assert len(invite(an_organization(INVITED, ended), invitation_id=an_id(80))) == 1


def test_after_it_expired_an_address_may_be_invited_anew() -> None:
    assert len(invite(an_organization(INVITED), invitation_id=an_id(80), at=NOON + WEEK)) == 1


def test_so_many_may_be_open_at_once() -> None:
    many = [
        MemberInvited(
            invitation_id=an_id(1000 + number), email=EMAIL, email_hash=str(number), role=Role.VIEWER,
            expires_at=NOON + WEEK,
        )
        for number in range(invitations.MOST_OPEN)
    ]  # fmt: skip
    with pytest.raises(TooManyInvitations):
        invite(an_organization(*many))
    assert len(invite(an_organization(*many[1:]))) == 1


def test_whoever_accepts_belongs_to_the_organization_as_what_was_said() -> None:
    assert accept(an_organization(INVITED)) == [
        ACCEPTED,
        MemberAdded(user_id=STRANGER, role=Change(None, Role.MEMBER)),
    ]


def test_accepting_twice_is_one_acceptance() -> None:
    added = MemberAdded(user_id=STRANGER, role=Change(None, Role.MEMBER))
    assert accept(an_organization(INVITED, ACCEPTED, added)) == []


def test_who_was_removed_does_not_come_back_by_the_old_link() -> None:
    added = MemberAdded(user_id=STRANGER, role=Change(None, Role.MEMBER))
    removed = MemberRemoved(user_id=STRANGER, role=Change(Role.MEMBER, None))
    with pytest.raises(InvitationIsUsed):
        accept(an_organization(INVITED, ACCEPTED, added, removed))


def test_who_became_a_member_otherwise_keeps_that_role() -> None:
    assert accept(an_organization(INVITED), user_id=OWNER) == [
        InvitationAccepted(invitation_id=INVITATION, user_id=OWNER)
    ]


@pytest.mark.parametrize("email_hash", [OTHER_HASH, None])
def test_an_invitation_is_for_one_address(email_hash: str | None) -> None:
    with pytest.raises(InvitationForAnother):
        accept(an_organization(INVITED), email_hash=email_hash)
    with pytest.raises(InvitationForAnother):
        invitations.decline_invitation(an_organization(INVITED), invitation_id=INVITATION, email_hash=email_hash)


def test_it_can_be_accepted_until_the_last_moment_and_not_after() -> None:
    assert len(accept(an_organization(INVITED), at=NOON + WEEK - timedelta(microseconds=1))) == 2
    with pytest.raises(InvitationHasExpired):
        accept(an_organization(INVITED), at=NOON + WEEK)


@pytest.mark.parametrize(("ended", "word"), [(DECLINED, "declined"), (WITHDRAWN, "withdrawn")])
def test_what_was_declined_or_withdrawn_is_not_accepted(ended: Event, word: str) -> None:
    with pytest.raises(InvitationIsOver, match=word):
        accept(an_organization(INVITED, ended))


def test_each_answer_counts_once_and_excludes_the_others() -> None:
    def decline(organization: Organization) -> list[Event]:
        return invitations.decline_invitation(organization, invitation_id=INVITATION, email_hash=HASH)

    def withdraw(organization: Organization) -> list[Event]:
        return invitations.withdraw_invitation(organization, invitation_id=INVITATION, by=ADMIN)

    assert decline(an_organization(INVITED)) == [DECLINED]
    assert decline(an_organization(INVITED, DECLINED)) == []
    assert withdraw(an_organization(INVITED)) == [WITHDRAWN]
    assert withdraw(an_organization(INVITED, WITHDRAWN)) == []
    for decide, before in ((decline, WITHDRAWN), (withdraw, DECLINED), (decline, ACCEPTED), (withdraw, ACCEPTED)):
        with pytest.raises(Conflict):
            decide(an_organization(INVITED, before))


def test_there_is_no_invitation_that_was_not_made_nor_one_of_what_is_gone() -> None:
    with pytest.raises(NotFound):
        accept(an_organization())
    with pytest.raises(NotFound):
        accept(an_organization(INVITED, OrganizationDeleted()))


def test_an_invitation_of_somebody_erased_is_void_unless_it_was_answered() -> None:
    void = [InvitationWithdrawn(invitation_id=INVITATION)]

    assert invitations.void_invitation(an_organization(INVITED), invitation_id=INVITATION) == void
    for answered in (ACCEPTED, DECLINED, WITHDRAWN):
        assert invitations.void_invitation(an_organization(INVITED, answered), invitation_id=INVITATION) == []
    assert invitations.void_invitation(an_organization(), invitation_id=INVITATION) == []
    assert invitations.void_invitation(an_organization(INVITED, OrganizationDeleted()), invitation_id=INVITATION) == []
