"""Commands about the keys of programs: of a project, decided on the project, and of a person, on the person's ring."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.domain.kernel import Command, Sealed
from cdt.domain.tenancy import keys
from cdt.domain.tenancy.key_state import key_ring_of, key_rings
from cdt.domain.tenancy.roles import KeyPermission
from cdt.domain.tenancy.state import projects
from cdt.domain.text import Text


def create_api_key(
    log: Decides[Outcome],
    project_id: UUID,
    *,
    key_id: UUID,
    name: str,
    prefix: str,
    permissions: Iterable[KeyPermission] = keys.INGEST_ALONE,
    model_ids: Iterable[UUID] = (),
    expires_at: datetime | None = None,
    by: Command,
) -> Outcome:
    """Let a program work for a project; the vault already keeps the key's hash."""
    decision = partial(
        keys.create_key,
        key_id=key_id,
        name=name,
        prefix=prefix,
        permissions=permissions,
        model_ids=model_ids,
        expires_at=expires_at,
        at=by.at,
    )
    return log.decide(projects, project_id, decision, by=by)


def create_own_api_key(
    log: Decides[Outcome],
    user_id: UUID,
    *,
    key_id: UUID,
    name: Sealed,
    prefix: str,
    permissions: Iterable[KeyPermission],
    model_ids: Iterable[UUID] = (),
    expires_at: datetime | None = None,
    by: Command,
) -> Outcome:
    """Let a program work for a person; the vault already keeps the key's hash."""
    decision = partial(
        keys.create_own_key,
        key_id=key_id,
        user_id=user_id,
        name=name,
        prefix=prefix,
        permissions=permissions,
        model_ids=model_ids,
        expires_at=expires_at,
        at=by.at,
    )
    return log.decide(key_rings, key_ring_of(user_id), decision, by=by)


def rotate_api_key(
    log: Decides[Outcome],
    project_id: UUID,
    *,
    key_id: UUID,
    secret_id: UUID,
    prefix: str,
    overlap: timedelta,
    expires_at: datetime | None,
    by: Command,
) -> Outcome:
    """Give a project's key another secret, whose hash the vault already keeps."""
    decision = partial(
        keys.rotate_key,
        key_id=key_id,
        secret_id=secret_id,
        prefix=prefix,
        overlap=overlap,
        expires_at=expires_at,
        at=by.at,
    )
    return log.decide(projects, project_id, decision, by=by)


def rotate_own_api_key(
    log: Decides[Outcome],
    user_id: UUID,
    *,
    key_id: UUID,
    secret_id: UUID,
    prefix: str,
    overlap: timedelta,
    expires_at: datetime | None,
    by: Command,
) -> Outcome:
    """Give a person's key another secret, whose hash the vault already keeps."""
    decision = partial(
        keys.rotate_own_key,
        key_id=key_id,
        secret_id=secret_id,
        prefix=prefix,
        overlap=overlap,
        expires_at=expires_at,
        at=by.at,
    )
    return log.decide(key_rings, key_ring_of(user_id), decision, by=by)


def revoke_api_key(log: Decides[Outcome], project_id: UUID, *, key_id: UUID, reason: Text, by: Command) -> Outcome:
    """End a project's key."""
    return log.decide(projects, project_id, partial(keys.revoke_key, key_id=key_id, reason=reason), by=by)


def revoke_own_api_key(log: Decides[Outcome], user_id: UUID, *, key_id: UUID, reason: Sealed, by: Command) -> Outcome:
    """End a person's key."""
    decision = partial(keys.revoke_own_key, key_id=key_id, reason=reason)
    return log.decide(key_rings, key_ring_of(user_id), decision, by=by)
