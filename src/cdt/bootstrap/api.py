"""The API process."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import psycopg
from redis.asyncio import Redis

from cdt.access.admission import Admission
from cdt.access.ended import EndedSessions
from cdt.access.failures import Failures
from cdt.access.grants import GrantBook
from cdt.access.hashing import Hashing
from cdt.access.intake_policies import IntakePolicies
from cdt.access.joining import Joining
from cdt.access.keyring import Keyring
from cdt.access.keys import KeyBook
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Limits
from cdt.access.rates.settling import Settling
from cdt.access.sessions import Sessions
from cdt.access.sharing_failures import SharingFailures
from cdt.access.signing_in import SigningIn
from cdt.access.streams import Streams
from cdt.access.tokens import Tokens
from cdt.background import beside
from cdt.bootstrap.needs import Needed, needed, storage_place
from cdt.database.async_log import AsyncLog
from cdt.database.log import Log
from cdt.database.notifications import LIVE, PROJECTED, Notifications
from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.graphql.loaders import Loaders
from cdt.graphql.predictions.hub import LiveHub
from cdt.graphql.predictions.numbers_hub import NumbersHub
from cdt.graphql.services import Services
from cdt.predictions.bodies import Bodies
from cdt.predictions.browsing import Browsing
from cdt.predictions.intake import Intake
from cdt.predictions.objects import Objects
from cdt.security.journal import Journal
from cdt.settings import Settings
from cdt.storage.storage import Storage
from cdt.vault.secret import IDENTITIES
from cdt.wall_clock import utc_now
from cdt.workers.child import Child

WRITER_CONNECTIONS = 6
"""Of which files of rows and looks through them hold four at most, so that two are left for everybody else."""
REDIS_SECONDS = 1.0
LAST_SECONDS = 1.0
"""What is left to be written when a process ends may take this long."""


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
    given, place = needed(settings), storage_place(settings)
    conninfo = conninfo_as(given.database_url, DatabaseRole.API, application="cdt-api")
    async with AsyncExitStack() as stack:
        log = stack.enter_context(Log(conninfo, connections=settings.log_connections))
        reader = Reader(conninfo, connections=settings.api_connections)
        writer = Writer(conninfo, connections=WRITER_CONNECTIONS)
        notifications = Notifications(conninfo, PROJECTED, LIVE)
        for each in (reader, writer, notifications):
            await each.open()
            stack.push_async_callback(each.close)
        book = GrantBook(reader)
        await stack.enter_async_context(notifications.following(PROJECTED, book.forget))
        for pooled in (log, reader, writer):
            await stack.enter_async_context(notifications.following(PROJECTED, pooled.look_after))
        policies = IntakePolicies(reader)
        await stack.enter_async_context(notifications.following(PROJECTED, policies.forget))
        hub = LiveHub(reader, writer, notifications)
        await stack.enter_async_context(hub.following())
        objects = Objects(Storage(place))
        intake = Intake(
            conninfo,
            hash_key=given.secret.key_for(IDENTITIES),
            objects=objects,
            connections=settings.intake_connections,
        )
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
        stack.push_async_callback(hashing.close)
        redis = _redis(given.redis_url)
        stack.push_async_callback(redis.aclose)
        failures = Failures()
        signing_in = SigningIn(
            writer,
            given.secret,
            sessions,
            notice=journal.notice,
            hashing=hashing,
            failures=failures,
            sharing=SharingFailures(failures, redis),
        )
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
            streams=Streams(settings.streams_per_person),
            intake=intake,
            bodies=Bodies(lambda: intake, utc_now, most_bytes=settings.maximum_body_bytes),
            policies=policies,
            hub=hub,
            browsing=Browsing(objects, hash_key=given.secret.key_for(IDENTITIES)),
            numbers=NumbersHub(writer),
            child=child,
            system_conninfo=system_conninfo,
            objects=objects,
            secret=given.secret,
            loaders=Loaders,
            now=utc_now,
        )
