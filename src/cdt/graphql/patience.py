"""A subscription outlives an outage of the database: what it reads, it reads again until the database is back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from cdt.database.log import is_lost_connection

T = TypeVar("T")

AGAIN_SECONDS = 0.5

log = structlog.get_logger()


async def patiently(read: Callable[[], Awaitable[T]]) -> T:
    """What `read` answers, as soon as it can be read."""
    while True:
        try:
            return await read()
        except Exception as error:
            if not is_lost_connection(error):
                raise
            log.warning("subscription_waits", error=str(error).strip())
        await asyncio.sleep(AGAIN_SECONDS)
