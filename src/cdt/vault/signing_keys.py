"""Which keys sign access tokens. A key follows from the vault's secret and its id; only the id is kept."""

from datetime import datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row


class SigningKey(msgspec.Struct, frozen=True):
    """A key, and since when it signs: until the next one does."""

    key_id: str
    signs_from: datetime


async def in_order(connection: AsyncConnection[Any]) -> list[SigningKey]:
    """All that are kept, oldest first."""
    async with connection.cursor(row_factory=class_row(SigningKey)) as cursor:
        await cursor.execute("SELECT key_id, signs_from FROM vault.signing_keys ORDER BY signs_from, key_id")
        return await cursor.fetchall()


async def add(connection: AsyncConnection[Any], key: SigningKey) -> bool:
    """Keep another; False when somebody else has just added one of this id."""
    cursor = await connection.execute(
        "INSERT INTO vault.signing_keys (key_id, signs_from) VALUES (%(key_id)s, %(signs_from)s)"
        " ON CONFLICT DO NOTHING",
        msgspec.structs.asdict(key),
    )
    return cursor.rowcount == 1


async def forget(connection: AsyncConnection[Any], *key_ids: str) -> None:
    """Forget keys whose tokens have all ended."""
    await connection.execute(
        "DELETE FROM vault.signing_keys WHERE key_id = ANY(%(key_ids)s)", {"key_ids": list(key_ids)}
    )
