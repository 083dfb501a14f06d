"""Fields below the root that need more than the root field they are reached by."""

import inspect
from collections.abc import Callable
from typing import Any, Literal

import strawberry
from strawberry.extensions import FieldExtension

from cdt.domain.errors import Forbidden
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.fields import PERMISSION

Counted = Literal["organization", "project"]


class RequiresHere(FieldExtension):
    """Resolves for whoever has the permission in the organization or project that the field is of."""

    def __init__(self, permission: Permission, counted: Counted) -> None:
        """`counted` says where the permission must be had: in the thing that is shown, or in the one it belongs to."""
        self.permission = permission
        self.counted = counted

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:  # noqa: ANN401
        """Check, then go on."""
        await self.check(source, info)
        answer = next_(source, info, **kwargs)
        return await answer if inspect.isawaitable(answer) else answer

    async def check(self, source: Any, info: Info) -> None:  # noqa: ANN401
        """Raise Forbidden for whoever has it elsewhere or nowhere."""
        scope = await info.context.scope(self.permission, source.at)
        held = scope.projects if self.counted == "project" else scope.organizations
        if getattr(source, f"{self.counted}_id", source.id) not in held:
            whose = getattr(source, "organization_id", source.id if self.counted == "organization" else None)
            raise Forbidden(permission=self.permission.value, organization_id=whose)


def guarded(permission: Permission, counted: Counted, description: str) -> Any:  # noqa: ANN401  strawberry's decorators are untyped
    """A field of a type that needs a permission of its own, and is read at the `at` of what it is of."""
    return strawberry.field(
        description=description,
        extensions=[RequiresHere(permission, counted)],
        metadata={PERMISSION: permission},
    )
