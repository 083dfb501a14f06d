"""The composition root: the only place that wires."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import psycopg
from redis.asyncio import Redis

from cdt.access.admission import Admission
from cdt.access.ended import EndedSessions
from cdt.access.grants import GrantBook
from cdt.access.hashing import Hashing
from cdt.access.joining import Joining
from cdt.access.keyring import Keyring
from cdt.access.keys import KeyBook
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Limits
from cdt.access.rates.settling import Settling
from cdt.access.sessions import Sessions
from cdt.access.signing_in import SigningIn
from cdt.access.tokens import Tokens
from cdt.background import beside
from cdt.database.async_log import AsyncLog
from cdt.database.log import Log
from cdt.database.migrating import migrate
from cdt.database.notifications import INTAKE, LIVE, PROJECTED, Notifications
from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.graphql.context import utc_now
from cdt.graphql.loaders import Loaders
from cdt.graphql.predictions.hub import LiveHub
from cdt.graphql.services import Services
from cdt.predictions.intake import Intake
from cdt.projections import schema
from cdt.reactions.all import REACTIONS
from cdt.reactions.clock import Clock
from cdt.reactions.live import Live
from cdt.reactions.responding import Reacting
from cdt.reactions.runner import Runner
from cdt.security.journal import Journal
from cdt.senders.addresses import AddressIsWrong, Mailbox, named_mailbox
from cdt.senders.mail import Server, ServerIsWrong, server_of
from cdt.settings import SettingIsWrong, Settings
from cdt.vault.secret import IDENTITIES, SecretIsWrong, VaultSecret
from cdt.workers.child import Child
from cdt.workers.deliver import Delivering
from cdt.workers.evaluate import Evaluating
from cdt.workers.fold import Folding
from cdt.workers.letter_writing import Desk
from cdt.workers.queue import Queue
from cdt.workers.send_mail import Mailing

OUTBOX_SENDER = Mailbox("cdt", "localhost", "CDT")
"""Whom a mail is from that is only kept."""
REDIS_SECONDS = 1.0
LAST_SECONDS = 1.0
"""What is left to be written when a process ends may take this long."""
FIRST_SCHEMA = 0x_CD7_5C4E
"""The lock under which whoever comes first makes the read schema."""


@dataclass(frozen=True)
class Needed:
    """The settings without which no process of the server can work."""

    database_url: str
    redis_url: str
    secret: VaultSecret


def needed(settings: Settings) -> Needed:
    """Raise SettingIsWrong, naming what is missing."""
    for name in ("database_url", "redis_url", "secret_key"):
        if getattr(settings, name) is None:
            raise SettingIsWrong(f"CDT_{name.upper()} is not set; `cdt up` sets it for you, or see docs/settings.md.")
    assert settings.database_url is not None
    assert settings.redis_url is not None
    assert settings.secret_key is not None
    try:
        return Needed(settings.database_url, settings.redis_url, VaultSecret(settings.secret_key))
    except SecretIsWrong as error:
        raise SettingIsWrong(str(error)) from error


@dataclass(frozen=True)
class MailRoute:
    """Whom mails are from, and where they go: to a server, or, without one, where `cdt mail` finds them."""

    sender: Mailbox
    server: Server | None


def mail_route(settings: Settings) -> MailRoute:
    """Raise SettingIsWrong for a server or a sender that can't be one, and for a server without a sender."""
    try:
        sender = None if settings.mail_from is None else named_mailbox(settings.mail_from)
    except AddressIsWrong:
        raise SettingIsWrong(
            f"CDT_MAIL_FROM is {settings.mail_from!r}, and must be an address like CDT <cdt@example.com>."
        ) from None
    if settings.smtp_url is None:
        return MailRoute(sender or OUTBOX_SENDER, None)
    if sender is None:
        raise SettingIsWrong("CDT_MAIL_FROM is not set; a mail server takes no mail from nobody.")
    try:
        return MailRoute(sender, server_of(settings.smtp_url))
    except ServerIsWrong as error:
        raise SettingIsWrong(str(error)) from None


