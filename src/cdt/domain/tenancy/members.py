"""What may happen next to who belongs to an organization, and as what."""

from collections.abc import Sequence
from uuid import UUID

from cdt.domain.errors import Forbidden, Invalid, NotFound
from cdt.domain.kernel import Change, Event
from cdt.domain.tenancy.errors import LastOwner, LastOwnerOf, OnlyOwners, OwnersMayEverything, OwnRoleRaised
from cdt.domain.tenancy.events import (
    MemberLeft,
    MemberRemoved,
    OrganizationDeleted,
    OwnershipTransferred,
    ProjectRoleSet,
    RoleChanged,
)
from cdt.domain.tenancy.organizations import require
from cdt.domain.tenancy.roles import PERMISSIONS, Permission, Role, permissions_in_project
from cdt.domain.tenancy.state import Organization


def change_member_role(organization: Organization, *, user_id: UUID, role: Role, by: UUID) -> list[Event]:
    """Give a member another role in the organization."""
    actor = require(organization, Permission.MANAGE_MEMBERS, by)
    present = _role_of(organization, user_id)
    if role is present:
        return []
    require_owner_for(actor, role, present)
    if user_id == by and not PERMISSIONS[role] <= PERMISSIONS[present]:
        raise OwnRoleRaised
    _require_another_owner(organization, present)
    return [RoleChanged(user_id=user_id, role=Change(present, role))]


def remove_member(organization: Organization, *, user_id: UUID, by: UUID) -> list[Event]:
    """End a person's membership. Of one who is no member nothing is left to be ended."""
    actor = require(organization, Permission.MANAGE_MEMBERS, by)
    present = organization.members.get(user_id)
    if present is None:
        return []
    require_owner_for(actor, present)
    _require_another_owner(organization, present)
    return [MemberRemoved(user_id=user_id, role=Change(present, None))]


def leave_organization(organization: Organization, *, user_id: UUID) -> list[Event]:
    """End one's own membership."""
    present = organization.members.get(user_id)
    if present is None or not organization.is_there:
        return []
    _require_another_owner(organization, present)
    return [MemberLeft(user_id=user_id, role=Change(present, None))]


def leave_all(organizations: Sequence[Organization], *, user_id: UUID) -> list[list[Event]]:
    """What a person does who deletes their account: leave every organization, or none."""
    kept = [
        each.name or ""
        for each in organizations
        if each.is_there and each.members.get(user_id) is Role.OWNER and each.owner_count == 1
    ]
    if kept:
        raise LastOwnerOf(names=", ".join(kept))
    return [leave_organization(each, user_id=user_id) for each in organizations]


def forget_member(organization: Organization, *, user_id: UUID) -> list[Event]:
    """End what is left of the membership of somebody who was erased; nobody is left to own what was theirs alone."""
    present = organization.members.get(user_id)
    if present is None or not organization.is_there:
        return []
    left = MemberLeft(user_id=user_id, role=Change(present, None))
    return [left, OrganizationDeleted()] if len(organization.members) == 1 else [left]


def transfer_ownership(organization: Organization, *, to: UUID, by: UUID) -> list[Event]:
    """Make another member an owner and oneself an admin, in one."""
    actor = require(organization, Permission.OWN_ORGANIZATION, by)
    present = _role_of(organization, to)
    if to == by:
        return []
    return [
        OwnershipTransferred(
            from_user_id=by,
            from_role=Change(actor, Role.ADMIN),
            to_user_id=to,
            to_role=Change(present, Role.OWNER),
        )
    ]


def set_project_role(
    organization: Organization, *, project_id: UUID, user_id: UUID, role: Role | None, by: UUID
) -> list[Event]:
    """Let a member be something else in a project than in the organization; None ends that."""
    if not organization.is_there:
        raise NotFound(kind="organization")
    actor = organization.members.get(by)
    own = organization.project_roles.get((project_id, by))
    if actor is None or Permission.MANAGE_MEMBERS not in permissions_in_project(actor, own):
        raise Forbidden(permission=Permission.MANAGE_MEMBERS.value)
    in_organization = _role_of(organization, user_id)
    if role is Role.OWNER:
        raise Invalid(
            "role", "owner is a role in the organization; a project has admins, members, viewers and auditors"
        )
    present = organization.project_roles.get((project_id, user_id))
    if role is present:
        return []
    if in_organization is Role.OWNER:
        raise OwnersMayEverything
    before, after = (permissions_in_project(in_organization, each) for each in (present, role))
    if user_id == by and not after <= before:
        raise OwnRoleRaised
    return [ProjectRoleSet(project_id=project_id, user_id=user_id, role=Change(present, role))]


def require_owner_for(actor: Role, *roles: Role) -> None:
    """Raise OnlyOwners when one of the roles is an owner's and whoever acts is none."""
    if Role.OWNER in roles and actor is not Role.OWNER:
        raise OnlyOwners


def _role_of(organization: Organization, user_id: UUID) -> Role:
    role = organization.members.get(user_id)
    if role is None:
        raise NotFound(kind="member")
    return role


def _require_another_owner(organization: Organization, leaving: Role) -> None:
    if leaving is Role.OWNER and organization.owner_count == 1:
        raise LastOwner
