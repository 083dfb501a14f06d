"""Which model or version a command is about, and whose it is."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal, NamedTuple, TypeVar
from uuid import UUID

import strawberry

from cdt.domain.kernel import Tenant
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.acting import acted_on
from cdt.graphql.context import Info
from cdt.graphql.ids import id_of
from cdt.readmodels import registry


class Subject(NamedTuple):
    """A model, or a version of it, by what never changes about it."""

    kind: Literal["model", "version"]
    id: UUID
    model_id: UUID
    project_id: UUID


Row = TypeVar("Row", registry.Model, registry.Version)


async def model_of(info: Info, global_id: strawberry.ID, permission: Permission) -> tuple[Subject, Tenant]:
    """The model and whose it is; NotFound when it can't be seen, Forbidden when only seeing is allowed."""
    model_id = id_of(global_id, "Model")

    async def find() -> Subject:
        row = await _row(info, permission, registry.models, model_id, "model")
        return Subject("model", row.id, row.id, row.project_id)

    return await _remembered(info, permission, model_id, find)


async def version_of(info: Info, global_id: strawberry.ID, permission: Permission) -> tuple[Subject, Tenant]:
    """The version and whose it is; NotFound when it can't be seen, Forbidden when only seeing is allowed."""
    version_id = id_of(global_id, "Version")

    async def find() -> Subject:
        row = await _row(info, permission, registry.versions, version_id, "version")
        return Subject("version", row.id, row.model_id, row.project_id)

    return await _remembered(info, permission, version_id, find)


async def version_row_of(
    info: Info, global_id: strawberry.ID, permission: Permission, *, seen: Permission = Permission.READ
) -> tuple[registry.Version, Tenant]:
    """As `version_of`, with everything that is known of the version. seen: what whoever sees it has."""
    row = await _row(info, permission, registry.versions, id_of(global_id, "Version"), "version", seen=seen)
    return row, (await info.context.grants()).tenant(row.project_id)


async def _row(
    info: Info,
    permission: Permission,
    read: Callable[..., Awaitable[list[Row]]],
    id_: UUID,
    kind: Literal["model", "version"],
    *,
    seen: Permission = Permission.READ,
) -> Row:
    return await acted_on(
        info.context, permission, partial(read, ids=[id_]), "project", lambda row: row.project_id, kind=kind, seen=seen
    )


async def _remembered(
    info: Info, permission: Permission, id_: UUID, find: Callable[[], Awaitable[Subject]]
) -> tuple[Subject, Tenant]:
    """Whoever acts again needs no look at the tables, as long as what they may do stays as it was when it was found."""
    grants = await info.context.grants()
    subject = grants.remembered((permission, id_))
    if not isinstance(subject, Subject):
        subject = grants.remember((permission, id_), await find())
    return subject, grants.tenant(subject.project_id)
