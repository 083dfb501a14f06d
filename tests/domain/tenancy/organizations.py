"""An organization of every role, for the tests beside this file."""

from uuid import UUID

from cdt.domain.kernel import Change, Event
from cdt.domain.tenancy.events import MemberAdded, OrganizationCreated
from cdt.domain.tenancy.roles import Role
from cdt.domain.tenancy.state import Organization, organizations
from tests.builders import an_id
from tests.domain.builders import state_of

OWNER, ADMIN, MEMBER, VIEWER, AUDITOR, STRANGER = (an_id(number) for number in range(1, 7))
ROLE_OF: dict[UUID, Role] = {
    OWNER: Role.OWNER, ADMIN: Role.ADMIN, MEMBER: Role.MEMBER, VIEWER: Role.VIEWER, AUDITOR: Role.AUDITOR,
}  # fmt: skip


def an_organization(*events: Event) -> Organization:
    """Named Census, with one member of each role, after these facts."""
    added = [MemberAdded(user_id=user_id, role=Change(None, role)) for user_id, role in ROLE_OF.items()]
    return state_of(organizations, OrganizationCreated(name="Census"), *added, *events)
