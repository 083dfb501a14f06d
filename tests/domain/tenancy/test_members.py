"""Who belongs to an organization, as what, and who may change it."""

from itertools import product
from uuid import UUID

import pytest

from cdt.domain.errors import Conflict, Forbidden, Invalid, NotFound
from cdt.domain.kernel import Change
from cdt.domain.tenancy import members
from cdt.domain.tenancy.errors import LastOwner, LastOwnerOf, OnlyOwners, OwnersMayEverything, OwnRoleRaised
from cdt.domain.tenancy.events import (
    MemberAdded,
    MemberLeft,
    MemberRemoved,
    OrganizationCreated,
    OrganizationDeleted,
    OwnershipTransferred,
    ProjectRoleSet,
    RoleChanged,
)
from cdt.domain.tenancy.roles import PERMISSIONS, Role, permissions_in_project
from cdt.domain.tenancy.state import Organization, organizations
from tests.builders import an_id
from tests.domain.builders import state_of
from tests.domain.tenancy.organizations import (
    ADMIN,
    AUDITOR,
    MEMBER,
    OWNER,
    ROLE_OF,
    STRANGER,
    VIEWER,
    an_organization,
)

PROJECT, OTHER_PROJECT, SECOND = an_id(50), an_id(51), an_id(60)
WITH_TWO_OWNERS = an_organization(MemberAdded(user_id=SECOND, role=Change(None, Role.OWNER)))


def test_whatever_is_done_there_is_an_owner_and_nobody_gains_by_their_own_hand() -> None:
    """Every actor, every target, every role, in an organization with one owner and in one with two."""
    tried = 0
    for organization, by, target, role in product(
        (an_organization(), WITH_TWO_OWNERS), [*ROLE_OF, SECOND, STRANGER], [*ROLE_OF, SECOND, STRANGER], Role
    ):
        for decide in (
            lambda o, b=by, t=target, r=role: members.change_member_role(o, user_id=t, role=r, by=b),
            lambda o, b=by, t=target: members.remove_member(o, user_id=t, by=b),
            lambda o, b=by: members.leave_organization(o, user_id=b),
            lambda o, b=by, t=target: members.transfer_ownership(o, to=t, by=b),
        ):
            tried += 1
            after: Organization = organization
            try:
                for event in decide(organization):
                    after = organizations.evolve(after, event)
            except (Conflict, Forbidden, NotFound):
                assert after is organization
            assert after.owner_count >= 1
            assert PERMISSIONS.get(after.members.get(by), frozenset()) <= PERMISSIONS.get(  # type: ignore[arg-type]
                organization.members.get(by),
                frozenset(),  # type: ignore[arg-type]
            )
            if organization.members.get(by) is not Role.OWNER:
                assert owners(after) - {by} == owners(organization) - {by}
    assert tried == 2 * 7 * 7 * 5 * 4


def owners(organization: Organization) -> set[UUID]:
    return {user_id for user_id, role in organization.members.items() if role is Role.OWNER}


@pytest.mark.parametrize("by", [OWNER, ADMIN])
def test_owners_and_admins_change_the_roles_of_others(by: UUID) -> None:
    assert members.change_member_role(an_organization(), user_id=VIEWER, role=Role.ADMIN, by=by) == [
        RoleChanged(user_id=VIEWER, role=Change(Role.VIEWER, Role.ADMIN))
    ]


@pytest.mark.parametrize("by", [MEMBER, VIEWER, AUDITOR, STRANGER])
def test_others_change_nothing(by: UUID) -> None:
    with pytest.raises(Forbidden):
        members.change_member_role(an_organization(), user_id=VIEWER, role=Role.MEMBER, by=by)
    with pytest.raises(Forbidden):
        members.remove_member(an_organization(), user_id=VIEWER, by=by)


