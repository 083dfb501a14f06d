"""Refresh tokens: each is good once, and using one that was used up betrays that somebody else has it."""

import hmac
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.vault.secret import VaultSecret

PREFIX = "cdtr_"
LIFETIME = timedelta(days=7)
"""Of a token that nobody uses; each use makes a new one."""


class Kept(msgspec.Struct, frozen=True):
    """Where a session's token stands."""

    session_id: UUID
    user_id: UUID
    generation: int
    salt: UUID
    renewed_by: UUID | None
    renewed_at: datetime
    expires_at: datetime

    def token(self, secret: VaultSecret) -> str:
        """The newest token, which is the only one that is good."""
        return _token(secret, self.session_id, self.generation, self.salt)


class Renewal(NamedTuple):
    """What became of a token that was shown."""

    outcome: Literal["renewed", "reused", "unknown"]
    session: Kept | None


UNKNOWN = Renewal("unknown", None)


async def begin(
    connection: AsyncConnection[Any], *, session_id: UUID, user_id: UUID, salt: UUID, now: datetime
) -> Kept:
    """Keep the place of a new session's first token; the one that is kept when it was begun before."""
    await connection.execute(
        "INSERT INTO vault.sessions (session_id, user_id, salt, renewed_at, expires_at)"
        " VALUES (%(session_id)s, %(user_id)s, %(salt)s, %(now)s, %(expires_at)s) ON CONFLICT DO NOTHING",
        {"session_id": session_id, "user_id": user_id, "salt": salt, "now": now, "expires_at": now + LIFETIME},
    )
    kept = await _find(connection, session_id)
    assert kept is not None
    return kept


async def renew(
    connection: AsyncConnection[Any], secret: VaultSecret, text: str, *, command_id: UUID, now: datetime
) -> Renewal:
    """Use a token up. In a transaction: whoever comes at the same moment waits, and then has a token that was used.

    The same command again is answered the same, so that an answer that was lost signs nobody out.
    """
    parts = _parts(text)
    if parts is None:
        return UNKNOWN
    session_id, generation, _ = parts
    kept = await _find(connection, session_id)
    if kept is None or not hmac.compare_digest(_token(secret, session_id, generation, kept.salt), text):
        return UNKNOWN
    if generation == kept.generation - 1 and kept.renewed_by == command_id:
        return Renewal("renewed", kept)
    if generation != kept.generation:
        return Renewal("reused", kept)
    if kept.expires_at <= now:
        return UNKNOWN
    renewed = msgspec.structs.replace(
        kept, generation=generation + 1, renewed_by=command_id, renewed_at=now, expires_at=now + LIFETIME
    )
    await connection.execute(
        "UPDATE vault.sessions SET generation = %(generation)s, renewed_by = %(renewed_by)s,"
        " renewed_at = %(renewed_at)s, expires_at = %(expires_at)s WHERE session_id = %(session_id)s",
        msgspec.structs.asdict(renewed),
    )
    return Renewal("renewed", renewed)


async def end(connection: AsyncConnection[Any], *session_ids: UUID) -> None:
    """Forget where the tokens of these sessions stood."""
    await connection.execute(
        "DELETE FROM vault.sessions WHERE session_id = ANY(%(session_ids)s)", {"session_ids": list(session_ids)}
    )


async def tidy(connection: AsyncConnection[Any], user_id: UUID, *, now: datetime) -> None:
    """Forget those of a person whose token has ended by itself: it is answered like one that is none of ours."""
    await connection.execute(
        "DELETE FROM vault.sessions WHERE user_id = %(user_id)s AND expires_at <= %(now)s",
        {"user_id": user_id, "now": now},
    )


async def sweep(connection: AsyncConnection[Any], *, now: datetime, most: int) -> int:
    """Forget those of everybody whose token has ended by itself, so many at most; how many it were.

    One that is being looked at just now is left for the next time.
    """
    cursor = await connection.execute(
        "DELETE FROM vault.sessions WHERE session_id IN (SELECT session_id FROM vault.sessions"
        " WHERE expires_at <= %(now)s LIMIT %(most)s FOR UPDATE SKIP LOCKED)",
        {"now": now, "most": most},
    )
    return cursor.rowcount


async def of_user(connection: AsyncConnection[Any], user_id: UUID) -> list[Kept]:
    """Every session of a person of which a token may still be good."""
    async with connection.cursor(row_factory=class_row(Kept)) as cursor:
        await cursor.execute(
            "SELECT session_id, user_id, generation, salt, renewed_by, renewed_at, expires_at FROM vault.sessions"
            " WHERE user_id = %(user_id)s",
            {"user_id": user_id},
        )
        return await cursor.fetchall()


async def _find(connection: AsyncConnection[Any], session_id: UUID) -> Kept | None:
    async with connection.cursor(row_factory=class_row(Kept)) as cursor:
        await cursor.execute(
            "SELECT session_id, user_id, generation, salt, renewed_by, renewed_at, expires_at FROM vault.sessions"
            " WHERE session_id = %(session_id)s FOR UPDATE",
            {"session_id": session_id},
        )
        return await cursor.fetchone()


def _token(secret: VaultSecret, session_id: UUID, generation: int, salt: UUID) -> str:
    proof = secret.key_for(f"refresh/{session_id}/{generation}/{salt}").hex()
    return f"{PREFIX}{session_id.hex}_{generation}_{proof}"


def _parts(text: str) -> tuple[UUID, int, str] | None:
    """What a token says of itself; None when it can't be one. No database is asked about what can't be a token."""
    named, _, rest = text.removeprefix(PREFIX).partition("_")
    counted, _, proof = rest.partition("_")
    is_token = text.startswith(PREFIX) and len(named) == 32 and 0 < len(counted) < 10 and len(proof) == 64
    if not is_token or not (counted.isascii() and counted.isdigit() and text.isascii()):
        return None
    try:
        return UUID(hex=named), int(counted), proof
    except ValueError:
        return None
