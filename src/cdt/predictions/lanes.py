"""Group commit: what comes in while one flush is under way makes up the next one. No timer."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import structlog

from cdt.predictions.errors import Stopping
from cdt.predictions.receipts import Receipt
from cdt.predictions.works import Work

W = TypeVar("W", bound=Work[Any])
Tell = Callable[[Receipt | Exception], None]
Flush = Callable[[Sequence[W]], Awaitable[Mapping[W, Receipt | Exception]]]

log = structlog.get_logger()


class Lane(Generic[W]):
    """A queue and the task that empties it, one flush after another."""

    def __init__(self, name: str, flush: "Flush[W]", *, most_rows: int) -> None:
        """`most_rows` bounds a flush, save that one body is never cut."""
        self._name = name
        self._flush = flush
        self._most_rows = most_rows
        self._waiting: deque[tuple[W, Tell]] = deque()
        self._wake = asyncio.Event()
        self.is_closing = False
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to flush."""
        self._task = asyncio.create_task(self._run(), name=f"intake-{self._name}")

    async def close(self) -> None:
        """Finish what was put in; nothing more is."""
        self.is_closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def put(self, work: W) -> Receipt:
        """Wait until the work is durable, and answer its receipt."""
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self.add(work, partial(_settle, answer))
        return await answer

    def add(self, work: W, tell: Tell) -> None:
        """Do not wait: `tell` is called once with what became of the work, and must not raise. Raises Stopping."""
        if self.is_closing:
            raise Stopping
        self._waiting.append((work, tell))
        self._wake.set()

    async def _run(self) -> None:
        while self._waiting or not self.is_closing:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            taken = self._take()
            await self._settle(taken)

    def _take(self) -> dict[W, Tell]:
        taken: dict[W, Tell] = {}
        rows = 0
        while self._waiting and (not taken or rows + self._waiting[0][0].rows <= self._most_rows):
            work, tell = self._waiting.popleft()
            taken[work] = tell
            rows += work.rows
        return taken

    async def _settle(self, taken: Mapping[W, Tell]) -> None:
        outcomes = await self._outcomes(list(taken))
        for work, tell in taken.items():
            try:
                tell(outcomes[work])
            except Exception:  # one sender's answer must not keep the others waiting for theirs
                log.exception("answer_failed", lane=self._name)

    async def _outcomes(self, works: Sequence[W]) -> Mapping[W, Receipt | Exception]:
        """What became of the works; if they can't be flushed together, of each by itself."""
        try:
            return await self._flush(works)
        except Exception as error:
            log.exception("flush_failed", lane=self._name, bodies=len(works))
            if len(works) == 1:
                return {works[0]: error}
        outcomes: dict[W, Receipt | Exception] = {}
        for work in works:
            outcomes.update(await self._outcomes([work]))
        return outcomes


def _settle(answer: "asyncio.Future[Receipt]", outcome: Receipt | Exception) -> None:
    if answer.done():  # its sender went away
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