def prepare_database(database_url: str) -> list[str]:
    """Bring the tables to this release, and make the read schema if there is none; the names of what was applied."""
    applied = migrate(database_url)
    with psycopg.connect(conninfo_as(database_url, DatabaseRole.OWNER, application="cdt-migrate")) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (FIRST_SCHEMA,))
        row = connection.execute("SELECT to_regclass('read.follower') IS NULL").fetchone()
        if row is not None and row[0]:
            schema.create(connection, "read")
    return applied


def limits_of(settings: Settings) -> Limits:
    """How much may be asked for in a minute."""
    return Limits(
        sign_ins=settings.limit_sign_ins,
        ingest_requests=settings.limit_ingest_requests,
        ingest_rows=settings.limit_ingest_rows,
        query_cost=settings.limit_query_cost,
        mutations=settings.limit_mutations,
        address_times=settings.limit_address_times,
    )


def _redis(url: str) -> Redis:
    """Connects with the first use, and gives up soon: nothing that is kept there is worth waiting for."""
    return Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)  # pyright: ignore[reportUnknownMemberType]


@asynccontextmanager
async def _settling(limiter: Limiter, redis: Redis) -> AsyncGenerator[None]:
    """Tells others what is used here, to the end."""
    settling = Settling(limiter, redis)
    try:
        async with beside(settling.run(), name="settling"):
            yield
    finally:
        await settling.settle()


@asynccontextmanager
async def _journal(settings: Settings, given: Needed, conninfo: str) -> AsyncGenerator[Journal]:
    """Keeps what is noticed, to the end. The system's role writes it: whoever reads it can't."""
    writer = Writer(conninfo, connections=1)
    await writer.open()
    journal = Journal(
        writer,
        given.secret,
        utc_now,
        security_days=settings.security_days,
        access_days=settings.access_days,
    )
    try:
        async with beside(journal.run(), name="journal"):
            yield journal
    finally:
        await journal.end()
        await writer.close()


@asynccontextmanager
async def _keeping(keys: KeyBook) -> AsyncGenerator[None]:
    """Learns which keys ended, and writes down which were used, to the end."""
    async with beside(keys.keep_reading(), name="ended keys"), beside(keys.keep_noting(), name="key uses"):
        yield
    with suppress(psycopg.Error, TimeoutError):  # the database may have gone first
        async with asyncio.timeout(LAST_SECONDS):
            await keys.note_uses()


@asynccontextmanager
async def api_services(settings: Settings) -> AsyncGenerator[Services]:
    """What the API process works with, open; closed at the end, in order."""
    given = needed(settings)
    conninfo = conninfo_as(given.database_url, DatabaseRole.API, application="cdt-api")
    async with AsyncExitStack() as stack:
        log = stack.enter_context(Log(conninfo, connections=settings.log_connections))
        reader = Reader(conninfo, connections=settings.api_connections)
        writer = Writer(conninfo, connections=4)
        notifications = Notifications(conninfo, PROJECTED, LIVE)
        for each in (reader, writer, notifications):
            await each.open()
            stack.push_async_callback(each.close)
        book = GrantBook(reader)
        await stack.enter_async_context(notifications.following(PROJECTED, book.forget))
        for pooled in (log, reader, writer):
            await stack.enter_async_context(notifications.following(PROJECTED, pooled.look_after))
        hub = LiveHub(reader, writer, notifications)
        await stack.enter_async_context(hub.following())
        intake = Intake(conninfo, hash_key=given.secret.key_for(IDENTITIES), connections=settings.intake_connections)
        await intake.open()
        stack.push_async_callback(intake.close)
        child = Child()
        stack.callback(child.kill)
        tokens = Tokens(given.secret)
        keyring = Keyring(tokens, writer)
        await keyring.try_reading()
        await stack.enter_async_context(beside(keyring.keep_reading(), name="signing keys"))
        ended = EndedSessions(reader, utc_now)
        await stack.enter_async_context(notifications.following(PROJECTED, ended.hear))
        await stack.enter_async_context(beside(ended.keep_reading(), name="ended sessions"))
        system_conninfo = conninfo_as(given.database_url, DatabaseRole.SYSTEM, application="cdt-api")
        journal = await stack.enter_async_context(_journal(settings, given, system_conninfo))
        keys = KeyBook(reader, writer, given.secret, utc_now)
        await stack.enter_async_context(notifications.following(PROJECTED, keys.hear))
        await stack.enter_async_context(_keeping(keys))
        sessions = Sessions(log, writer, given.secret, tokens)
        hashing = Hashing()
        stack.callback(hashing.close)
        signing_in = SigningIn(writer, given.secret, sessions, notice=journal.notice, hashing=hashing)
        redis = _redis(given.redis_url)
        stack.push_async_callback(redis.aclose)
        limiter = Limiter(limits_of(settings), hash_address=partial(given.secret.name_hash, "address"))
        await stack.enter_async_context(_settling(limiter, redis))
        yield Services(
            log=AsyncLog(log, writer),
            reader=reader,
            writer=writer,
            notifications=notifications,
            admission=Admission(tokens, book, keys, ended, journal),
            journal=journal,
            tokens=tokens,
            sessions=sessions,
            signing_in=signing_in,
            joining=Joining(log, writer, given.secret, signing_in, sessions),
            rates=limiter,
            intake=intake,
            hub=hub,
            child=child,
            system_conninfo=system_conninfo,
            secret=given.secret,
            loaders=Loaders,
            now=utc_now,
        )


