"""The way in of `cdt react`, the follower's child process: it responds to what was projected, and never delays it."""

import asyncio

import uvloop

from cdt.bootstrap.reactions import reactions
from cdt.observability import configure_logging
from cdt.settings import Settings
from cdt.supervision.stopping import stopped_by_signals


def run(settings: Settings) -> None:
    """Respond to facts and keep the live readings until SIGTERM or SIGINT."""
    configure_logging(level=settings.log_level, form=settings.log_format, process="reactions")
    uvloop.run(_react(settings))


async def _react(settings: Settings) -> None:
    stopping = stopped_by_signals()
    async with reactions(settings) as made, asyncio.TaskGroup() as tasks:
        tasks.create_task(made.runner.run(stopping), name="reactions")
        tasks.create_task(made.live.run(stopping), name="live")
