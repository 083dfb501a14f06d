"""Mails as a worker sends them: each is sent, once as far as SMTP allows, and what must not be sent never is."""

import asyncio
import base64
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from redis import Redis
from uuid_utils.compat import uuid7

from cdt.commands import accounts
from cdt.database.log import Log
from cdt.database.reading import Reader
from cdt.database.writing import Writer
from cdt.domain.accounts.events import UserRegistered
from cdt.domain.kernel import Envelope, Position
from cdt.reactions.clock import Clock
from cdt.senders import letters
from cdt.senders.addresses import Mailbox
from cdt.senders.mail import Server
from cdt.vault import people
from cdt.vault.secret import VaultSecret
from cdt.workers import leases, mails
from cdt.workers.letter_writing import Desk, Written
from cdt.workers.send_mail import PAUSES_SECONDS, Mailing, send_mail
from tests.mail_servers import MailServer, answers, mail_server, takes_and_dies
from tests.reactions.world import World

ADA = "ada@example.org"
SECRET = "a-token-that-nobody-may-find"
SHORT_LEASE_SECONDS = 1.0


async def confirms(_desk: Desk, asked: Envelope) -> Written:
    """What a new account asks for here: its link ends after an hour."""
    assert isinstance(asked.event, UserRegistered)
    link = f"https://cdt.example.com/verify#{SECRET}"
    return Written(letters.verification(link=link, until=asked.timestamp + timedelta(hours=1)), asked.event.email)


async def needs_nothing(_desk: Desk, _asked: Envelope) -> None:
    """The link was used already."""


def mailing(world: World, server: MailServer | None = None, **changes: Any) -> Mailing:
    """A worker's tools, with a server or without one."""
    given = {"server": None if server is None else server.server(), "writes": {UserRegistered: confirms}, **changes}
    return replace(world.mailing, **given)


async def asked(world: World, email: str = ADA) -> Position:
    """A fact that asks for a mail, and a lease for it."""
    user_id = uuid7()
    async with world.writer.transaction() as connection:
        key = await people.new_person(connection, world.secret, user_id)
    position = await world.do(
        accounts.register_user,
        user_id,
        name=people.sealed(user_id, key, "Ada"),
        email=people.sealed(user_id, key, email),
        email_hash=world.secret.name_hash("email", email),
    )
    (fact,) = [each for each in await world.facts(UserRegistered) if each.stream_id == user_id]
    assert fact.position is not None
    assert fact.position <= position
    async with world.writer.transaction() as connection:
        await leases.open_lease(connection, fact=fact.position, kind="mail", subject=user_id, project_id=None)
    return fact.position


async def person_of(world: World, fact: int) -> UUID:
    return (await world.rows("SELECT subject FROM work.leases WHERE fact = %s", fact))[0][0]


async def next_attempt(world: World) -> leases.DueLease:
    """The next attempt, without the wait before it."""
    await world.rows("UPDATE work.leases SET due_at = clock_timestamp() WHERE state = 'due'")
    async with world.writer.transaction() as connection:
        (due,) = await leases.due(connection)
    return due


async def state(world: World, fact: int) -> tuple[str, str]:
    """Of the mail, and of its lease."""
    (found,) = await world.rows(
        "SELECT mails.state, leases.state FROM work.mails JOIN work.leases USING (fact) WHERE fact = %s", fact
    )
    return found


async def everything(world: World) -> str:
    """All that the tables of work hold of mails."""
    return str(
        await world.rows("SELECT to_jsonb(mails), to_jsonb(leases) FROM work.mails JOIN work.leases USING (fact)")
    )


async def test_a_mail_is_sent_once_and_marked(world: World) -> None:
    fact = await asked(world)
    async with mail_server() as server:
        for attempt in (1, 1, 2):
            await send_mail(mailing(world, server), fact, attempt)

    (got,) = server.got
    assert server.envelopes == [("cdt@example.com", [ADA])]
    assert got["Message-ID"].startswith(f"<cdt.{fact}.")
    assert got["Message-ID"].endswith("@example.com>")
    assert SECRET in got.get_body(["plain"]).get_content()  # type: ignore[union-attr,attr-defined]
    assert await state(world, fact) == ("sent", "done")


async def test_a_busy_server_gets_the_same_mail_later(world: World) -> None:
    fact = await asked(world)
    async with mail_server(DATA=answers("451 busy, try again")) as busy:
        await send_mail(mailing(world, busy), fact, 1)
    assert await state(world, fact) == ("waiting", "due")
    due = await next_attempt(world)
    assert (due.kind, due.attempt) == ("mail", 2)

    async with mail_server() as server:
        await send_mail(mailing(world, server), fact, 2)

    assert len(server.got) == 1
    assert await state(world, fact) == ("sent", "done")


