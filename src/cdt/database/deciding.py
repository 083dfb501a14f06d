"""What a command needs of the log, whether the answer is there at once or is awaited."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from cdt.domain.kernel import Command, Decider, Event, Name

S = TypeVar("S")
Outcome = TypeVar("Outcome")
Outcome_co = TypeVar("Outcome_co", covariant=True)
Decision = Callable[[S], Sequence[Event]]
DecisionOnAll = Callable[[Sequence[Any]], Sequence[Sequence[Event]]]
"""By the states of several things, in their order: what happens to each."""


class Thing(NamedTuple):
    """One of several that are decided on together, and by which command: each has the tenant of its own facts.

    `claims` are names that it takes when something happens to it.
    """

    decider: Decider[Any]
    id: UUID
    by: Command
    claims: Sequence[Name] = ()


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

    def decide_together(self, things: Sequence[Thing], decision: DecisionOnAll) -> Outcome_co:
        """Loads several things, decides on all of them, records everything in one save or nothing."""
        ...
