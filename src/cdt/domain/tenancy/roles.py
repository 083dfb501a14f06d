"""Which role may do what: the one table."""

from enum import StrEnum


class Role(StrEnum):
    """What a member is to an organization."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a field of the schema or a route can need. `PUBLIC` needs nobody, `SIGNED_IN` anybody known."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    READ = "read"
    READ_AUDIT = "read_audit"
    INGEST = "ingest"
    WRITE_REGISTRY = "write_registry"
    REQUEST_EVALUATION = "request_evaluation"
    WRITE_POLICY = "write_policy"
    WRITE_ALERTS = "write_alerts"
    MANAGE_KEYS = "manage_keys"


_READING = frozenset({Permission.PUBLIC, Permission.SIGNED_IN, Permission.READ})
_WORKING = _READING | {
    Permission.READ_AUDIT,
    Permission.INGEST,
    Permission.WRITE_REGISTRY,
    Permission.REQUEST_EVALUATION,
    Permission.WRITE_POLICY,
    Permission.WRITE_ALERTS,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission),
    Role.MEMBER: _WORKING,
    Role.VIEWER: _READING,
    Role.AUDITOR: _READING | {Permission.READ_AUDIT},
}

KEY_PERMISSIONS = frozenset({Permission.PUBLIC, Permission.SIGNED_IN, Permission.INGEST})
"""What a project's intake key may do, whoever made it."""