async def test_a_put_off_mail_is_due_after_growing_pauses_that_are_nearly_a_day(world: World) -> None:
    assert list(PAUSES_SECONDS) == sorted(PAUSES_SECONDS)
    assert 23 * 3600 < sum(PAUSES_SECONDS) < 24 * 3600
    fact = await asked(world)
    async with mail_server(MAIL=answers("421 not now")) as server:
        await send_mail(mailing(world, server), fact, 1)

    ((seconds,),) = await world.rows(
        "SELECT extract(epoch FROM due_at - clock_timestamp())::float8 FROM work.leases WHERE fact = %s", fact
    )
    assert PAUSES_SECONDS[0] - 10 < seconds <= PAUSES_SECONDS[0]


async def test_a_mail_that_no_server_takes_for_a_day_is_given_up_and_the_log_tells(world: World) -> None:
    fact = await asked(world)
    async with mail_server(RCPT=answers(f"450 4.2.1 {ADA} is over quota")) as server:
        with structlog.testing.capture_logs() as lines:
            for attempt in range(1, len(PAUSES_SECONDS) + 2):
                assert (await next_attempt(world)).attempt == attempt
                await send_mail(mailing(world, server), fact, attempt)

    assert await state(world, fact) == ("given up", "given_up")
    (last,) = [each for each in lines if each["event"] == "mail_given_up"]
    assert (last["log_level"], last["fact"], last["error"]) == (
        "error",
        fact,
        "the server answered 450 to the recipient",
    )
    assert ADA not in str(lines)
    assert ADA not in await everything(world)


async def test_a_mail_that_is_refused_for_good_is_not_tried_again(world: World) -> None:
    fact = await asked(world)
    async with mail_server(RCPT=answers(f"550 5.1.1 {ADA} is nobody")) as server:
        with structlog.testing.capture_logs() as lines:
            await send_mail(mailing(world, server), fact, 1)

    assert await state(world, fact) == ("refused", "given_up")
    assert [(each["event"], each["log_level"]) for each in lines] == [("mail_refused", "error")]
    assert ADA not in str(lines) + await everything(world)


async def test_what_is_no_address_is_refused_without_asking_a_server(world: World) -> None:
    fact = await asked(world, "ada@example.org\r\nRCPT TO:<eve@example.com>")
    async with mail_server() as server:
        await send_mail(mailing(world, server), fact, 1)

    assert await state(world, fact) == ("refused", "given_up")
    assert server.envelopes == []


async def test_a_link_that_has_ended_is_not_sent(world: World) -> None:
    fact = await asked(world)
    world.time += timedelta(hours=1, seconds=1)
    async with mail_server() as server:
        await send_mail(mailing(world, server), fact, 1)

    assert server.got == []
    assert await state(world, fact) == ("expired", "done")


@pytest.mark.parametrize("server", [None, Server(host="nowhere.invalid", port=25, security="none")])
async def test_an_erased_person_gets_no_mail(world: World, server: Server | None) -> None:
    fact = await asked(world)
    await world.rows("DELETE FROM vault.person_keys WHERE person = %s", await person_of(world, fact))

    await send_mail(replace(mailing(world), server=server), fact, 1)

    assert await world.rows("SELECT fact FROM work.mails") == []
    assert await world.rows("SELECT state FROM work.leases WHERE fact = %s", fact) == [("done",)]


async def test_a_mail_that_is_not_needed_any_more_is_not_sent(world: World) -> None:
    fact = await asked(world)

    await send_mail(mailing(world, writes={UserRegistered: needs_nothing}), fact, 1)

    assert await world.rows("SELECT fact FROM work.mails") == []
    assert await world.rows("SELECT state FROM work.leases WHERE fact = %s", fact) == [("done",)]


async def test_a_mail_that_nothing_can_write_is_given_up_in_the_end(world: World) -> None:
    fact = await asked(world)
    await world.rows("UPDATE work.leases SET deaths = 300")
    with structlog.testing.capture_logs() as lines:
        await send_mail(mailing(world, writes={}), fact, 1)

    assert [each["event"] for each in lines] == ["mail_given_up"]
    assert await world.rows("SELECT state FROM work.leases WHERE fact = %s", fact) == [("given_up",)]


async def test_without_a_server_a_mail_is_kept_sealed(world: World) -> None:
    fact = await asked(world)
    await send_mail(mailing(world), fact, 1)

    assert await state(world, fact) == ("kept", "done")
    async with world.writer.transaction() as connection:
        found = await mails.find(connection, fact)
        assert found is not None
        key = (await people.keys_of(connection, world.secret, [found.person]))[found.person]
    assert found.mail_box is not None
    assert SECRET in people.opened(key, found.mail_box)
    assert people.opened(key, found.recipient_box) == ADA
    text = await everything(world)
    assert SECRET not in text
    assert ADA not in text


