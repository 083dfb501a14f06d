"""The process that responds to facts, and to rows."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from cdt.bootstrap.needs import needed, storage_place, watched_place
from cdt.database.async_log import AsyncLog
from cdt.database.log import Log
from cdt.database.notifications import INTAKE, PROJECTED, Notifications
from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.predictions.objects import Objects
from cdt.reactions.all import REACTIONS
from cdt.reactions.calls import LateCalls
from cdt.reactions.clock import Clock
from cdt.reactions.files import WatchedFiles
from cdt.reactions.live import Live
from cdt.reactions.responding import Reacting
from cdt.reactions.runner import Runner
from cdt.reactions.scheduled import Schedules
from cdt.settings import Settings
from cdt.storage.storage import Storage
from cdt.wall_clock import utc_now
from cdt.workers.queue import Queue


@dataclass(frozen=True)
class Reactions:
    """What responds to facts, and what to rows."""

    runner: Runner
    live: Live


@asynccontextmanager
async def reactions(settings: Settings) -> AsyncGenerator[Reactions]:
    """Every reaction with the clock, and the live readings, ready to run; they listen by one connection."""
    given, place = needed(settings), storage_place(settings)
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
        further = [LateCalls(reacting).look_for_calls, Schedules(reacting).look_for_schedules]
        if watched_place(settings) is not None:
            further.append(
                WatchedFiles(reacting, look_every=timedelta(seconds=settings.watched_steady_seconds / 2)).look_for_files
            )
        clock = Clock(
            reacting,
            pack_after_rows=None if place is None else settings.pack_after_rows,
            receipt_days=settings.receipt_days,
            further=further,
        )
        yield Reactions(
            runner=Runner(conninfo, reacting, notifications, REACTIONS, companions=[clock.run]),
            live=Live(conninfo, reacting, notifications, Objects(Storage(place))),
        )
