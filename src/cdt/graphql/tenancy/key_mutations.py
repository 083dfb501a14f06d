"""Keys of programs: made, rotated and revoked, in a project or by a person for themselves."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import strawberry

from cdt.commands import tenancy_keys as commands
from cdt.database.reading import Scope, View
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Command, Tenant, derived_id
from cdt.domain.tenancy.keys import INGEST_ALONE
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import named, reasoned
from cdt.graphql.acting import acted_on
from cdt.graphql.commanding import command_of, own_command_of
from cdt.graphql.context import Done, Info
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.registry.subjects import model_of
from cdt.graphql.tenancy.key_types import (
    CreateApiKeyInput,
    CreateApiKeyPayload,
    CreateApiKeyResult,
    CreateOwnApiKeyInput,
    CreateOwnApiKeyPayload,
    CreateOwnApiKeyResult,
    RevokeApiKeyInput,
    RevokeApiKeyPayload,
    RevokeApiKeyResult,
    RevokeOwnApiKeyInput,
    RevokeOwnApiKeyPayload,
    RevokeOwnApiKeyResult,
    RotateApiKeyInput,
    RotateApiKeyPayload,
    RotateApiKeyResult,
    RotateOwnApiKeyInput,
    RotateOwnApiKeyPayload,
    RotateOwnApiKeyResult,
    ShownKeyPayload,
)
from cdt.graphql.tenancy.keys import ApiKey, api_keys_of
from cdt.graphql.tenancy.subjects import tenant_of
from cdt.graphql.texts import sealed_text
from cdt.readmodels import tenancy_keys
from cdt.vault import keys, people


class _Made(NamedTuple):
    """A key that is kept, and shown once."""

    text: str
    key_id: UUID
    secret_id: UUID

    @property
    def prefix(self) -> str:
        return keys.shown_prefix(self.text)


@strawberry.type
class KeyMutations:
    """Fields of Mutation.

    The vault keeps a hash before the event is recorded: a key that nobody was told is harmless. Each follows from the
    command and who gave it, so the same one again is answered the same.
    """

    @mutation(Permission.MANAGE_KEYS, "Make an API key with which a program may work for a project.")
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyResult:  # noqa: A002
        """It is the project's, and stays when whoever made it goes."""
        tenant = await tenant_of(info, input.project_id, Permission.MANAGE_KEYS)
        project_id = id_of(input.project_id, "Project")
        models = await _models_of(info, input.model_ids, project_id)
        by = await command_of(info, input, tenant)
        circumstances = (project_id, by.actor.kind, by.actor.id, by.id)
        key_id = derived_id("key", *circumstances)
        made = _Made(keys.KeyTexts(info.context.services.secret).made_of(*circumstances), key_id, key_id)
        await _keep(info, made, by.tenant)
        done = await info.context.do(
            commands.create_api_key,
            project_id,
            key_id=key_id,
            name=input.name,
            prefix=made.prefix,
            permissions=INGEST_ALONE if input.permissions is None else input.permissions,
            model_ids=models,
            expires_at=input.expires_at,
            by=by,
        )
        return await _shown(CreateApiKeyPayload, info, made, done)  # pyright: ignore[reportReturnType]

    @mutation(Permission.PERSON, "Make an API key with which a program may do some of what you may.")
    async def create_own_api_key(self, info: Info, input: CreateOwnApiKeyInput) -> CreateOwnApiKeyResult:  # noqa: A002
        """It is yours, and reaches no further than you."""
        user_id, by = await own_command_of(info, input)
        name, models = named("name", input.name), await _models_of(info, input.model_ids, None)
        key_id = derived_id("key", user_id, by.id)
        made = _Made(keys.KeyTexts(info.context.services.secret).made_of("own", user_id, by.id), key_id, key_id)
        person = await _keep_own(info, made, user_id)
        done = await info.context.do(
            commands.create_own_api_key,
            user_id,
            key_id=key_id,
            name=people.sealed(user_id, person, name),
            prefix=made.prefix,
            permissions=input.permissions,
            model_ids=models,
            expires_at=input.expires_at,
            by=by,
        )
        return await _shown(CreateOwnApiKeyPayload, info, made, done, user_id)  # pyright: ignore[reportReturnType]

    @mutation(Permission.MANAGE_KEYS, "Give a project's API key another secret, while the present one still admits.")
    async def rotate_api_key(self, info: Info, input: RotateApiKeyInput) -> RotateApiKeyResult:  # noqa: A002
        """The key stays the same, with what it may do and what it did."""
        key_id, tenant = await _key_of(info, input.key_id)
        by = await command_of(info, input, tenant)
        made = _rotated(info, key_id, by)
        await _keep(info, made, tenant)
        assert tenant.project_id is not None
        done = await info.context.do(
            commands.rotate_api_key,
            tenant.project_id,
            key_id=key_id,
            secret_id=made.secret_id,
            prefix=made.prefix,
            overlap=_hours(input.overlap_hours),
            expires_at=input.expires_at,
            by=by,
        )
        return await _shown(RotateApiKeyPayload, info, made, done)  # pyright: ignore[reportReturnType]

    @mutation(Permission.PERSON, "Give an API key of yours another secret, while the present one still admits.")
    async def rotate_own_api_key(self, info: Info, input: RotateOwnApiKeyInput) -> RotateOwnApiKeyResult:  # noqa: A002
        """The key stays the same, with what it may do and what it did."""
        user_id, by = await own_command_of(info, input)
        key_id = await _own_key_of(info, input.key_id, user_id)
        made = _rotated(info, key_id, by)
        await _keep_own(info, made, user_id)
        done = await info.context.do(
            commands.rotate_own_api_key,
            user_id,
            key_id=key_id,
            secret_id=made.secret_id,
            prefix=made.prefix,
            overlap=_hours(input.overlap_hours),
            expires_at=input.expires_at,
            by=by,
        )
        return await _shown(RotateOwnApiKeyPayload, info, made, done, user_id)  # pyright: ignore[reportReturnType]

    @mutation(Permission.MANAGE_KEYS, "Revoke a project's API key: it admits nobody any more.")
    async def revoke_api_key(self, info: Info, input: RevokeApiKeyInput) -> RevokeApiKeyResult:  # noqa: A002
        """With what it did, the key stays in the record."""
        key_id, tenant = await _key_of(info, input.key_id)
        by = await command_of(info, input, tenant)
        assert tenant.project_id is not None
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(commands.revoke_api_key, tenant.project_id, key_id=key_id, reason=reason, by=by)
        return RevokeApiKeyPayload(  # pyright: ignore[reportReturnType]
            api_key=await _key_at(info, done, key_id), position=done.position_text, lagging=done.lagging
        )

    @mutation(Permission.PERSON, "Revoke an API key of yours: it admits nobody any more.")
    async def revoke_own_api_key(self, info: Info, input: RevokeOwnApiKeyInput) -> RevokeOwnApiKeyResult:  # noqa: A002
        """The reason is sealed: it is yours to write, and to be forgotten."""
        user_id, by = await own_command_of(info, input)
        key_id, reason = await _own_key_of(info, input.key_id, user_id), reasoned(input.reason)
        services = info.context.services
        async with services.writer.transaction() as connection:
            person = await people.new_person(connection, services.secret, user_id)
        done = await info.context.do(
            commands.revoke_own_api_key, user_id, key_id=key_id, reason=people.sealed(user_id, person, reason), by=by
        )
        return RevokeOwnApiKeyPayload(  # pyright: ignore[reportReturnType]
            api_key=await _key_at(info, done, key_id, user_id), position=done.position_text, lagging=done.lagging
        )


