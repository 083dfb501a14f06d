"""Which role may do what: the one table."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a member is to an organization, or to one of its projects, which has no owner of its own."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a field of the schema or a route can need: nobody (`PUBLIC`), anybody known (`SIGNED_IN`), a `PERSON` ..."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    PERSON = "person"
    READ = "read"
    READ_AUDIT = "read_audit"
    READ_SECURITY = "read_security"
    READ_MEMBERS = "read_members"
    READ_INVITATIONS = "read_invitations"
    INGEST = "ingest"
    WRITE_REGISTRY = "write_registry"
    REQUEST_EVALUATION = "request_evaluation"
    RECOMPUTE = "recompute"
    WRITE_POLICY = "write_policy"
    WRITE_ALERTS = "write_alerts"
    KEEP_ROWS = "keep_rows"
    MANAGE_KEYS = "manage_keys"
    MANAGE_PROJECTS = "manage_projects"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_ORGANIZATION = "manage_organization"
    OWN_ORGANIZATION = "own_organization"


class KeyPermission(StrEnum):
    """What a key may do for a program: no key manages people, projects or keys."""

    READ = "read"
    WRITE = "write"
    INGEST = "ingest"


_READING = frozenset({Permission.PUBLIC, Permission.SIGNED_IN, Permission.PERSON, Permission.READ})
_WORKING = _READING | {
    Permission.READ_AUDIT,
    Permission.READ_MEMBERS,
    Permission.INGEST,
    Permission.WRITE_REGISTRY,
    Permission.REQUEST_EVALUATION,
    Permission.RECOMPUTE,
    Permission.WRITE_POLICY,
    Permission.WRITE_ALERTS,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission) - {Permission.OWN_ORGANIZATION},
    Role.MEMBER: _WORKING,
    Role.VIEWER: _READING,
    Role.AUDITOR: _READING
    | {
        Permission.READ_AUDIT,
        Permission.READ_SECURITY,
        Permission.READ_MEMBERS,
        Permission.READ_INVITATIONS,
        Permission.RECOMPUTE,
    },
}

_OF_ORGANIZATIONS = frozenset(
    {
        Permission.READ_SECURITY,
        Permission.READ_INVITATIONS,
        Permission.MANAGE_ORGANIZATION,
        Permission.OWN_ORGANIZATION,
    }
)
"""What can be done to an organization and never to one of its projects."""

IN_ARCHIVED_PROJECTS = _READING | {
    Permission.READ_AUDIT,
    Permission.READ_MEMBERS,
    Permission.MANAGE_PROJECTS,
    Permission.MANAGE_MEMBERS,
    Permission.MANAGE_KEYS,
    Permission.KEEP_ROWS,
    Permission.RECOMPUTE,
}
"""What is left of a role's permissions: reading, proving what was recorded, saying who may read, ending keys, holding
and erasing rows, and restoring or deleting it."""

_OF_KEYS: dict[KeyPermission, frozenset[Permission]] = {
    KeyPermission.READ: frozenset({Permission.READ, Permission.READ_AUDIT}),
    KeyPermission.WRITE: frozenset(
        {
            Permission.READ,
            Permission.WRITE_REGISTRY,
            Permission.REQUEST_EVALUATION,
            Permission.RECOMPUTE,
            Permission.WRITE_POLICY,
            Permission.WRITE_ALERTS,
        }
    ),
    KeyPermission.INGEST: frozenset({Permission.INGEST}),
}


def permissions_of_key(given: Iterable[KeyPermission]) -> frozenset[Permission]:
    """What a key may do at the most; who writes reads what they wrote.

    >>> Permission.READ in permissions_of_key([KeyPermission.INGEST])
    False
    """
    return frozenset({Permission.PUBLIC, Permission.SIGNED_IN}).union(*(_OF_KEYS[each] for each in given))


def role_in_project(organization_role: Role, project_role: Role | None) -> Role:
    """What a member is to a project: what was said for it, or else what they are to the organization.

    An owner is one everywhere.
    """
    return organization_role if project_role is None or organization_role is Role.OWNER else project_role


def permissions_in_project(organization_role: Role, project_role: Role | None) -> frozenset[Permission]:
    """What a member may do in a project of the organization while it is not archived.

    >>> Permission.INGEST in permissions_in_project(Role.MEMBER, Role.VIEWER)
    False
    """
    return PERMISSIONS[role_in_project(organization_role, project_role)] - _OF_ORGANIZATIONS


def roles_to_give(granted: frozenset[Permission]) -> tuple[Role, ...]:
    """The roles that somebody with these permissions may give to others: only an owner makes owners.

    >>> roles_to_give(PERMISSIONS[Role.MEMBER])
    ()
    """
    if Permission.MANAGE_MEMBERS not in granted:
        return ()
    return tuple(role for role in Role if role is not Role.OWNER or Permission.OWN_ORGANIZATION in granted)
