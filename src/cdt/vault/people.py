"""One key a person, wrapped by the vault's secret: destroying it makes every sealed value of theirs unreadable."""

import base64
import os
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cdt.domain.kernel import Sealed
from cdt.vault.secret import SECRET_BYTES, VaultSecret, open_box, seal

_PURPOSE = "person-keys"


async def new_person(connection: AsyncConnection[Any], secret: VaultSecret, person: UUID) -> bytes:
    """The key of a person, made if there is none."""
    await connection.execute(
        "INSERT INTO vault.person_keys (person, wrapped_key) VALUES (%(person)s, %(key)s) ON CONFLICT DO NOTHING",
        {"person": person, "key": secret.seal(_PURPOSE, os.urandom(SECRET_BYTES))},
    )
    return (await keys_of(connection, secret, [person]))[person]


async def keys_of(connection: AsyncConnection[Any], secret: VaultSecret, people: Iterable[UUID]) -> dict[UUID, bytes]:
    """The keys of those people who are not erased."""
    cursor = await connection.execute(
        "SELECT person, wrapped_key FROM vault.person_keys WHERE person = ANY(%(people)s)", {"people": list(people)}
    )
    return {row[0]: secret.open(_PURPOSE, row[1]) for row in await cursor.fetchall()}


def sealed(person: UUID, key: bytes, text: str) -> Sealed:
    """A personal text, sealed."""
    return Sealed(person, base64.b64encode(seal(key, text.encode())).decode())


def opened(key: bytes, box: str) -> str:
    """The text of a sealed value's box."""
    return open_box(key, base64.b64decode(box)).decode()
