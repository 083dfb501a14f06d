"""The texts of API keys: shown once, kept as hashes, recognisable by prefix and checksum, and known to be ours."""

import hashlib
import hmac
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.vault.secret import VaultSecret

PREFIX = "cdt_"
PATTERN = r"\bcdt_[0-9A-Za-z]{38}\b"
"""What a scanner for secrets looks for; docs/api-keys.md says how the checksum tells a key from a look-alike."""
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHANCE_LENGTH, _SEAL_LENGTH, _CHECKSUM_LENGTH = 26, 6, 6
_SECRET_LENGTH = _CHANCE_LENGTH + _SEAL_LENGTH


class KeptSecret(msgspec.Struct, frozen=True):
    """Which key a text is of, whose that is, and which of its secrets."""

    key_id: UUID
    secret_id: UUID
    organization_id: UUID | None = None
    project_id: UUID | None = None
    user_id: UUID | None = None


class KeyTexts:
    """Makes the texts of keys, and tells those that this installation made."""

    def __init__(self, secret: VaultSecret) -> None:
        """Whoever hasn't the vault's secret makes none that passes, so no database is asked about it."""
        self._secret = secret
        self._seal_key = secret.key_for("api-keys/seal")

    def made_of(self, *circumstances: object) -> str:
        """`cdt_`, 26 characters of base 62 (154 bits), 6 that seal them, and the CRC-32 of these 32 as 6 more.

        The same circumstances make the same key: a repeated request is answered alike though the key is not kept.
        """
        purpose = "/".join(("api-keys", *map(str, circumstances)))
        chance = _in_base_62(int.from_bytes(self._secret.key_for(purpose)), _CHANCE_LENGTH)
        text = chance + self._seal(chance)
        return PREFIX + text + _checksum(text)

    def is_ours(self, text: str) -> bool:
        """Whether prefix, length, checksum and seal fit."""
        if not looks_right(text):
            return False
        chance = text[len(PREFIX) : len(PREFIX) + _CHANCE_LENGTH]
        return hmac.compare_digest(text[len(PREFIX) + _CHANCE_LENGTH : -_CHECKSUM_LENGTH], self._seal(chance))

    def _seal(self, chance: str) -> str:
        digest = hmac.new(self._seal_key, chance.encode(), hashlib.sha256).digest()
        return _in_base_62(int.from_bytes(digest), _SEAL_LENGTH)


def looks_right(text: str) -> bool:
    """Whether prefix, length and checksum fit, which anybody can tell."""
    secret = text[len(PREFIX) : -_CHECKSUM_LENGTH]
    return (
        text.isascii()
        and text.startswith(PREFIX)
        and len(secret) == _SECRET_LENGTH
        and text.endswith(_checksum(secret))
    )


def shown_prefix(key: str) -> str:
    """What may be shown of a key, so that its owner recognises it."""
    return key[: len(PREFIX) + 4]


async def keep(
    connection: AsyncConnection[Any],
    key: str,
    *,
    key_id: UUID,
    secret_id: UUID | None = None,
    organization_id: UUID | None = None,
    project_id: UUID | None = None,
    user_id: UUID | None = None,
) -> None:
    """Keep the hash of a new secret of a project's or a person's key; the first secret has the key's id."""
    await connection.execute(
        "INSERT INTO vault.api_keys (key_id, secret_id, organization_id, project_id, user_id, secret_hash)"
        " VALUES (%(key_id)s, %(secret_id)s, %(organization_id)s, %(project_id)s, %(user_id)s, %(hash)s)"
        " ON CONFLICT DO NOTHING",
        {
            "key_id": key_id,
            "secret_id": secret_id or key_id,
            "organization_id": organization_id,
            "project_id": project_id,
            "user_id": user_id,
            "hash": _hash(key),
        },
    )


async def find(connection: AsyncConnection[Any], key: str) -> KeptSecret | None:
    """Which secret this text is; the table's policy shows its row to whoever names the hash."""
    async with connection.cursor(row_factory=class_row(KeptSecret)) as cursor:
        await cursor.execute("SELECT set_config('cdt.key_hash', %s, true)", (_hash(key).hex(),))
        await cursor.execute(
            "SELECT key_id, coalesce(secret_id, key_id) AS secret_id, organization_id, project_id, user_id"
            " FROM vault.api_keys WHERE secret_hash = %(hash)s",
            {"hash": _hash(key)},
        )
        return await cursor.fetchone()


async def forget_of_person(connection: AsyncConnection[Any], user_id: UUID) -> None:
    """Drop the keys of a person who is forgotten, and when they were used."""
    await connection.execute("SELECT set_config('cdt.user', %s, true)", (str(user_id),))
    await connection.execute(
        "DELETE FROM vault.key_uses WHERE key_id IN (SELECT key_id FROM vault.api_keys WHERE user_id = %(user_id)s)",
        {"user_id": user_id},
    )
    await connection.execute("DELETE FROM vault.api_keys WHERE user_id = %(user_id)s", {"user_id": user_id})


async def note_uses(connection: AsyncConnection[Any], key_ids: Iterable[UUID], at: datetime) -> None:
    """These keys were used up to now."""
    await connection.execute(
        "INSERT INTO vault.key_uses (key_id, used_at) SELECT key_id, %(at)s FROM unnest(%(key_ids)s::uuid[]) AS key_id"
        " ON CONFLICT (key_id) DO UPDATE SET used_at = greatest(key_uses.used_at, excluded.used_at)",
        {"key_ids": sorted(key_ids), "at": at},
    )


async def last_uses(connection: AsyncConnection[Any], key_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When keys were last used, of those that were."""
    cursor = await connection.execute(
        "SELECT key_id, used_at FROM vault.key_uses WHERE key_id = ANY(%(key_ids)s)", {"key_ids": list(key_ids)}
    )
    return dict(await cursor.fetchall())


def _hash(key: str) -> bytes:
    # 154 random bits need no slow hash
    return hashlib.sha256(key.encode()).digest()


def _checksum(secret: str) -> str:
    return _in_base_62(zlib.crc32(secret.encode()), _CHECKSUM_LENGTH)


def _in_base_62(number: int, length: int) -> str:
    """The last digits, most significant first."""
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        text = _ALPHABET[digit] + text
    return text
