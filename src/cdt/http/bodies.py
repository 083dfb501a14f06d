"""Reading bodies: counted as they arrive, so that nobody fills the memory or holds it by sending slowly."""

import asyncio
from collections.abc import Generator, Hashable
from contextlib import contextmanager

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from cdt.predictions.errors import Busy, TooLarge

UNCOUNTED_BYTES = 16 * 1024
"""A body that is there whole when it is first asked for has been in the server's own buffer, which it bounds for each
connection; so small a one is not counted once more, and that is every request of one row."""
LOOKS_A_DEADLINE = 4
"""A body is given up at most a quarter of its time too late."""


class TooSlow(Exception):
    """The body did not arrive in time."""


class MoreToCome(Exception):
    """The body is too large to be held in memory whole; `begun` is what has come of it."""

    def __init__(self, begun: bytes) -> None:
        super().__init__()
        self.begun = begun


class BodyMemory:
    """How many bytes of bodies may be in memory at once: over all requests, and of one organization's."""

    def __init__(self, most_bytes: int, *, most_of_one: int) -> None:
        """`most_of_one` is an organization's; the rest is left to the others."""
        self._left = most_bytes
        self._most_of_one = most_of_one
        self._held: dict[Hashable, int] = {}

    def take(self, holder: Hashable, size: int) -> None:
        """Count bytes in; Busy when there is no room."""
        held = self._held.get(holder, 0) + size
        if size > self._left or held > self._most_of_one:
            raise Busy
        self._held[holder] = held
        self._left -= size

    def give_back(self, holder: Hashable, size: int) -> None:
        """Count them out."""
        self._left += size
        held = self._held.get(holder, 0) - size
        if held > 0:
            self._held[holder] = held
        else:
            self._held.pop(holder, None)


class Deadline:
    """Gives up waiting that lasts too long, by one timer for all who wait: one for each request takes 27 of 110 us."""

    def __init__(self, seconds: float) -> None:
        """`seconds` are what each may take."""
        self.seconds = seconds
        self._began: dict[asyncio.Task[object], float] = {}
        self._given_up: set[asyncio.Task[object]] = set()
        self._is_looking = False

    def begin(self) -> "asyncio.Task[object]":
        """The present task waits from now on."""
        task = asyncio.current_task()
        assert task is not None
        loop = task.get_loop()
        self._began[task] = loop.time()
        if not self._is_looking:
            self._is_looking = True
            loop.call_later(self.seconds / LOOKS_A_DEADLINE, self._look)
        return task

    def end(self, task: "asyncio.Task[object]") -> None:
        """The task waits no longer."""
        self._began.pop(task, None)
        self._given_up.discard(task)

    @contextmanager
    def kept(self) -> Generator[None]:
        """TooSlow when what is waited for within takes too long."""
        task = self.begin()
        try:
            yield
        except asyncio.CancelledError:
            if self.is_given_up(task):
                raise TooSlow from None
            raise
        finally:
            self.end(task)

    def is_given_up(self, task: "asyncio.Task[object]") -> bool:
        """Whether it was this deadline, and nobody else, that cancelled the task."""
        return task in self._given_up and task.uncancel() == 0

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        cut = loop.time() - self.seconds
        for task in [task for task, began in self._began.items() if began <= cut]:
            del self._began[task]
            self._given_up.add(task)
            task.cancel()
        self._is_looking = bool(self._began)
        if self._is_looking:
            loop.call_later(self.seconds / LOOKS_A_DEADLINE, self._look)


class Body:
    """One request's body, and what of the memory it holds."""

    __slots__ = ("_memory", "holder", "size")

    def __init__(self, memory: BodyMemory, holder: Hashable) -> None:
        self._memory = memory
        self.holder = holder
        self.size = 0

    async def read(
        self, receive: Receive, deadline: Deadline, *, most_bytes: int, most_in_memory: int | None = None
    ) -> bytes:
        """All of it; TooLarge, TooSlow, Busy, or ClientDisconnect.

        most_in_memory: from so many bytes on that is left to somebody else: MoreToCome.
        """
        parts: list[bytes] = []
        task = deadline.begin()
        try:
            while True:
                message = await receive()
                is_last = not message.get("more_body", False)
                part = self.part(message, most_bytes - self.size, counted=bool(parts) or not is_last)
                if is_last:
                    return part if not parts else b"".join([*parts, part])
                parts.append(part)
                if most_in_memory is not None and self.size >= most_in_memory:
                    raise MoreToCome(b"".join(parts))
        except asyncio.CancelledError:
            if deadline.is_given_up(task):
                raise TooSlow from None
            raise
        finally:
            deadline.end(task)

    def part(self, message: Message, most_bytes: int, *, counted: bool = True) -> bytes:
        """What a message brings, which may have so many bytes."""
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        if len(part) > most_bytes:
            raise TooLarge
        if counted or len(part) > UNCOUNTED_BYTES:
            self.hold(len(part))
        return part

    def hold(self, size: int) -> None:
        """It has so many bytes more; Busy when there is no room."""
        self._memory.take(self.holder, size)
        self.size += size

    def give_back(self) -> None:
        """It is no longer in memory."""
        if self.size:
            self._memory.give_back(self.holder, self.size)
            self.size = 0
