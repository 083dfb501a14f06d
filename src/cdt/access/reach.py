"""Whether Redis answers: whoever asks goes on without it, and the log tells when it goes and when it is back."""

import asyncio
from collections.abc import Awaitable

import structlog
from redis.exceptions import RedisError

log = structlog.get_logger()


class Reach:
    """Of one thing that processes share by Redis."""

    def __init__(self, what: str) -> None:
        """`what` is shared, as the log calls it."""
        self._what = what
        self._is_away = False

    async def answers(self, asked: Awaitable[None], *, within_seconds: float | None = None) -> bool:
        """Whether Redis has answered, in time if one is given; what else goes wrong is raised."""
        try:
            async with asyncio.timeout(within_seconds):
                await asked
        except (RedisError, OSError, TimeoutError) as error:
            if not self._is_away:
                log.warning("redis_is_away", kept_in_the_process=self._what, error=str(error))
            self._is_away = True
            return False
        if self._is_away:
            log.info("redis_is_back", shared_again=self._what)
        self._is_away = False
        return True
