"""Kept rows named by the SHA-256 of their content: grids, baselines, specifications, results."""

import hashlib
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cdt.domain.kernel import Digest


class DocumentIsMissing(LookupError):
    """A digest that an event names has no kept document: the backup of schema `storage` is older than the log."""


def digest_of(content: bytes) -> Digest:
    """The name of a document."""
    return Digest(hashlib.sha256(content).hexdigest())


async def put(connection: AsyncConnection[Any], project_id: UUID, content: bytes) -> Digest:
    """Keep a document; the same content twice is one document."""
    digest = digest_of(content)
    await connection.execute(
        "INSERT INTO storage.documents (project_id, digest, payload) VALUES (%(project_id)s, %(digest)s, %(payload)s)"
        " ON CONFLICT (project_id, digest) DO NOTHING",
        {"project_id": project_id, "digest": digest, "payload": content},
    )
    return digest


async def get(connection: AsyncConnection[Any], project_id: UUID, digest: str) -> bytes:
    """A document of the project; DocumentIsMissing when there is none."""
    cursor = await connection.execute(
        "SELECT payload FROM storage.documents WHERE project_id = %(project_id)s AND digest = %(digest)s",
        {"project_id": project_id, "digest": digest},
    )
    row = await cursor.fetchone()
    if row is None:
        raise DocumentIsMissing(f"document {digest} of project {project_id}")
    return bytes(row[0])
