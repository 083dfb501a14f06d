"""How a part of the schema declares the permission that it needs."""

from collections.abc import Callable
from typing import TypeVar

from cdt.domain.tenancy.roles import Permission

T = TypeVar("T", bound=type)

PERMISSION_OF: dict[type, Permission] = {}
"""type of the schema -> the permission that its fields need."""


def needs(permission: Permission) -> Callable[[T], T]:
    """Declare what the fields of a type need. It is checked where the type is reached: at the root field."""

    def declare(kind: T) -> T:
        PERMISSION_OF[kind] = permission
        return kind

    return declare
