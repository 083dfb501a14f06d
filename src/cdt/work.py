"""The job worker's way in: `cdt work`. With queue.py, the only place that knows arq."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, cast

import structlog
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func

from cdt import bootstrap
from cdt.observability import configure_logging
from cdt.settings import Settings
from cdt.workers.deliver import deliver
from cdt.workers.evaluate import evaluate
from cdt.workers.fold import fold
from cdt.workers.heartbeats import beating
from cdt.workers.queue import settings_of

log = structlog.get_logger()

POLL_SECONDS = 0.2
JOB_SECONDS = 900
JOBS_AT_ONCE = 10


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; finishes or hands back what it has begun."""
    configure_logging(level=settings.log_level, form=settings.log_format, process="worker")
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    given = bootstrap.needed(settings)
    name = f"{socket.gethostname()}:{os.getpid()}"
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(bootstrap.worker_tools(settings, name=name))
        await stack.enter_async_context(beating(tools.writer, process=name, kind="worker"))
        worker = Worker(
            functions=[
                func(_job(tools.evaluating, evaluate), name="evaluation", max_tries=1, timeout=JOB_SECONDS),
                func(_job(tools.delivering, deliver), name="delivery", max_tries=1, timeout=JOB_SECONDS),
                func(_job(tools.folding, fold), name="fold", max_tries=1, timeout=JOB_SECONDS),
            ],
            redis_settings=settings_of(given.redis_url),
            keep_result=0,
            poll_delay=POLL_SECONDS,
            max_jobs=JOBS_AT_ONCE,
            job_completion_wait=int(settings.shutdown_seconds),
            handle_signals=True,
            health_check_interval=60,
        )
        stack.push_async_callback(worker.close)
        await worker.async_run()


def _job(tools: Any, function: Callable[..., Awaitable[None]]) -> WorkerCoroutine:  # noqa: ANN401
    async def run_job(ctx: dict[Any, Any], *arguments: int, **_: Any) -> None:  # noqa: ANN401
        del ctx
        with structlog.contextvars.bound_contextvars(job=function.__name__, fact=arguments[0]):
            try:
                await function(tools, *arguments)
            except Exception:
                # the lease runs out, and the sweep begins the next attempt
                log.exception("job_broke")

    return cast("WorkerCoroutine", run_job)
