"""Everybody who can ask: each role, each role that a project narrows or widens, and those who are none of it."""

from dataclasses import dataclass
from typing import Literal

from cdt.domain.tenancy.roles import (
    PERMISSIONS,
    KeyPermission,
    Permission,
    Role,
    permissions_in_project,
    permissions_of_key,
)

Way = Literal["member", "key", "nobody", "expired", "revoked", "removed", "stranger"]
NOTHING: frozenset[Permission] = frozenset()
PUBLIC = frozenset({Permission.PUBLIC})


@dataclass(frozen=True)
class Who:
    """Somebody, by what the table of roles says of them in the tenant that is asked about."""

    way: Way
    role: Role | None = None
    project_role: Role | None = None
    key: KeyPermission | None = None
    """What a project's key may do."""

    def __str__(self) -> str:
        if self.key is not None:
            return f"{self.key.value} key"
        if self.role is None:
            return self.way
        return self.role.value if self.project_role is None else f"{self.role.value}, {self.project_role.value} there"

    @property
    def is_known(self) -> bool:
        """Whether their token admits."""
        return self.way in {"member", "key", "removed", "stranger"}

    @property
    def in_organization(self) -> frozenset[Permission]:
        if self.way == "member":
            assert self.role is not None
            return PERMISSIONS[self.role]
        return NOTHING

    @property
    def in_project(self) -> frozenset[Permission]:
        if self.way == "member":
            assert self.role is not None
            return permissions_in_project(self.role, self.project_role)
        return NOTHING if self.key is None else permissions_of_key([self.key])

    @property
    def anywhere(self) -> frozenset[Permission]:
        """What they have in some organization or project, of their own or of others."""
        elsewhere = PERMISSIONS[Role.OWNER] if self.way == "stranger" else NOTHING
        return self.in_organization | self.in_project | elsewhere | self._by_token

    @property
    def _by_token(self) -> frozenset[Permission]:
        if not self.is_known:
            return PUBLIC
        return (
            PUBLIC | {Permission.SIGNED_IN} if self.way == "key" else PUBLIC | {Permission.SIGNED_IN, Permission.PERSON}
        )


ROLES = [Who("member", role) for role in Role]
MIXED = [
    Who("member", role, other) for role in Role if role is not Role.OWNER for other in Role if other is not Role.OWNER
]
OTHERS = [
    *(Who("key", key=each) for each in KeyPermission),
    Who("removed"),
    Who("stranger"),
    Who("nobody"),
    Who("expired"),
    Who("revoked"),
]
EVERYBODY = [*ROLES, *MIXED, *OTHERS]
EACH_KIND = [
    *ROLES, Who("member", Role.ADMIN, Role.VIEWER), Who("member", Role.MEMBER, Role.AUDITOR),
    Who("member", Role.VIEWER, Role.ADMIN), Who("member", Role.AUDITOR, Role.MEMBER), *OTHERS,
]  # fmt: skip
"""Each role, some that a project narrows or widens, and all others."""