async def test_a_mail_whose_answer_was_lost_comes_again_with_the_same_id(world: World) -> None:
    fact = await asked(world)
    async with mail_server(DATA=takes_and_dies) as server:
        await send_mail(mailing(world, server), fact, 1)
        assert await state(world, fact) == ("waiting", "due")
        due = await next_attempt(world)
        server.behaves = {}
        await send_mail(mailing(world, server), fact, due.attempt)
    ids = [each["Message-ID"] for each in server.got]

    assert len(ids) == 2
    assert ids[0] == ids[1]


async def test_what_was_sent_stays_sent_whatever_another_worker_says_later(world: World) -> None:
    fact = await asked(world)
    async with mail_server() as server:
        await send_mail(mailing(world, server), fact, 1)
    async with world.writer.transaction() as connection:
        sent = await mails.find(connection, fact)
        assert sent is not None
        await mails.record(connection, mails.StoredMail(**{**_as_dict(sent), "state": "given up"}))

    assert (await state(world, fact))[0] == "sent"


def _as_dict(mail: mails.StoredMail) -> dict[str, Any]:
    return {name: getattr(mail, name) for name in mail.__struct_fields__}


async def test_a_mail_whose_worker_is_killed_is_sent_by_the_next(world: World) -> None:
    fact = await asked(world)
    async with mail_server() as server:
        server.waits_for = asyncio.Event()
        with a_worker(world, server, fact) as worker:
            await asyncio.wait_for(server.has_begun.wait(), 60)
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            await asyncio.to_thread(worker.join)
        server.waits_for.set()
        server.waits_for = None
        server.got.clear()

        await world.until(lambda: is_sent(world, server, fact), "the mail is sent")

    assert await state(world, fact) == ("sent", "done")
    assert await world.rows("SELECT attempt, failures, deaths FROM work.leases") == [(2, 0, 1)]


async def is_sent(world: World, server: MailServer, fact: int) -> bool:
    """Take up what is due, as workers do."""
    async with world.writer.transaction() as connection:
        due = await leases.due(connection)
    for each in due:
        await send_mail(mailing(world, server), each.fact, each.attempt)
    return await world.rows("SELECT state FROM work.leases WHERE fact = %s", fact) == [("done",)]


async def test_a_mail_is_handed_over_again_when_redis_has_forgotten_it(world: World, redis_url: str) -> None:
    fact = await asked(world)
    await world.queue.add_leased("mail", fact, 1)
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        await Clock(world.reacting).sweep()

        assert redis.zrange("arq:queue", 0, -1) == [f"mail:{fact}:1".encode()]


async def test_mails_are_thrown_away_after_30_days(world: World) -> None:
    old = await asked(world)
    await send_mail(mailing(world), old, 1)
    world.time += timedelta(days=30, seconds=-5)
    new = await asked(world, "bob@example.org")
    await send_mail(mailing(world), new, 1)
    clock = Clock(world.reacting)
    await clock.tick()
    assert await world.rows("SELECT count(*) FROM work.mails") == [(2,)]

    world.time += timedelta(hours=1)
    await clock.tick()

    assert await world.rows("SELECT fact FROM work.mails") == [(new,)]


@contextmanager
def a_worker(world: World, server: MailServer, fact: int) -> Iterator[multiprocessing.process.BaseProcess]:
    """A process of its own that sends the mail under a short lease."""
    arguments = (world.system, world.secret._raw, server.port, fact)
    process = multiprocessing.get_context("spawn").Process(target=_work, args=arguments)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _work(conninfo: str, raw: bytes, port: int, fact: int) -> None:
    asyncio.run(_send(conninfo, raw, port, fact))


async def _send(conninfo: str, raw: bytes, port: int, fact: int) -> None:
    secret = VaultSecret(base64.urlsafe_b64encode(raw).decode())
    reader, writer = Reader(conninfo, connections=1), Writer(conninfo, connections=2)
    for each in (reader, writer):
        await each.open()
    with Log(conninfo, connections=1) as log:
        work = Mailing(
            desk=Desk(log=log, reader=reader, writer=writer, secret=secret, address="https://cdt.example.com"),
            sender=Mailbox("cdt", "example.com", "CDT"),
            server=Server(host="localhost", port=port, security="none"),
            worker="another worker",
            now=lambda: datetime.now(UTC),
            writes={UserRegistered: confirms},
            lease_seconds=SHORT_LEASE_SECONDS,
        )
        await send_mail(work, fact, 1)
