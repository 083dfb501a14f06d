"""One key a person, wrapped by the vault's secret: destroying it makes every sealed value of theirs unreadable.

A text that may tell of somebody is sealed like a person's, under a key of its own.
"""

import base64
import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection

from cdt.domain.errors import DomainError
from cdt.domain.kernel import Sealed
from cdt.vault.secret import SECRET_BYTES, BoxCannotBeOpened, VaultSecret, open_box, seal

_PURPOSE = "person-keys"


class PersonIsErased(DomainError):
    """This account was deleted."""

    code = "UNAUTHENTICATED"


def new_key(secret: VaultSecret, person: UUID) -> tuple[bytes, tuple[LiteralString, dict[str, Any]]]:
    """A key for whoever, or whatever, has none, and the statement that keeps it; what it sealed is lost without it."""
    key = os.urandom(SECRET_BYTES)
    return key, (
        "INSERT INTO vault.person_keys (person, wrapped_key) VALUES (%(person)s, %(key)s)",
        {"person": person, "key": secret.seal(_PURPOSE, key)},
    )


async def new_person(connection: AsyncConnection[Any], secret: VaultSecret, person: UUID) -> bytes:
    """The key of a person, made if there is none; PersonIsErased when it was destroyed."""
    await connection.execute(
        "INSERT INTO vault.person_keys (person, wrapped_key) VALUES (%(person)s, %(key)s) ON CONFLICT DO NOTHING",
        {"person": person, "key": secret.seal(_PURPOSE, os.urandom(SECRET_BYTES))},
    )
    key = (await keys_of(connection, secret, [person])).get(person)
    if key is None:
        raise PersonIsErased
    return key


async def keys_of(connection: AsyncConnection[Any], secret: VaultSecret, people: Iterable[UUID]) -> dict[UUID, bytes]:
    """The keys of those people who are not erased."""
    cursor = await connection.execute(
        "SELECT person, wrapped_key FROM vault.person_keys WHERE person = ANY(%(people)s) AND wrapped_key IS NOT NULL",
        {"people": list(people)},
    )
    return {row[0]: secret.open(_PURPOSE, row[1]) for row in await cursor.fetchall()}


async def erase(connection: AsyncConnection[Any], person: UUID) -> None:
    """Destroy somebody's key, for good: none is made for them again."""
    await connection.execute(
        "INSERT INTO vault.person_keys (person, wrapped_key, erased_at)"
        " VALUES (%(person)s, NULL, clock_timestamp()) ON CONFLICT (person) DO UPDATE"
        " SET wrapped_key = NULL, erased_at = coalesce(person_keys.erased_at, excluded.erased_at)",
        {"person": person},
    )


async def forget(connection: AsyncConnection[Any], person: UUID, *, made_by: datetime | None = None) -> None:
    """Destroy a key that was made by then, or by now; another may be made, which opens nothing that this one sealed."""
    await connection.execute(
        "DELETE FROM vault.person_keys WHERE person = %(person)s AND erased_at IS NULL"
        " AND (made_at IS NULL OR %(made_by)s::timestamptz IS NULL OR made_at <= %(made_by)s)",
        {"person": person, "made_by": made_by},
    )


def sealed(person: UUID, key: bytes, text: str) -> Sealed:
    """A personal text, sealed."""
    return Sealed(person, base64.b64encode(seal(key, text.encode())).decode())


def opened(key: bytes, box: str) -> str:
    """The text of a sealed value's box."""
    return open_box(key, base64.b64decode(box)).decode()


def readable(key: bytes | None, box: str) -> str | None:
    """The text, or None where its key was destroyed, also when another was made since."""
    try:
        return None if key is None else opened(key, box)
    except BoxCannotBeOpened:
        return None


def pseudonym(person: UUID) -> str:
    """What somebody is called who was erased: nothing follows from it, and it tells them from others.

    >>> pseudonym(UUID("1a2b3c4d-0000-7000-8000-000000000000"))
    'erased person 1a2b3c4d'
    """
    return f"erased person {person.hex[:8]}"
