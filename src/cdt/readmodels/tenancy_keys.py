"""The keys of projects and people, as known at a position."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.readmodels.belonging import Opened, belongs


def _to_project_or_person(opened: Opened, row: "Key") -> bool:
    """A person's key is shown by name beside what it did, to whoever sees that."""
    return row.project_id is None or row.project_id in opened.projects


@belongs(_to_project_or_person)
class Key(msgspec.Struct, frozen=True):
    """A key: what may be shown of it. A person's has its name in a box, which opens with the person's key."""

    id: UUID
    project_id: UUID | None
    user_id: UUID | None
    name: str | None
    name_box: str | None
    prefix: str
    permissions: list[str]
    model_ids: list[UUID]
    created: int
    created_at: datetime
    created_by_kind: str
    created_by_id: str
    expires_at: datetime | None
    former_prefix: str | None
    former_ends_at: datetime | None
    rotated_at: datetime | None
    revoked_at: datetime | None
    revoked_by_kind: str | None
    revoked_by_id: str | None
    revoke_reason: str | None
    revoke_reason_box: str | None


class Standing(msgspec.Struct, frozen=True):
    """What a key opens now, and by which of its secrets."""

    permissions: list[str]
    model_ids: list[UUID]
    expires_at: datetime | None
    secret_id: UUID
    former_secret_id: UUID | None
    former_ends_at: datetime | None
    revoked_at: datetime | None


class EndedSecret(msgspec.Struct, frozen=True):
    """A secret of anybody's key that ends, and the position of that."""

    secret_id: UUID
    key_id: UUID
    ends_at: datetime
    recorded: int


async def keys(view: View, ids: list[UUID]) -> list[Key]:
    """The keys with these ids."""
    return await view.rows(
        Key,
        "SELECT id, project_id, user_id, name, name_box, prefix, permissions, model_ids, created, created_at,"
        " created_by_kind, created_by_id, expires_at, former_prefix, former_ends_at, rotated_at, revoked_at,"
        " revoked_by_kind, revoked_by_id, revoke_reason, revoke_reason_box"
        " FROM tenancy_keys_at(%(position)s::bigint) WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def keys_of_project(view: View, project_id: UUID, *, before: int, limit: int) -> list[Key]:
    """A project's keys, newest first, revoked ones too."""
    return await view.rows(
        Key,
        "SELECT id, project_id, user_id, name, name_box, prefix, permissions, model_ids, created, created_at,"
        " created_by_kind, created_by_id, expires_at, former_prefix, former_ends_at, rotated_at, revoked_at,"
        " revoked_by_kind, revoked_by_id, revoke_reason, revoke_reason_box"
        " FROM tenancy_keys_at(%(position)s::bigint) WHERE project_id = %(project_id)s AND created < %(before)s::bigint"
        " AND NOT closed ORDER BY created DESC LIMIT %(limit)s",
        project_id=project_id,
        before=before,
        limit=limit,
    )


async def keys_of_person(view: View, user_id: UUID, *, before: int, limit: int) -> list[Key]:
    """A person's keys, newest first, revoked ones too."""
    return await view.rows(
        Key,
        "SELECT id, project_id, user_id, name, name_box, prefix, permissions, model_ids, created, created_at,"
        " created_by_kind, created_by_id, expires_at, former_prefix, former_ends_at, rotated_at, revoked_at,"
        " revoked_by_kind, revoked_by_id, revoke_reason, revoke_reason_box"
        " FROM tenancy_keys_at(%(position)s::bigint) WHERE user_id = %(user_id)s AND created < %(before)s::bigint"
        " AND NOT closed ORDER BY created DESC LIMIT %(limit)s",
        user_id=user_id,
        before=before,
        limit=limit,
    )


async def standing_of(view: View, key_id: UUID) -> Standing | None:
    """What a key opens; None when there is no such key yet, or its person is gone."""
    return await view.row(
        Standing,
        "SELECT permissions, model_ids, expires_at, secret_id, former_secret_id, former_ends_at, revoked_at"
        " FROM tenancy_keys_at(%(position)s::bigint) AS k WHERE id = %(key_id)s AND NOT closed AND NOT EXISTS ("
        "SELECT FROM accounts_users_at(%(position)s::bigint) AS u WHERE u.id = k.user_id AND u.closed)",
        key_id=key_id,
    )


async def ended_secrets(view: View, *, after: int) -> list[EndedSecret]:
    """Secrets whose end was recorded after a position, in order."""
    return await view.rows(
        EndedSecret,
        "SELECT secret_id, key_id, ends_at, position AS recorded FROM tenancy_ended_secrets"
        " WHERE position > %(after)s::bigint ORDER BY position",
        after=after,
    )
