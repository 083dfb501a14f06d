"""The follower's way in: `cdt follow` projects, and keeps a `cdt react` at work beside it."""

import asyncio
import sys
from contextlib import suppress

import structlog
import uvloop

from cdt.background import ended
from cdt.bootstrap.needs import needed
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


async def _follow(settings: Settings) -> None:
    given = needed(settings)
    stopping = stopped_by_signals()
    follower = Follower(
        conninfo_as(given.database_url, DatabaseRole.SYSTEM, application="cdt-follower"),
        conninfo_as(given.database_url, DatabaseRole.OWNER, application="cdt-follower"),
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follower.run(stopping), name="follower")
        tasks.create_task(_keep_child(stopping), name="reactions")


async def _keep_child(stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        child = await asyncio.create_subprocess_exec(*dying_with_us(sys.executable, "-m", "cdt", "react"))
        stop = asyncio.create_task(stopping.wait())
        exits = asyncio.create_task(child.wait())
        await asyncio.wait({stop, exits}, return_when=asyncio.FIRST_COMPLETED)
        await ended(stop)
        if not exits.done():
            with suppress(ProcessLookupError):
                child.terminate()
            await exits
            return
        log.warning("reactions_ended", exit_code=exits.result())
        with suppress(TimeoutError):
            async with asyncio.timeout(CHILD_PAUSE_SECONDS):
                await stopping.wait()
