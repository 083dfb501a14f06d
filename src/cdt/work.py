"""The job worker's way in: `cdt work`. With queue.py, the only place that knows arq."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, cast

import structlog
from arq import ArqRedis, create_pool
from arq.constants import in_progress_key_prefix
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.exceptions import RedisError

from cdt.background import beside, ended
from cdt.bootstrap.needs import needed
from cdt.bootstrap.worker import WorkerTools, worker_tools
from cdt.database.log import is_lost_connection
from cdt.observability import configure_logging
from cdt.settings import Settings
from cdt.supervision.stopping import stopped_by_signals
from cdt.workers.calls import join_calls
from cdt.workers.compact import compact
from cdt.workers.deliver import deliver
from cdt.workers.erase import erase
from cdt.workers.files import take_files
from cdt.workers.fold import fold
from cdt.workers.heartbeats import beating
from cdt.workers.queue import settings_of
from cdt.workers.remove import remove
from cdt.workers.send_mail import send_mail
from cdt.workers.turns import take_turn

log = structlog.get_logger()

POLL_SECONDS = 0.2
AGAIN_SECONDS = 1.0
JOB_SECONDS = 900
JOBS_AT_ONCE = 10
MARK_SECONDS = 20.0
"""How long a job in Redis is marked as being done, renewed while it is. The library's own mark outlives a killed worker
by the whole time that a job may take."""
RENEWALS_A_MARK = 3
TRIES = 1_000_000
"""Only leases count."""


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; finishes or hands back what it has begun."""
    configure_logging(level=settings.log_level, form=settings.log_format, process="worker")
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    stopping = stopped_by_signals()
    name = f"{socket.gethostname()}:{os.getpid()}"
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(worker_tools(settings, name=name))
        await stack.enter_async_context(beating(tools.writer, process=name, kind="worker"))
        while not stopping.is_set():
            try:
                await _take_jobs(settings, tools, stopping)
            except (RedisError, OSError) as error:
                log.warning("redis_is_away", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS):
                    await stopping.wait()


async def _take_jobs(settings: Settings, tools: WorkerTools, stopping: asyncio.Event) -> None:
    """Take jobs until told to stop; finish what was begun, within bounds. Raises when Redis goes away."""
    async with await create_pool(settings_of(needed(settings).redis_url)) as redis:
        worker, tools.turns.is_closing = _worker(redis, tools), False
        taking = asyncio.create_task(worker.async_run(), name="taking jobs")
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({taking, stop}, return_when=asyncio.FIRST_COMPLETED)
        worker.allow_pick_jobs, tools.turns.is_closing = False, True
        begun = list(worker.tasks.values())
        if begun:
            await asyncio.wait(begun, timeout=settings.shutdown_seconds)
        await ended(taking, stop, *begun)  # the lease of what is not finished runs out
        if not taking.cancelled():
            taking.result()


class _Worker(Worker):
    """Takes up no job that it is doing already: the library forgets the first of two by the same id, and says KeyError.

    A mark runs out in spite of its renewals when the machine slept.
    """

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Begin these jobs, if nobody does them."""
        await super().start_jobs([each for each in job_ids if each.decode() not in self.tasks])


def _worker(redis: ArqRedis, tools: WorkerTools) -> Worker:
    worker = _Worker(
        functions=[
            func(_job(redis, tools.turns, take_turn), name="evaluation", timeout=JOB_SECONDS),
            func(_job(redis, tools.turns, take_turn), name="recomputation", timeout=JOB_SECONDS),
            func(_job(redis, tools.delivering, deliver), name="delivery", timeout=JOB_SECONDS),
            func(_job(redis, tools.mailing, send_mail), name="mail", timeout=JOB_SECONDS),
            func(_job(redis, tools.folding, fold), name="fold", timeout=JOB_SECONDS),
            func(_job(redis, tools.compacting, compact), name="compact", timeout=JOB_SECONDS),
            func(_job(redis, tools.joining, join_calls), name="calls", timeout=JOB_SECONDS),
            func(_job(redis, tools.watching, take_files), name="files", timeout=JOB_SECONDS),
            func(_job(redis, tools.removing, remove), name="remove", timeout=JOB_SECONDS),
            func(_job(redis, tools.erasing, erase), name="erase", timeout=JOB_SECONDS),
        ],
        redis_pool=redis,
        keep_result=0,
        poll_delay=POLL_SECONDS,
        max_jobs=JOBS_AT_ONCE,
        max_tries=TRIES,
        handle_signals=False,
        health_check_interval=60,
    )
    worker.in_progress_timeout_s = MARK_SECONDS
    return worker


def _job(redis: ArqRedis, tools: Any, function: Callable[..., Awaitable[None]]) -> WorkerCoroutine:  # noqa: ANN401
    async def run_job(ctx: dict[Any, Any], *arguments: int, **_: Any) -> None:  # noqa: ANN401
        with structlog.contextvars.bound_contextvars(job=function.__name__, fact=arguments[0]):
            try:
                async with _marked(redis, ctx["job_id"]):
                    await function(tools, *arguments)
            except Exception as error:
                # the lease runs out, and the sweep begins the next attempt
                if is_lost_connection(error):
                    log.warning("job_cut_short", error=str(error).strip())
                else:
                    log.exception("job_broke")

    return cast("WorkerCoroutine", run_job)


@asynccontextmanager
async def _marked(redis: ArqRedis, job_id: str) -> AsyncGenerator[None]:
    """Keep the job's mark while it is done, so that nobody takes it up a second time."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(MARK_SECONDS / RENEWALS_A_MARK)
            try:
                await redis.psetex(in_progress_key_prefix + job_id, int(MARK_SECONDS * 1000), b"1")
            except (RedisError, OSError) as error:
                log.warning("job_mark_not_renewed", job=job_id, error=str(error))

    async with beside(renew(), name="renew a mark"):
        yield
