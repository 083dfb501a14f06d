"""API keys: shown once, kept as a hash, recognisable by prefix and checksum."""

import hashlib
import zlib
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.vault.secret import VaultSecret

PREFIX = "cdt_"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH = 32
_CHECKSUM_LENGTH = 6


class ApiKey(msgspec.Struct, frozen=True):
    """Which key it is and what it opens."""

    key_id: UUID
    organization_id: UUID
    project_id: UUID


def key_of(secret: VaultSecret, *circumstances: object) -> str:
    """`cdt_`, 32 characters of base 62 (190 bits), and the CRC-32 of them as 6 more.

    The same circumstances make the same key: a repeated request is answered alike though the key is not kept.
    """
    purpose = "/".join(("api-keys", *map(str, circumstances)))
    rest, text = int.from_bytes(secret.key_for(purpose)), ""
    for _ in range(_SECRET_LENGTH):
        rest, digit = divmod(rest, 62)
        text += _ALPHABET[digit]
    return PREFIX + text + _checksum(text)


def looks_right(text: str) -> bool:
    """Whether prefix, length and checksum fit: no database is asked about what can't be a key."""
    secret = text[len(PREFIX) : -_CHECKSUM_LENGTH]
    return text.startswith(PREFIX) and len(secret) == _SECRET_LENGTH and text.endswith(_checksum(secret))


def shown_prefix(key: str) -> str:
    """What may be shown of a key, so that its owner recognises it."""
    return key[: len(PREFIX) + 4]


async def keep(
    connection: AsyncConnection[Any], key: str, *, key_id: UUID, organization_id: UUID, project_id: UUID
) -> None:
    """Keep the hash of a new key."""
    await connection.execute(
        "INSERT INTO vault.api_keys (key_id, organization_id, project_id, secret_hash)"
        " VALUES (%(key_id)s, %(organization_id)s, %(project_id)s, %(hash)s) ON CONFLICT DO NOTHING",
        {"key_id": key_id, "organization_id": organization_id, "project_id": project_id, "hash": _hash(key)},
    )


async def find(connection: AsyncConnection[Any], key: str) -> ApiKey | None:
    """The key with this text; the table's policy shows its row to whoever names the hash."""
    async with connection.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute("SELECT set_config('cdt.key_hash', %s, true)", (_hash(key).hex(),))
        await cursor.execute(
            "SELECT key_id, organization_id, project_id FROM vault.api_keys WHERE secret_hash = %(hash)s",
            {"hash": _hash(key)},
        )
        return await cursor.fetchone()


def _hash(key: str) -> bytes:
    # 190 random bits need no slow hash
    return hashlib.sha256(key.encode()).digest()


def _checksum(secret: str) -> str:
    rest, text = zlib.crc32(secret.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        rest, digit = divmod(rest, 62)
        text = _ALPHABET[digit] + text
    return text
