"""What a command needs of the log, whether the answer is there at once or is awaited."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from cdt.domain.kernel import Command, Decider, Event, Name

S = TypeVar("S")
Outcome = TypeVar("Outcome")
Outcome_co = TypeVar("Outcome_co", covariant=True)
Decision = Callable[[S], Sequence[Event]]


class Decides(Protocol[Outcome_co]):
    """Loads a thing, decides on it, records what was decided."""

    def decide(
        self,
        decider: Decider[S],
        stream_id: UUID,
        decision: Decision[S],
        *,
        by: Command,
        claims: Sequence[Name] = (),
    ) -> Outcome_co:
        """The outcome is the position, or None when nothing changed, or that on being awaited."""
        ...
