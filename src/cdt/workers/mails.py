"""What became of each mail, in Postgres: for 30 days, and readable as long as the person's key is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

State = Literal["waiting", "sent", "kept", "refused", "given up", "expired"]

KEPT_FOR = timedelta(days=30)


class StoredMail(msgspec.Struct, frozen=True):
    """A mail that a fact asked for. Its boxes open with the key of `person`.

    words_box: what the mail server said last. mail_box: the mail, where it is kept instead of sent.
    """

    fact: int
    kind: str
    person: UUID
    state: State
    recipient_box: str
    written_at: datetime
    words_box: str | None = None
    mail_box: str | None = None
    error: str | None = None


async def record(connection: AsyncConnection[Any], mail: StoredMail) -> None:
    """What became of a mail. Once it is over, it stays as it is."""
    await connection.execute(
        "INSERT INTO work.mails"
        " (fact, kind, person, state, recipient_box, written_at, words_box, mail_box, error)"
        " VALUES (%(fact)s, %(kind)s, %(person)s, %(state)s, %(recipient_box)s, %(written_at)s, %(words_box)s,"
        " %(mail_box)s, %(error)s)"
        " ON CONFLICT (fact) DO UPDATE SET state = excluded.state, words_box = excluded.words_box,"
        " mail_box = excluded.mail_box, error = excluded.error, changed_at = clock_timestamp()"
        " WHERE mails.state = 'waiting'",
        msgspec.structs.asdict(mail),
    )


async def newest(connection: AsyncConnection[Any], *, limit: int) -> list[StoredMail]:
    """The newest mails, newest first, without their texts."""
    async with connection.cursor(row_factory=class_row(StoredMail)) as cursor:
        await cursor.execute(
            "SELECT fact, kind, person, state, recipient_box, written_at, words_box, error FROM work.mails"
            " ORDER BY written_at DESC, fact DESC LIMIT %(limit)s",
            {"limit": limit},
        )
        return await cursor.fetchall()


async def find(connection: AsyncConnection[Any], fact: int) -> StoredMail | None:
    """One mail, with its text if it is kept."""
    async with connection.cursor(row_factory=class_row(StoredMail)) as cursor:
        await cursor.execute(
            "SELECT fact, kind, person, state, recipient_box, written_at, words_box, mail_box, error FROM work.mails"
            " WHERE fact = %(fact)s",
            {"fact": fact},
        )
        return await cursor.fetchone()


async def forget(connection: AsyncConnection[Any], people: Sequence[UUID], *, until: int) -> None:
    """Forget the mails to these people that facts up to a position asked for."""
    await connection.execute(
        "DELETE FROM work.mails WHERE person = ANY(%(people)s) AND fact <= %(until)s::bigint",
        {"people": list(people), "until": until},
    )


async def throw_away(connection: AsyncConnection[Any], *, now: datetime) -> int:
    """Forget the mails that were written too long ago, and answer how many those were."""
    cursor = await connection.execute(
        "DELETE FROM work.mails WHERE written_at < %(before)s", {"before": now - KEPT_FOR}
    )
    return cursor.rowcount
