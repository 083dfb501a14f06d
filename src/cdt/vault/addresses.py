"""Whose an e-mail address is, and which address somebody has: by keyed hashes, so that no address is told."""

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection


async def user_of(connection: AsyncConnection[Any], email_hash: str) -> UUID | None:
    """Who has the address."""
    cursor = await connection.execute(
        "SELECT user_id FROM vault.credentials WHERE email_hash = %(email_hash)s", {"email_hash": email_hash}
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def hash_of(connection: AsyncConnection[Any], user_id: UUID) -> str | None:
    """The keyed hash of somebody's address."""
    cursor = await connection.execute(
        "SELECT email_hash FROM vault.credentials WHERE user_id = %(user_id)s", {"user_id": user_id}
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]
