"""Sending one mail: claim the lease, write, send, mark. Without a mail server it is kept for `cdt mail` instead.

Nothing that tells who a person is goes into a log line or, in clear, into a table: neither the address nor what a mail
server says, which repeats it.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

import structlog

from cdt.database.log import Log
from cdt.domain.kernel import Envelope, Event, Position, derived_id
from cdt.senders import letters, mail
from cdt.senders.addresses import AddressIsWrong, Mailbox, mailbox
from cdt.senders.mail import Answer, Server
from cdt.vault import people
from cdt.workers import leases, mails
from cdt.workers.letter_writing import WRITES, Desk, Writes, Written
from cdt.workers.mails import State, StoredMail

log = structlog.get_logger()

PAUSES_SECONDS = (30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 28_800.0)
"""Before each new attempt; after the last one the mail is given up: nearly a day in all."""
MOST_DEATHS = 300
"""Attempts that ended in the middle: five minutes lie between two of them in the end, so about a day."""


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """What a mailing worker works with; `server` is None where mails are kept and not sent."""

    desk: Desk
    sender: Mailbox
    server: Server | None
    worker: str
    now: Callable[[], datetime]
    tls: ssl.SSLContext | None = None
    pauses: tuple[float, ...] = PAUSES_SECONDS
    writes: Mapping[type[Event], Writes] = field(default_factory=lambda: WRITES)
    lease_seconds: float = leases.LEASE_SECONDS


@dataclass(frozen=True)
class _Outgoing:
    """One mail on its way: the fact that asked for it, what was written, and its person's key."""

    lease: leases.Lease
    asked: Envelope
    written: Written
    key: bytes


async def send_mail(work: Mailing, fact: int, attempt: int) -> None:
    """Make one attempt at the mail that the fact asked for, unless it is over or somebody else's."""
    writer = work.desk.writer
    lease = await leases.claim(writer, fact, attempt, worker=work.worker, seconds=work.lease_seconds)
    if lease is None:
        return
    if lease.deaths >= MOST_DEATHS:
        log.error("mail_given_up", fact=fact, error=f"{lease.deaths} attempts ended in the middle")
        await leases.finish(writer, lease, state="given_up")
        return
    asked = await asyncio.to_thread(_asked, work.desk.log, lease)
    written = await work.writes[type(asked.event)](work.desk, asked)
    key = None if written is None else await _key(work, written)
    if written is None or key is None or people.readable(key, written.to.box) is None:
        log.info("mail_not_needed", fact=fact)
        await leases.finish(writer, lease, state="done")
        return
    await _attempt(work, _Outgoing(lease, asked, written, key))


async def _attempt(work: Mailing, out: _Outgoing) -> None:
    letter = out.written.letter
    if letter.until <= work.now():
        await _conclude(work, out, "expired")
        return
    try:
        recipient = mailbox(people.opened(out.key, out.written.to.box))
    except AddressIsWrong:
        await _conclude(work, out, "refused", Answer("refused", error=AddressIsWrong.__doc__))
        return
    message = letters.message(
        letter,
        sender=work.sender,
        recipient=recipient,
        name=f"cdt.{out.asked.position}.{derived_id('mail', out.asked.stream_id, out.asked.position).hex}",
        at=out.asked.timestamp,
        address=work.desk.address,
    )
    if work.server is None:
        await _conclude(work, out, "kept", message=message)
        return
    async with leases.renewing(work.desk.writer, out.lease, worker=work.worker, seconds=work.lease_seconds):
        answer = await mail.send(work.server, message, sender=work.sender, recipient=recipient, tls=work.tls)
    if answer.outcome == "later" and out.lease.failures < len(work.pauses):
        await _put_off(work, out, answer)
    else:
        await _conclude(work, out, "given up" if answer.outcome == "later" else answer.outcome, answer)


async def _put_off(work: Mailing, out: _Outgoing, answer: Answer) -> None:
    log.warning("mail_put_off", fact=out.lease.fact, failures=out.lease.failures + 1, error=answer.error)
    async with work.desk.writer.transaction() as connection:
        await mails.record(connection, _stored(out, "waiting", answer))
    await leases.put_off(
        work.desk.writer,
        out.lease,
        seconds=work.pauses[out.lease.failures],
        error=answer.error or "",
        status=answer.status,
    )


async def _conclude(
    work: Mailing, out: _Outgoing, state: State, answer: Answer | None = None, *, message: EmailMessage | None = None
) -> None:
    """Mark what became of it and end the lease, both or neither: what was sent is not sent again."""
    answer = answer or Answer("sent")
    is_over = state in {"sent", "kept", "expired"}
    tell = log.info if is_over else log.error
    async with work.desk.writer.transaction() as connection:
        await mails.record(connection, _stored(out, state, answer, message))
        await leases.end(connection, out.lease, state="done" if is_over else "given_up", status=answer.status)
    tell(f"mail_{state.replace(' ', '_')}", fact=out.lease.fact, kind=out.written.letter.kind, error=answer.error)


def _stored(out: _Outgoing, state: State, answer: Answer, message: EmailMessage | None = None) -> StoredMail:
    def box(text: str | None) -> str | None:
        return None if text is None else people.sealed(out.written.to.person, out.key, text).box

    return StoredMail(
        fact=out.lease.fact,
        kind=out.written.letter.kind,
        person=out.written.to.person,
        state=state,
        recipient_box=out.written.to.box,
        written_at=out.asked.timestamp,
        words_box=box(answer.words),
        mail_box=box(None if message is None else message.as_string()),
        error=answer.error,
    )


async def _key(work: Mailing, written: Written) -> bytes | None:
    """None for a person who was erased meanwhile."""
    async with work.desk.writer.transaction() as connection:
        keys = await people.keys_of(connection, work.desk.secret, [written.to.person])
    return keys.get(written.to.person)


def _asked(log_: Log, lease: leases.Lease) -> Envelope:
    return next(each for each in log_.history(lease.subject) if each.position == Position(lease.fact))