async def _models_of(info: Info, ids: list[strawberry.ID] | None, project_id: UUID | None) -> list[UUID]:
    """Models for which whoever asks may send rows themselves, in the project if it is of one."""
    subjects = [(await model_of(info, each, Permission.INGEST))[0] for each in ids or ()]
    if any(project_id not in {None, each.project_id} for each in subjects):
        raise NotFound(kind="model")
    return [each.id for each in subjects]


async def _key_of(info: Info, global_id: strawberry.ID) -> tuple[UUID, Tenant]:
    """A key of a project in which whoever asks manages them."""
    key_id = id_of(global_id, "ApiKey")

    async def of_projects(view: View) -> list[tuple[UUID, UUID]]:
        rows = await tenancy_keys.keys(view, [key_id])
        return [(row.id, row.project_id) for row in rows if row.project_id is not None]

    _, project_id = await acted_on(
        info.context,
        Permission.MANAGE_KEYS,
        of_projects,
        "project",
        lambda found: found[1],
        kind="key",
        seen=Permission.SIGNED_IN,
    )
    return key_id, (await info.context.grants()).tenant(project_id)


async def _own_key_of(info: Info, global_id: strawberry.ID, user_id: UUID) -> UUID:
    """A key of the person who asks."""
    key_id = id_of(global_id, "ApiKey")
    at = await info.context.at()
    async with info.context.services.reader.at(at.position, Scope(user_id=user_id)) as view:
        row = next(iter(await tenancy_keys.keys(view, [key_id])), None)
    if row is None or row.user_id != user_id:
        raise NotFound(kind="key")
    return key_id


def _rotated(info: Info, key_id: UUID, by: Command) -> _Made:
    circumstances = ("rotation", key_id, by.actor.kind, by.actor.id, by.id)
    text = keys.KeyTexts(info.context.services.secret).made_of(*circumstances)
    return _Made(text, key_id, derived_id("secret", *circumstances))


async def _keep(info: Info, made: _Made, of: Tenant) -> None:
    assert of.project_id is not None
    async with info.context.services.writer.transaction([of.project_id]) as connection:
        await keys.keep(
            connection,
            made.text,
            key_id=made.key_id,
            secret_id=made.secret_id,
            organization_id=of.organization_id,
            project_id=of.project_id,
        )


async def _keep_own(info: Info, made: _Made, user_id: UUID) -> bytes:
    """Answers what the person's texts are sealed with."""
    services = info.context.services
    async with services.writer.transaction(user_id=user_id) as connection:
        person = await people.new_person(connection, services.secret, user_id)
        await keys.keep(connection, made.text, key_id=made.key_id, secret_id=made.secret_id, user_id=user_id)
    return person


async def _shown(
    payload: type[ShownKeyPayload], info: Info, made: _Made, done: Done, user_id: UUID | None = None
) -> ShownKeyPayload:
    return payload(
        key=made.text,
        prefix=made.prefix,
        api_key=await _key_at(info, done, made.key_id, user_id),
        position=done.position_text,
        lagging=done.lagging,
    )


async def _key_at(info: Info, done: Done, key_id: UUID, user_id: UUID | None = None) -> ApiKey | None:
    """The key after a command, a person's own or a project's; None when that can't be read yet."""
    if done.lagging:
        return None
    scope = await info.context.scope(Permission.MANAGE_KEYS) if user_id is None else Scope(user_id=user_id)
    async with info.context.services.reader.at(done.at.position, scope) as view:
        shown = await api_keys_of(info, await tenancy_keys.keys(view, [key_id]), done.at)
    return shown[0] if shown else None


def _hours(count: int) -> timedelta:
    """No more than a timedelta holds; the domain refuses what is too many."""
    return timedelta(hours=max(-1, min(count, 100_000)))
