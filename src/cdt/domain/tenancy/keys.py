"""What may happen next to the keys of a project, and to those of a person; who may do it is asked before."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import Change, Event, Sealed
from cdt.domain.tenancy.errors import KeyHasExpired, KeyIsRevoked, ProjectIsArchived, TooManyKeys
from cdt.domain.tenancy.events import (
    KeyCreated,
    KeyRevoked,
    KeyRotated,
    PersonalKeyCreated,
    PersonalKeyRevoked,
    PersonalKeyRotated,
)
from cdt.domain.tenancy.key_state import Key, KeyRing
from cdt.domain.tenancy.roles import KeyPermission
from cdt.domain.tenancy.state import Project
from cdt.domain.text import Text, named, reasoned

MOST_IN_USE = 100
MOST_MODELS = 100
LONGEST_OVERLAP = timedelta(days=7)
LONGEST_LIFE = timedelta(days=3_660)
INGEST_ALONE = (KeyPermission.INGEST,)


def create_key(
    project: Project,
    *,
    key_id: UUID,
    name: str,
    prefix: str,
    permissions: Iterable[KeyPermission] = INGEST_ALONE,
    model_ids: Iterable[UUID] = (),
    expires_at: datetime | None = None,
    at: datetime,
) -> list[Event]:
    """Let a program do something in the project."""
    if not project.is_there:
        raise NotFound(kind="project")
    name = named("name", name)
    if key_id in project.keys:
        return []
    if project.is_archived:
        raise ProjectIsArchived
    given, models = _checked(project.keys, permissions, model_ids, expires_at, at)
    return [
        KeyCreated(key_id=key_id, name=name, prefix=prefix, permissions=given, model_ids=models, expires_at=expires_at)
    ]


def create_own_key(
    ring: KeyRing,
    *,
    key_id: UUID,
    user_id: UUID,
    name: Sealed,
    prefix: str,
    permissions: Iterable[KeyPermission],
    model_ids: Iterable[UUID] = (),
    expires_at: datetime | None = None,
    at: datetime,
) -> list[Event]:
    """Let a program do some of what a person may."""
    if key_id in ring.keys:
        return []
    given, models = _checked(ring.keys, permissions, model_ids, expires_at, at)
    return [
        PersonalKeyCreated(
            key_id=key_id,
            user_id=user_id,
            name=name,
            prefix=prefix,
            permissions=given,
            model_ids=models,
            expires_at=expires_at,
        )
    ]


def rotate_key(
    project: Project,
    *,
    key_id: UUID,
    secret_id: UUID,
    prefix: str,
    overlap: timedelta,
    expires_at: datetime | None,
    at: datetime,
) -> list[Event]:
    """Give a project's key another secret; the former one admits for the overlap."""
    if not project.is_there:
        raise NotFound(kind="project")
    key = _found(project.keys, key_id)
    if key.secret_id == secret_id:
        return []
    if project.is_archived:
        raise ProjectIsArchived
    expiry, former_ends_at = _rotation(key, overlap, expires_at, at)
    return [
        KeyRotated(
            key_id=key_id,
            secret_id=secret_id,
            prefix=Change(key.prefix, prefix),
            expires_at=expiry,
            former_ends_at=former_ends_at,
        )
    ]


def rotate_own_key(
    ring: KeyRing,
    *,
    key_id: UUID,
    secret_id: UUID,
    prefix: str,
    overlap: timedelta,
    expires_at: datetime | None,
    at: datetime,
) -> list[Event]:
    """Give a person's key another secret; the former one admits for the overlap."""
    key = _found(ring.keys, key_id)
    if key.secret_id == secret_id:
        return []
    expiry, former_ends_at = _rotation(key, overlap, expires_at, at)
    return [
        PersonalKeyRotated(
            key_id=key_id,
            secret_id=secret_id,
            prefix=Change(key.prefix, prefix),
            expires_at=expiry,
            former_ends_at=former_ends_at,
        )
    ]


def revoke_key(project: Project, *, key_id: UUID, reason: Text) -> list[Event]:
    """End a project's key, also an archived project's."""
    if not project.is_there:
        raise NotFound(kind="project")
    key, reason = _found(project.keys, key_id), reasoned(reason)
    return [] if key.is_revoked else [KeyRevoked(key_id=key_id, reason=reason)]


def revoke_own_key(ring: KeyRing, *, key_id: UUID, reason: Sealed) -> list[Event]:
    """End a person's key."""
    return [] if _found(ring.keys, key_id).is_revoked else [PersonalKeyRevoked(key_id=key_id, reason=reason)]


def _found(keys: Mapping[UUID, Key], key_id: UUID) -> Key:
    key = keys.get(key_id)
    if key is None:
        raise NotFound(kind="key")
    return key


def _checked(
    keys: Mapping[UUID, Key],
    permissions: Iterable[KeyPermission],
    model_ids: Iterable[UUID],
    expires_at: datetime | None,
    at: datetime,
) -> tuple[tuple[KeyPermission, ...], tuple[UUID, ...]]:
    """The permissions and models, each once; refused where the key could do nothing, or could not be held to them."""
    asked, models = set(permissions), tuple(sorted(set(model_ids)))
    given = tuple(each for each in KeyPermission if each in asked)
    if not given:
        raise Invalid("permissions", "give at least one: a key that may do nothing is of no use")
    if models and given != INGEST_ALONE:
        raise Invalid(
            "modelIds", "a key for certain models takes in rows alone: give the permission INGEST and no other"
        )
    if len(models) > MOST_MODELS:
        raise Invalid("modelIds", f"give at most {MOST_MODELS} models, or none for all of them")
    _check_expiry(expires_at, at)
    if sum(each.is_in_use(at) for each in keys.values()) >= MOST_IN_USE:
        raise TooManyKeys(most=MOST_IN_USE)
    return given, models


def _rotation(
    key: Key, overlap: timedelta, expires_at: datetime | None, at: datetime
) -> tuple[Change[datetime | None], datetime]:
    """When the key is to expire, and when its former secret ends: no later than it would have by itself."""
    if key.is_revoked:
        raise KeyIsRevoked
    if not key.is_in_use(at):
        raise KeyHasExpired
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Invalid("overlapHours", f"give 0 to {LONGEST_OVERLAP.days * 24} hours")
    _check_expiry(expires_at, at)
    ends_at = at + overlap if key.expires_at is None else min(at + overlap, key.expires_at)
    return Change(key.expires_at, expires_at or key.expires_at), ends_at


def _check_expiry(expires_at: datetime | None, at: datetime) -> None:
    if expires_at is None:
        return
    if expires_at.tzinfo is None:
        raise Invalid("expiresAt", "say in which time zone, as in 2027-01-31T00:00:00Z")
    if not at < expires_at <= at + LONGEST_LIFE:
        raise Invalid("expiresAt", "give a time from now to ten years ahead, or leave it out for a key without end")
