"""Who may hold a connection: how many there are, of each address, and how long each may take to say what it wants."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LOOKS_A_DEADLINE = 4
"""A connection is given up at most a quarter of its time too late."""


@dataclass(frozen=True)
class Bounds:
    """What connections may take; 0 is no bound."""

    header_seconds: float = 10.0
    header_bytes: int = 32 * 1024
    headers: int = 100
    connections: int = 10_000
    connections_of_one: int = 1_000
    requests_at_once: int = 5_000


class Waiting(Protocol):
    """A connection whose headers are not there yet."""

    def give_up(self) -> None:
        """It took too long."""
        ...


class Gate:
    """Counts connections by address, and gives up those whose headers don't come, by one timer for all of them."""

    def __init__(self, bounds: Bounds, *, is_proxy: Callable[[str], bool]) -> None:
        """A trusted proxy's connections are those of many people, so they are counted in all alone."""
        self.bounds = bounds
        self._is_proxy = is_proxy
        self._address_by_connection: dict[object, str] = {}
        self._count_by_address: Counter[str] = Counter()
        self._began: dict[Waiting, float] = {}
        self._is_looking = False

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._address_by_connection)

    def enter(self, connection: object, address: str) -> bool:
        """Count a connection in; whether there was room for it."""
        bounds = self.bounds
        if 0 < bounds.connections <= len(self._address_by_connection):
            return False
        own = self._count_by_address[address]
        if 0 < bounds.connections_of_one <= own and not self._is_proxy(address):
            return False
        self._address_by_connection[connection] = address
        self._count_by_address[address] = own + 1
        return True

    def leave(self, connection: object) -> None:
        """Count it out, if it was counted in."""
        address = self._address_by_connection.pop(connection, None)
        if address is None:
            return
        self._count_by_address[address] -= 1
        if not self._count_by_address[address]:
            del self._count_by_address[address]

    def await_headers(self, waiting: Waiting, loop: asyncio.AbstractEventLoop) -> None:
        """From now on its headers may take as long as headers may; told again, nothing begins anew."""
        if self.bounds.header_seconds and waiting not in self._began:
            self._began[waiting] = loop.time()
            self._keep_looking(loop)

    def has_headers(self, waiting: Waiting) -> None:
        """They are there, or nobody waits for them any more."""
        self._began.pop(waiting, None)

    def _keep_looking(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._is_looking:
            self._is_looking = True
            loop.call_later(self.bounds.header_seconds / LOOKS_A_DEADLINE, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        cut = loop.time() - self.bounds.header_seconds
        for waiting in [waiting for waiting, began in self._began.items() if began <= cut]:
            del self._began[waiting]
            waiting.give_up()
        self._is_looking = False
        if self._began:
            self._keep_looking(loop)
