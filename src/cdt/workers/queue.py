"""Jobs in Redis: hints that something is due. What is due is in Postgres, so a lost job is only late."""

import structlog
from arq import create_pool
from arq.connections import ArqRedis, RedisSettings
from redis.exceptions import RedisError

from cdt.workers.leases import Kind

log = structlog.get_logger()


class Queue:
    """Hands jobs to the workers; while Redis is away, the next sweep hands them over again."""

    def __init__(self, redis_url: str) -> None:
        """Connects at the first job."""
        self._settings = settings_of(redis_url)
        self._pool: ArqRedis | None = None

    async def close(self) -> None:
        """Close the connection."""
        if self._pool is not None:
            await self._pool.aclose()

    async def add_leased(self, kind: Kind, fact: int, attempt: int) -> None:
        """A worker shall claim the lease of this fact; told twice, it is one job."""
        await self._add(kind, f"{kind}:{fact}:{attempt}", fact, attempt)

    async def add_fold(self, version_number: int) -> None:
        """A worker shall fold the version's segments; one job at a time."""
        await self._add("fold", f"fold:{version_number}", version_number)

    async def add_compaction(self, version_number: int) -> None:
        """A worker shall pack the version's fresh segments; one job at a time."""
        await self._add("compact", f"compact:{version_number}", version_number)

    async def add_calls(self) -> None:
        """A worker shall take in the calls that a process left; one job at a time."""
        await self._add("calls", "calls", 0)

    async def add_files(self) -> None:
        """A worker shall look through the watched folder; one job at a time."""
        await self._add("files", "files", 0)

    async def add_removal(self, version_number: int) -> None:
        """A worker shall throw away what the version is to keep no longer; one job at a time."""
        await self._add("remove", f"remove:{version_number}", version_number)

    async def add_erasure(self, requested_position: int) -> None:
        """A worker shall erase what was asked for there; one job at a time."""
        await self._add("erase", f"erase:{requested_position}", requested_position)

    async def _add(self, function: str, job_id: str, *arguments: int) -> None:
        try:
            if self._pool is None:
                self._pool = await create_pool(self._settings)
            await self._pool.enqueue_job(function, *arguments, _job_id=job_id)
        except (RedisError, OSError) as error:
            log.warning("job_not_queued", job=job_id, error=str(error))
            self._pool = None


def settings_of(redis_url: str) -> RedisSettings:
    """The library's settings; a lost server is told after a moment, not after minutes."""
    settings = RedisSettings.from_dsn(redis_url)
    settings.conn_retries = 1
    settings.conn_retry_delay = 0
    settings.conn_timeout = 2
    return settings
