"""The follower's way in: `cdt follow` projects and reacts; `cdt live`, its child process, keeps the live readings."""

import asyncio
import sys
from contextlib import suppress

import structlog
import uvloop

from cdt import bootstrap
from cdt.bootstrap import needed
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.observability import configure_logging
from cdt.projections.follower import Follower
from cdt.settings import Settings
from cdt.supervision.launching import dying_with_us
from cdt.supervision.stopping import stopped_by_signals

CHILD_PAUSE_SECONDS = 0.5

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Follow until SIGTERM or SIGINT; finishes its page first."""
    configure_logging(level=settings.log_level, form=settings.log_format, process="follower")
    uvloop.run(_follow(settings))


def run_live(settings: Settings) -> None:
    """Keep live readings until SIGTERM or SIGINT."""
    configure_logging(level=settings.log_level, form=settings.log_format, process="live")
    asyncio.run(_live(settings))


async def _follow(settings: Settings) -> None:
    given = needed(settings)
    stopping = stopped_by_signals()
    follower = Follower(
        conninfo_as(given.database_url, DatabaseRole.SYSTEM, application="cdt-follower"),
        conninfo_as(given.database_url, DatabaseRole.OWNER, application="cdt-follower"),
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follower.run(stopping), name="follower")
        tasks.create_task(_react(settings, stopping), name="reactions")
        tasks.create_task(_keep_child(stopping), name="live")


async def _react(settings: Settings, stopping: asyncio.Event) -> None:
    async with bootstrap.reactions(settings) as runner:
        await runner.run(stopping)


async def _live(settings: Settings) -> None:
    stopping = stopped_by_signals()
    async with bootstrap.live(settings) as live:
        await live.run(stopping)


async def _keep_child(stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        child = await asyncio.create_subprocess_exec(*dying_with_us(sys.executable, "-m", "cdt", "live"))
        stop = asyncio.create_task(stopping.wait())
        ended = asyncio.create_task(child.wait())
        await asyncio.wait({stop, ended}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not ended.done():
            with suppress(ProcessLookupError):
                child.terminate()
            await ended
            return
        log.warning("live_process_ended", exit_code=ended.result())
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), CHILD_PAUSE_SECONDS)
