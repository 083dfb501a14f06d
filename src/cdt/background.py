"""Tasks that go on beside the main work, and that surely end."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

AGAIN_SECONDS = 2.0


async def ended(*tasks: asyncio.Future[Any], again_seconds: float = AGAIN_SECONDS) -> None:
    """Cancel tasks, again and again, until they have ended, with whatever.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, by which pools and clients of libraries wait, passes over
    a cancellation that comes as its own wait ends. The task goes on then, and who waits for its end waits for ever.
    """
    waiting = {each for each in tasks if not each.done()}
    while waiting:
        for each in waiting:
            each.cancel()
        done, waiting = await asyncio.wait(waiting, timeout=again_seconds)
        for each in done:
            _ = each.cancelled() or each.exception()  # looked at, lest the loop complains that nobody did


async def done_unless(stop: asyncio.Event, work: Coroutine[Any, Any, None], *, name: str) -> bool:
    """Do some work, and raise what it fails with; but end it when `stop` is set, and answer False."""
    task = asyncio.create_task(work, name=name)
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
            return True
        return False
    finally:
        await ended(task, stopped)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None], *, name: str) -> AsyncGenerator[None]:
    """Do some work until the block is left, which raises what the work has failed with."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        await ended(task)
    if not task.cancelled():
        task.result()
