"""How a part of the schema declares the permission that it needs."""

from collections.abc import Callable
from typing import TypeVar

from cdt.domain.tenancy.roles import Permission

T = TypeVar("T", bound=type)

PERMISSION_OF: dict[type, Permission] = {}
"""type of the schema -> the permission that its fields need."""
PERMISSION_BY_ID: dict[type, Permission] = {}
"""type of the schema -> the permission without which its global id finds nothing."""


def needs(permission: Permission, *, by_id: Permission | None = None) -> Callable[[T], T]:
    """Declare what the fields of a type need. It is checked where the type is reached: at the root field.

    by_id: what finding one by its global id needs, where somebody else may be shown some of them besides.
    """

    def declare(kind: T) -> T:
        PERMISSION_OF[kind] = permission
        PERMISSION_BY_ID[kind] = by_id or permission
        return kind

    return declare
