"""The follower's way in: `cdt follow`."""

import asyncio
import signal

from cdt.bootstrap import needed
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.observability import configure_logging
from cdt.projections.follower import Follower
from cdt.settings import Settings


def run(settings: Settings) -> None:
    """Follow until SIGTERM or SIGINT; finishes its page first."""
    configure_logging(level=settings.log_level, form=settings.log_format, process="follower")
    asyncio.run(_follow(settings))


async def _follow(settings: Settings) -> None:
    given = needed(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    follower = Follower(
        conninfo_as(given.database_url, DatabaseRole.SYSTEM, application="cdt-follower"),
        conninfo_as(given.database_url, DatabaseRole.OWNER, application="cdt-follower"),
    )
    await follower.run(stopping)
