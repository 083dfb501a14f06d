"""A worker."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from cdt.bootstrap.needs import mail_route, needed, storage_place, watched_place
from cdt.database.log import Log
from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.predictions.bodies import Bodies
from cdt.predictions.intake import Intake
from cdt.predictions.kept_objects import claim
from cdt.predictions.objects import Objects
from cdt.settings import Settings
from cdt.storage.storage import PATIENT_SECONDS, Storage, StorageIsAway
from cdt.vault.secret import IDENTITIES
from cdt.wall_clock import utc_now
from cdt.workers.attempts import Evaluating
from cdt.workers.calls import Joining
from cdt.workers.child import Child
from cdt.workers.compact import Compacting
from cdt.workers.deliver import Delivering
from cdt.workers.erase import ErasingTools
from cdt.workers.files import Watching
from cdt.workers.fold import Folding
from cdt.workers.letter_writing import Desk
from cdt.workers.remove import Removing
from cdt.workers.send_mail import Mailing
from cdt.workers.turns import Turns

INTAKE_CONNECTIONS = 2

log = structlog.get_logger()


@dataclass(frozen=True)
class WorkerTools:
    """What the jobs of one worker work with."""

    writer: Writer
    turns: Turns
    delivering: Delivering
    mailing: Mailing
    folding: Folding
    compacting: Compacting
    joining: Joining
    watching: Watching
    removing: Removing
    erasing: ErasingTools


@asynccontextmanager
async def worker_tools(settings: Settings, *, name: str) -> AsyncGenerator[WorkerTools]:
    """The tools of a worker of this name, open; the child that computes ends with them."""
    given, route, place = needed(settings), mail_route(settings), storage_place(settings)
    watched = watched_place(settings)
    conninfo = conninfo_as(given.database_url, DatabaseRole.SYSTEM, application="cdt-worker")
    async with AsyncExitStack() as stack:
        events = stack.enter_context(Log(conninfo, connections=settings.log_connections))
        reader, writer = Reader(conninfo, connections=3), Writer(conninfo, connections=4)
        for each in (reader, writer):
            await each.open()
            stack.push_async_callback(each.close)
        child, folding_child, compacting_child, erasing_child = Child(), Child(), Child(), Child()
        for each in (child, folding_child, compacting_child, erasing_child):
            stack.callback(each.kill)
        hash_key = given.secret.key_for(IDENTITIES)
        intake = Intake(
            conninfo_as(given.database_url, DatabaseRole.API, application="cdt-worker"),
            hash_key=hash_key,
            objects=Objects(Storage(place)),
            connections=INTAKE_CONNECTIONS,
        )
        await intake.open()
        stack.push_async_callback(intake.close)
        await _claim(writer, Storage(place))
        yield WorkerTools(
            writer=writer,
            turns=Turns(
                Evaluating(
                    log=events, writer=writer, child=child, conninfo=conninfo, place=place, worker=name, now=utc_now
                )
            ),
            delivering=Delivering(
                log=events, reader=reader, writer=writer, secret=given.secret, worker=name, now=utc_now
            ),
            mailing=Mailing(
                desk=Desk(log=events, reader=reader, writer=writer, secret=given.secret, address=settings.address),
                sender=route.sender,
                server=route.server,
                worker=name,
                now=utc_now,
            ),
            folding=Folding(child=folding_child, conninfo=conninfo, place=place, hash_key=hash_key),
            compacting=Compacting(child=compacting_child, conninfo=conninfo, place=place),
            joining=Joining(writer=writer, reader=reader, intake=intake, now=utc_now),
            watching=Watching(
                storage=Storage(watched, read_seconds=PATIENT_SECONDS),
                conninfo=conninfo,
                reader=reader,
                bodies=Bodies(lambda: intake, utc_now, most_bytes=settings.maximum_body_bytes),
                most_bytes=settings.maximum_body_bytes,
                spool_folder=settings.spool_folder,
                steady_for=timedelta(seconds=settings.watched_steady_seconds),
                now=utc_now,
            ),
            removing=Removing(log=events, conninfo=conninfo, now=utc_now),
            erasing=ErasingTools(
                log=events,
                child=erasing_child,
                conninfo=conninfo,
                place=place,
                hash_key=hash_key,
                now=utc_now,
            ),
        )


async def _claim(writer: Writer, storage: Storage) -> None:
    """A new storage is known from now on; one that is away is told by whoever needs it, too."""
    if not storage.is_set:
        return
    try:
        async with writer.transaction() as connection:
            await claim(connection, storage)
    except StorageIsAway as error:
        log.warning("storage_is_away", error=str(error))