def test_an_admin_neither_makes_nor_unmakes_owners() -> None:
    for decide in (
        lambda: members.change_member_role(an_organization(), user_id=MEMBER, role=Role.OWNER, by=ADMIN),
        lambda: members.change_member_role(WITH_TWO_OWNERS, user_id=SECOND, role=Role.VIEWER, by=ADMIN),
        lambda: members.change_member_role(an_organization(), user_id=ADMIN, role=Role.OWNER, by=ADMIN),
        lambda: members.remove_member(WITH_TWO_OWNERS, user_id=SECOND, by=ADMIN),
    ):
        with pytest.raises(OnlyOwners):
            decide()


def test_one_may_lower_ones_own_role() -> None:
    assert members.change_member_role(an_organization(), user_id=ADMIN, role=Role.AUDITOR, by=ADMIN) == [
        RoleChanged(user_id=ADMIN, role=Change(Role.ADMIN, Role.AUDITOR))
    ]


def test_the_last_owner_stays_one() -> None:
    for decide in (
        lambda: members.change_member_role(an_organization(), user_id=OWNER, role=Role.ADMIN, by=OWNER),
        lambda: members.remove_member(an_organization(), user_id=OWNER, by=OWNER),
        lambda: members.leave_organization(an_organization(), user_id=OWNER),
    ):
        with pytest.raises(LastOwner):
            decide()
    assert members.leave_organization(WITH_TWO_OWNERS, user_id=OWNER) == [
        MemberLeft(user_id=OWNER, role=Change(Role.OWNER, None))
    ]


def test_the_same_again_changes_nothing() -> None:
    assert members.change_member_role(an_organization(), user_id=VIEWER, role=Role.VIEWER, by=OWNER) == []
    removed = MemberRemoved(user_id=VIEWER, role=Change(Role.VIEWER, None))
    assert members.remove_member(an_organization(), user_id=VIEWER, by=OWNER) == [removed]
    assert members.remove_member(an_organization(removed), user_id=VIEWER, by=OWNER) == []
    assert members.leave_organization(an_organization(removed), user_id=VIEWER) == []


def test_who_is_no_member_has_no_role_to_be_changed() -> None:
    with pytest.raises(NotFound):
        members.change_member_role(an_organization(), user_id=STRANGER, role=Role.VIEWER, by=OWNER)
    with pytest.raises(NotFound):
        members.transfer_ownership(an_organization(), to=STRANGER, by=OWNER)


def test_ownership_changes_hands_in_one_fact() -> None:
    assert members.transfer_ownership(an_organization(), to=MEMBER, by=OWNER) == [
        OwnershipTransferred(
            from_user_id=OWNER, from_role=Change(Role.OWNER, Role.ADMIN),
            to_user_id=MEMBER, to_role=Change(Role.MEMBER, Role.OWNER),
        )
    ]  # fmt: skip
    assert members.transfer_ownership(an_organization(), to=OWNER, by=OWNER) == []
    with pytest.raises(Forbidden):
        members.transfer_ownership(an_organization(), to=ADMIN, by=ADMIN)


def test_whoever_deletes_the_account_leaves_every_organization_or_none() -> None:
    gone = an_organization(OrganizationDeleted())
    left = [MemberLeft(user_id=OWNER, role=Change(Role.OWNER, None))]

    assert members.leave_all([WITH_TWO_OWNERS, gone], user_id=OWNER) == [left, []]
    with pytest.raises(LastOwnerOf) as refused:
        members.leave_all([WITH_TWO_OWNERS, an_organization(), an_organization()], user_id=OWNER)
    assert str(refused.value) == (
        "You are the last owner of Census, Census: "
        "first make another member an owner there, or delete the organization."
    )


def test_what_is_left_of_an_erased_member_ends_though_nobody_else_is_there() -> None:
    alone = state_of(
        organizations, OrganizationCreated(name="Alone"), MemberAdded(user_id=OWNER, role=Change(None, Role.OWNER))
    )
    left = MemberLeft(user_id=OWNER, role=Change(Role.OWNER, None))

    assert members.forget_member(an_organization(), user_id=OWNER) == [left]
    assert members.forget_member(an_organization(), user_id=STRANGER) == []
    assert members.forget_member(alone, user_id=OWNER) == [left, OrganizationDeleted()]
    assert members.forget_member(an_organization(OrganizationDeleted()), user_id=OWNER) == []


