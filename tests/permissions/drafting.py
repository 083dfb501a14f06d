"""Facts that are decided on as ever, and recorded all at once: many tenants in a second."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from cdt.database.deciding import Decision, DecisionOnAll, Thing
from cdt.database.log import Log
from cdt.database.saving import saving_of, stored_names
from cdt.database.streams import Stream
from cdt.domain.kernel import Command, Decider, Event, Name, Position, unique_name

AT_ONCE = 500


class Draft:
    """Commands take it for the log. What they decide is recorded by `record`."""

    def __init__(self) -> None:
        self._streams: dict[UUID, Stream] = {}
        self._stored: list[StoredEvent] = []

    def decide(
        self,
        decider: Decider[Any],
        stream_id: UUID,
        decision: Decision[Any],
        *,
        by: Command,
        claims: Sequence[Name] = (),
    ) -> None:
        """As the log; names are free, since nobody else is there."""
        saving = saving_of(self._stream(stream_id, decider), decider, decision, by=by)
        assert saving is not None, stream_id
        self._stored += stored_names(lambda name: self._stream(name.stream_id, unique_name), saving, claims)
        self._stored += saving.stored
        self._streams[stream_id] = saving.after

    def decide_together(self, things: Sequence[Thing], decision: DecisionOnAll) -> None:
        """As the log, in the order of the things."""
        decided = decision([self._stream(each.id, each.decider).state for each in things])
        for thing, events in zip(things, decided, strict=True):
            if events:
                self.decide(thing.decider, thing.id, partial(_this, events), by=thing.by, claims=thing.claims)

    def add(self, decider: Decider[Any], stream_id: UUID, *events: Event, by: Command) -> None:
        """Facts that nobody decides on here."""
        self.decide(decider, stream_id, lambda _: events, by=by)

    def record(self, log: Log) -> Position:
        """Append everything; answers the last position."""
        positions: Sequence[int] = []
        for begin in range(0, len(self._stored), AT_ONCE):
            positions = log.recorder.insert_events(self._stored[begin : begin + AT_ONCE]) or []
        self._stored.clear()
        return Position(positions[-1])

    def _stream(self, stream_id: UUID, decider: Decider[Any]) -> Stream:
        return self._streams.get(stream_id) or Stream(stream_id, decider.kind, 0, decider.initial, None, {})


def _this(events: Sequence[Event], _: Any) -> Sequence[Event]:
    return events
