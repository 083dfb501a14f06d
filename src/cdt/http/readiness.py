"""What `/readyz` looks at: database, Redis, object storage, how far follower and reactions are, if a worker beats."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import psycopg_pool
from prometheus_client import Gauge
from redis.asyncio import Redis
from redis.exceptions import RedisError

from cdt.database.reading import NOBODY, Reader
from cdt.storage.storage import Storage, StorageIsAway

PATIENCE_SECONDS = 2.0
LAG_SECONDS = 10.0
REACTION_LAG_SECONDS = 60.0
"""A reaction that fails is told again for 36 s before the fact is parked and it goes on."""
HEARTBEAT = timedelta(seconds=30)

lag_events = Gauge("cdt_follower_lag_events", "Recorded events that are not projected yet.")
lag_seconds = Gauge("cdt_follower_lag_seconds", "Age of the oldest event that is not projected yet.")
parked_events = Gauge("cdt_parked_events", "Events that a projection could not take in; a rebuild heals them.")
reaction_lag_seconds = Gauge(
    "cdt_reaction_lag_seconds", "Age of the oldest event that a reaction has not been told of."
)
parked_reactions = Gauge(
    "cdt_parked_reactions", "Events that a reaction could not respond to; a restart tells it again."
)


class _Follower(NamedTuple):
    behind: int
    waiting_since: datetime | None
    parked: int
    parked_handlers: list[str] | None
    reactions_wait_since: datetime | None
    parked_reactions: list[str] | None
    worker_beat: datetime | None


class Readiness:
    """Asks everything that serving needs, each with a bounded wait."""

    def __init__(
        self,
        reader: Callable[[], Reader],
        storage: Callable[[], Storage],
        *,
        redis_url: str,
        now: Callable[[], datetime],
    ) -> None:
        """`reader` and `storage` are there once the process has started."""
        self._reader = reader
        self._storage = storage
        self._redis_url = redis_url
        self._now = now

    async def probe(self) -> dict[str, Any]:
        """The state of each part, by name; `status` is ready or not ready."""
        parts: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                follower = await self._follower()
            parts["database"] = "ok"
            parts["follower"] = self._judge(follower)
            parts["reactions"] = self._judge_reactions(follower)
            is_beating = follower.worker_beat is not None and self._now() - follower.worker_beat < HEARTBEAT
            parts["worker"] = "ok" if is_beating else "no worker has beaten for 30 s: evaluations wait"
        except (psycopg.Error, psycopg_pool.PoolTimeout, TimeoutError) as error:
            parts["database"] = f"away: {type(error).__name__}"
        parts["redis"] = await self._redis()
        is_ready = all(_is_ok(part) for part in parts.values())
        parts["storage"] = await self._judge_storage()  # rows come in without it
        return {"status": "ready" if is_ready else "not ready", **parts}

    async def refresh(self) -> None:
        """Bring the gauges up to date; they keep their last values while the database is away."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                follower = await self._follower()
        except (psycopg.Error, psycopg_pool.PoolTimeout, TimeoutError):
            return
        lag_events.set(follower.behind)
        lag_seconds.set(self._seconds_since(follower.waiting_since))
        parked_events.set(follower.parked)
        reaction_lag_seconds.set(self._seconds_since(follower.reactions_wait_since))
        parked_reactions.set(len(follower.parked_reactions or ()))

    async def _follower(self) -> _Follower:
        async with self._reader().at(None, NOBODY) as view:
            row = await view.row(
                _Follower,
                "SELECT (SELECT count(*) FROM log.cdt_events WHERE notification_id > %(position)s::bigint) AS behind,"
                " (SELECT recorded_at FROM log.cdt_events WHERE notification_id > %(position)s::bigint"
                " ORDER BY notification_id LIMIT 1) AS waiting_since,"
                " (SELECT count(*) FROM parked) AS parked,"
                " (SELECT array_agg(DISTINCT handler || ' at ' || position) FROM parked) AS parked_handlers,"
                " (SELECT recorded_at FROM log.cdt_events WHERE notification_id <= %(position)s::bigint"
                " AND notification_id > (SELECT min(position) FROM work.reactions)"
                " ORDER BY notification_id LIMIT 1) AS reactions_wait_since,"
                " (SELECT array_agg(reaction || ' at ' || position) FROM work.parked_reactions) AS parked_reactions,"
                " (SELECT max(beaten_at) FROM work.heartbeats WHERE kind = 'worker') AS worker_beat",
            )
        assert row is not None
        return row

    def _seconds_since(self, moment: datetime | None) -> float:
        return 0.0 if moment is None else max(0.0, (self._now() - moment).total_seconds())

    def _judge(self, follower: _Follower) -> dict[str, Any]:
        seconds = self._seconds_since(follower.waiting_since)
        state = "ok"
        if seconds > LAG_SECONDS:
            state = "behind: is `cdt follow` running?"
        if follower.parked:
            state = "parked: some events could not be projected; mend the cause, then `cdt rebuild`"
        return {
            "state": state,
            "lag_events": follower.behind,
            "lag_seconds": round(seconds, 3),
            "parked": (follower.parked_handlers or [])[:20],
        }

    def _judge_reactions(self, follower: _Follower) -> dict[str, Any]:
        """What is parked is named, and is no reason to serve nobody."""
        seconds = self._seconds_since(follower.reactions_wait_since)
        return {
            "state": "ok" if seconds <= REACTION_LAG_SECONDS else "behind: is `cdt follow` running?",
            "lag_seconds": round(seconds, 3),
            "parked": (follower.parked_reactions or [])[:20],
        }

    async def _judge_storage(self) -> str:
        storage = self._storage()
        if not storage.is_set:
            return "not set: all rows stay in Postgres"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await storage.probe()
        except (StorageIsAway, TimeoutError):
            return "away: rows come in, and whatever needs packed ones waits; the log says why"
        return "ok"

    async def _redis(self) -> str:
        client: Redis = Redis.from_url(self._redis_url, socket_timeout=PATIENCE_SECONDS)  # pyright: ignore[reportUnknownMemberType]
        try:
            await client.ping()  # pyright: ignore[reportGeneralTypeIssues, reportUnknownMemberType]
        except (RedisError, OSError, TimeoutError) as error:
            return f"away: {type(error).__name__}; jobs wait"
        finally:
            await client.aclose()
        return "ok"


def _is_ok(part: Any) -> bool:  # noqa: ANN401  a word, or a word with figures
    match part:
        case "ok" | {"state": "ok"}:
            return True
        case _:
            return False