def test_in_an_organization_that_is_gone_nobody_changes_anything() -> None:
    gone = an_organization(OrganizationDeleted())
    with pytest.raises(NotFound):
        members.change_member_role(gone, user_id=VIEWER, role=Role.MEMBER, by=OWNER)
    with pytest.raises(NotFound):
        members.set_project_role(gone, project_id=PROJECT, user_id=VIEWER, role=Role.MEMBER, by=OWNER)
    assert members.leave_organization(gone, user_id=VIEWER) == []


def set_role(organization: Organization, user_id: UUID, role: Role | None, by: UUID) -> list[object]:
    return list(members.set_project_role(organization, project_id=PROJECT, user_id=user_id, role=role, by=by))


def test_a_project_role_narrows_or_widens_and_ends() -> None:
    given = ProjectRoleSet(project_id=PROJECT, user_id=VIEWER, role=Change(None, Role.MEMBER))
    assert set_role(an_organization(), VIEWER, Role.MEMBER, ADMIN) == [given]
    organization = an_organization(given)
    assert set_role(organization, VIEWER, Role.MEMBER, ADMIN) == []
    assert set_role(organization, VIEWER, None, ADMIN) == [
        ProjectRoleSet(project_id=PROJECT, user_id=VIEWER, role=Change(Role.MEMBER, None))
    ]
    assert set_role(an_organization(), VIEWER, None, ADMIN) == []


def test_who_was_made_admin_of_a_project_manages_its_members_and_no_others() -> None:
    organization = an_organization(
        ProjectRoleSet(project_id=PROJECT, user_id=VIEWER, role=Change(None, Role.ADMIN)),
    )
    assert len(set_role(organization, MEMBER, Role.AUDITOR, VIEWER)) == 1
    with pytest.raises(Forbidden):
        members.set_project_role(organization, project_id=OTHER_PROJECT, user_id=MEMBER, role=Role.VIEWER, by=VIEWER)
    with pytest.raises(Forbidden):
        members.change_member_role(organization, user_id=MEMBER, role=Role.VIEWER, by=VIEWER)


def test_nobody_raises_their_own_role_in_a_project() -> None:
    narrowed = an_organization(ProjectRoleSet(project_id=PROJECT, user_id=ADMIN, role=Change(None, Role.VIEWER)))
    with pytest.raises(Forbidden):
        set_role(narrowed, ADMIN, None, ADMIN)
    widened = an_organization(ProjectRoleSet(project_id=PROJECT, user_id=VIEWER, role=Change(None, Role.ADMIN)))
    assert len(set_role(widened, VIEWER, Role.MEMBER, VIEWER)) == 1
    for organization, role in product((an_organization(), widened, narrowed), [*Role, None]):
        for by in ROLE_OF:
            present = organization.project_roles.get((PROJECT, by))
            try:
                events = set_role(organization, by, role, by)
            except (OwnRoleRaised, Forbidden, Invalid, OwnersMayEverything):
                continue
            for event in events:
                assert isinstance(event, ProjectRoleSet)
                assert permissions_in_project(ROLE_OF[by], event.role.new) <= permissions_in_project(
                    ROLE_OF[by], present
                )


def test_an_owner_is_one_in_every_project() -> None:
    with pytest.raises(OwnersMayEverything):
        set_role(an_organization(), OWNER, Role.VIEWER, OWNER)
    with pytest.raises(Invalid):
        set_role(an_organization(), MEMBER, Role.OWNER, OWNER)


def test_a_role_in_a_project_ends_with_the_membership() -> None:
    organization = an_organization(
        ProjectRoleSet(project_id=PROJECT, user_id=VIEWER, role=Change(None, Role.ADMIN)),
        ProjectRoleSet(project_id=PROJECT, user_id=MEMBER, role=Change(None, Role.VIEWER)),
        MemberRemoved(user_id=VIEWER, role=Change(Role.VIEWER, None)),
        MemberAdded(user_id=VIEWER, role=Change(None, Role.VIEWER)),
    )

    assert organization.project_roles == {(PROJECT, MEMBER): Role.VIEWER}