@dataclass(frozen=True)
class WorkerTools:
    """What the jobs of one worker work with."""

    writer: Writer
    evaluating: Evaluating
    delivering: Delivering
    mailing: Mailing
    folding: Folding


@asynccontextmanager
async def worker_tools(settings: Settings, *, name: str) -> AsyncGenerator[WorkerTools]:
    """The tools of a worker of this name, open; the child that computes ends with them."""
    given, route = needed(settings), mail_route(settings)
    conninfo = conninfo_as(given.database_url, DatabaseRole.SYSTEM, application="cdt-worker")
    async with AsyncExitStack() as stack:
        log = stack.enter_context(Log(conninfo, connections=settings.log_connections))
        reader, writer = Reader(conninfo, connections=3), Writer(conninfo, connections=4)
        for each in (reader, writer):
            await each.open()
            stack.push_async_callback(each.close)
        child, folding_child = Child(), Child()
        stack.callback(child.kill)
        stack.callback(folding_child.kill)
        yield WorkerTools(
            writer=writer,
            evaluating=Evaluating(log=log, writer=writer, child=child, conninfo=conninfo, worker=name, now=utc_now),
            delivering=Delivering(log=log, reader=reader, writer=writer, secret=given.secret, worker=name, now=utc_now),
            mailing=Mailing(
                desk=Desk(log=log, reader=reader, writer=writer, secret=given.secret, address=settings.address),
                sender=route.sender,
                server=route.server,
                worker=name,
                now=utc_now,
            ),
            folding=Folding(child=folding_child, conninfo=conninfo, hash_key=given.secret.key_for(IDENTITIES)),
        )


@dataclass(frozen=True)
class Reactions:
    """What responds to facts, and what to rows."""

    runner: Runner
    live: Live


@asynccontextmanager
async def reactions(settings: Settings) -> AsyncGenerator[Reactions]:
    """Every reaction with the clock, and the live readings, ready to run; they listen by one connection."""
    given = needed(settings)
    conninfo = conninfo_as(given.database_url, DatabaseRole.SYSTEM, application="cdt-reactions")
    async with AsyncExitStack() as stack:
        log = stack.enter_context(Log(conninfo, connections=settings.log_connections))
        reader, writer = Reader(conninfo, connections=6), Writer(conninfo, connections=6)
        notifications = Notifications(conninfo, PROJECTED, INTAKE)
        for each in (reader, writer, notifications):
            await each.open()
            stack.push_async_callback(each.close)
        queue = Queue(given.redis_url)
        stack.push_async_callback(queue.close)
        reacting = Reacting(log=AsyncLog(log, writer), reader=reader, writer=writer, queue=queue, now=utc_now)
        clock = Clock(reacting)
        yield Reactions(
            runner=Runner(conninfo, reacting, notifications, REACTIONS, companions=[clock.run]),
            live=Live(conninfo, reacting, notifications),
        )
