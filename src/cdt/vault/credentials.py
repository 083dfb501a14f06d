"""The hashes of passwords, by the keyed hash of the address."""

from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row


class Credential(msgspec.Struct, frozen=True):
    """Whose address it is, and the hash of the password; empty until somebody has shown that the address is theirs."""

    user_id: UUID
    email_hash: str
    password_hash: str


async def keep(connection: AsyncConnection[Any], *, email_hash: str, user_id: UUID, password_hash: str) -> bool:
    """Keep a new credential; False when the address has one."""
    cursor = await connection.execute(
        "INSERT INTO vault.credentials (email_hash, user_id, password_hash)"
        " VALUES (%(email_hash)s, %(user_id)s, %(password_hash)s) ON CONFLICT DO NOTHING",
        {"email_hash": email_hash, "user_id": user_id, "password_hash": password_hash},
    )
    return cursor.rowcount == 1


async def find(connection: AsyncConnection[Any], email_hash: str) -> Credential | None:
    """The credential of an address."""
    async with connection.cursor(row_factory=class_row(Credential)) as cursor:
        await cursor.execute(
            "SELECT user_id, email_hash, password_hash FROM vault.credentials WHERE email_hash = %(email_hash)s",
            {"email_hash": email_hash},
        )
        return await cursor.fetchone()


async def of_user(connection: AsyncConnection[Any], user_id: UUID) -> Credential | None:
    """The credential of a person; nobody else changes it until the transaction ends."""
    async with connection.cursor(row_factory=class_row(Credential)) as cursor:
        await cursor.execute(
            "SELECT user_id, email_hash, password_hash FROM vault.credentials WHERE user_id = %(user_id)s FOR UPDATE",
            {"user_id": user_id},
        )
        return await cursor.fetchone()


async def change(connection: AsyncConnection[Any], user_id: UUID, *, password_hash: str) -> None:
    """Let another password be the person's."""
    await connection.execute(
        "UPDATE vault.credentials SET password_hash = %(password_hash)s WHERE user_id = %(user_id)s",
        {"user_id": user_id, "password_hash": password_hash},
    )
