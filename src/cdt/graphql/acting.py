"""What is acted on: found as far as the permission to act on it reaches, before any stream is loaded."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeVar
from uuid import UUID

from cdt.database.reading import Scope, View
from cdt.domain.errors import NotFound
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Context
from cdt.readmodels.belonging import Seeing

Row = TypeVar("Row")
Of = Literal["project", "organization"]


async def acted_on(
    context: Context,
    permission: Permission,
    read: Callable[[View], Awaitable[Sequence[Row]]],
    of: Of,
    owner: Callable[[Row], UUID],
    *,
    kind: str,
    seen: Permission = Permission.READ,
) -> Row:
    """The one thing that `read` finds.

    NotFound when it can't be seen, Forbidden when only seeing is allowed. It is looked for among what the permission
    opens, so that the policies of Postgres refuse it by themselves, and only then among what may be seen.
    of, owner: whether it goes by a project or an organization, and by which. seen: what whoever sees it has.
    """
    at, scope = await context.at(), await context.scope(permission)
    narrowed = Scope(projects=scope.projects) if of == "project" else Scope(organizations=scope.organizations)
    async with context.services.reader.at(at.position, narrowed, kind=Seeing) as view:
        if (row := next(iter(await read(view)), None)) is not None:
            return row
    async with context.view(at, seen) as view:
        row = next(iter(await read(view)), None)
    if row is not None:
        grants = await context.grants()
        if of == "project":
            grants.require(permission, owner(row))
        else:
            grants.require_in(permission, owner(row))
    raise NotFound(kind=kind)
