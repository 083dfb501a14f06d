"""The secrets that sign webhook messages; shown once, when the endpoint is added."""

import base64
import os
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cdt.vault.secret import SECRET_BYTES, VaultSecret

_PURPOSE = "webhook-secrets"
PREFIX = "whsec_"


def new_secret() -> str:
    """`whsec_` and 32 random bytes as base64url."""
    return PREFIX + base64.urlsafe_b64encode(os.urandom(SECRET_BYTES)).decode().rstrip("=")


async def keep(connection: AsyncConnection[Any], vault: VaultSecret, *, endpoint_id: UUID, project_id: UUID) -> str:
    """The secret of an endpoint, kept sealed; the first one when it has one."""
    await connection.execute(
        "INSERT INTO vault.webhook_secrets (endpoint_id, project_id, box)"
        " VALUES (%(endpoint_id)s, %(project_id)s, %(box)s) ON CONFLICT DO NOTHING",
        {"endpoint_id": endpoint_id, "project_id": project_id, "box": vault.seal(_PURPOSE, new_secret().encode())},
    )
    kept = await find(connection, vault, endpoint_id)
    assert kept is not None
    return kept.decode()


async def find(connection: AsyncConnection[Any], vault: VaultSecret, endpoint_id: UUID) -> bytes | None:
    """The secret that signs an endpoint's messages."""
    cursor = await connection.execute(
        "SELECT box FROM vault.webhook_secrets WHERE endpoint_id = %(endpoint_id)s", {"endpoint_id": endpoint_id}
    )
    row = await cursor.fetchone()
    return None if row is None else vault.open(_PURPOSE, row[0])
