"""How a reaction is declared, and what it works with."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from cdt.database.async_log import AsyncLog
from cdt.database.reading import Reader
from cdt.database.writing import Writer
from cdt.domain.kernel import Actor, Command, Envelope, Event, Position, derived_id
from cdt.workers.queue import Queue

E = TypeVar("E", bound=Event)
P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True)
class Reacting:
    """What reactions work with: they see every project, and act as the system."""

    log: AsyncLog
    reader: Reader
    writer: Writer
    queue: Queue
    now: Callable[[], datetime]

    def command(self, reaction: str, of: Envelope, *about: object) -> Command:
        """A command caused by a fact; its id follows from both, so that being told twice is harmless."""
        assert of.position is not None
        return Command(
            id=derived_id("reaction", reaction, of.position, *about),
            actor=Actor("system", reaction),
            at=self.now(),
            tenant=of.tenant,
            caused_by=of.position,
        )

    async def act(
        self,
        command: Callable[Concatenate[AsyncLog, P], Awaitable[Position | None]],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> Position | None:
        """Run a command; the position it recorded at."""
        return await command(self.log, *arguments, **options)


Reaction = Callable[[Reacting, Any, Envelope], Awaitable[None]]
REACTIONS: dict[str, dict[type[Event], Reaction]] = defaultdict(dict)
"""reaction's name -> event -> what it does."""


def responds(
    name: str, event: type[E]
) -> Callable[[Callable[[Reacting, E, Envelope], Awaitable[None]]], Callable[[Reacting, E, Envelope], Awaitable[None]]]:
    """Declare what the reaction of this name does when it is told of an event."""

    def declare(
        function: Callable[[Reacting, E, Envelope], Awaitable[None]],
    ) -> Callable[[Reacting, E, Envelope], Awaitable[None]]:
        assert event not in REACTIONS[name], f"{name} responds to {event.__name__} twice"
        REACTIONS[name][event] = function
        return function

    return declare
