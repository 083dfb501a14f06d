"""Keys of programs."""

from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import tenancy as commands
from cdt.domain.errors import NotFound
from cdt.domain.kernel import derived_id
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
)
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.scalars import PositionText
from cdt.vault import keys


@strawberry.input(description="A key for a program that sends predictions and labels.")
class CreateApiKeyInput:
    """The project that it opens, and a name to know it by."""

    project_id: strawberry.ID
    name: str
    command_id: str | None = None


@needs(Permission.MANAGE_KEYS)
@strawberry.type(description="The key; it is shown this once.")
class CreateApiKeyPayload:
    """CDT keeps only its hash."""

    key: str
    prefix: str
    position: PositionText | None
    lagging: bool


CreateApiKeyResult = Annotated[
    CreateApiKeyPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("CreateApiKeyResult"),
]


@strawberry.type
class TenancyMutations:
    """Fields of Mutation."""

    @mutation(Permission.MANAGE_KEYS, "Make an API key with which a program may send data to a project.")
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyResult:  # noqa: A002
        """The vault keeps the hash before the event is recorded: a key nobody was told is harmless.

        The key follows from the command and who gave it, so the same one again is answered the same.
        """
        context = info.context
        grants = await context.grants()
        project_id = id_of(input.project_id, "Project")
        if project_id not in grants.projects:
            raise NotFound(kind="project")
        grants.require(Permission.MANAGE_KEYS, project_id)
        by = await command_of(info, input, grants.tenant(project_id))
        circumstances = (project_id, by.actor.kind, by.actor.id, by.id)
        key, key_id = keys.key_of(context.services.secret, *circumstances), derived_id("key", *circumstances)
        async with context.services.writer.transaction([project_id]) as connection:
            await keys.keep(
                connection,
                key,
                key_id=key_id,
                organization_id=grants.projects[project_id],
                project_id=project_id,
            )
        done = await context.do(
            commands.create_api_key,
            project_id,
            key_id=key_id,
            name=input.name,
            prefix=keys.shown_prefix(key),
            by=by,
        )
        return CreateApiKeyPayload(
            key=key, prefix=keys.shown_prefix(key), position=done.position_text, lagging=done.lagging
        )
