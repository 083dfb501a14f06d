"""What a decision adds to the log: the thing's facts, and those of the names that it takes and gives up with them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from cdt.database.deciding import Decision
from cdt.database.mapper import encode
from cdt.database.streams import Stream
from cdt.domain.errors import NameIsTaken
from cdt.domain.kernel import Command, Decider, Envelope, Event, Name, NameClaimed, NameReleased

S = TypeVar("S")


class Saving(NamedTuple):
    """What a decision adds to the log, the thing after it, and the names that it takes and gives up by it."""

    by: Command
    envelopes: Sequence[Envelope]
    stored: Sequence[StoredEvent]
    after: Stream
    taken: Sequence[Name]
    given_up: Sequence[Name]


def saving_of(stream: Stream, decider: Decider[S], decision: Decision[S], *, by: Command) -> Saving | None:
    """None when the decision changes nothing."""
    events = decision(stream.state)
    if not events:
        return None
    envelopes = [_envelope(stream.id, stream.version + n, event, by) for n, event in enumerate(events, 1)]
    state = stream.state
    for event in events:
        state = decider.evolve(state, event)
    after = Stream(stream.id, decider.kind, stream.version + len(events), state, by.tenant, stream.commands)
    had = {name.stream_id: name for name in decider.names(stream.state)}
    has = {name.stream_id: name for name in decider.names(state)}
    return Saving(
        by,
        envelopes,
        [encode(each) for each in envelopes],
        after,
        taken=[name for key, name in has.items() if key not in had],
        given_up=[name for key, name in had.items() if key not in has],
    )


def stored_names(load: Callable[[Name], Stream], saving: Saving, claims: Sequence[Name]) -> list[StoredEvent]:
    """What a save adds to the streams of names; NameIsTaken when another holds one of those it takes.

    Two who want a name at once both find it free, and conflict in its stream: the second one finds it taken then.
    """
    holder, stored = saving.after.id, list[StoredEvent]()
    for name in (*claims, *saving.taken):
        stream = load(name)
        if stream.state.id is None:
            stored.append(_next(stream, NameClaimed(scope=name.scope, holder=holder), saving.by))
        elif stream.state.id != holder:
            raise NameIsTaken(name=name.text)
    for name in saving.given_up:
        stream = load(name)
        if stream.state.id == holder:
            stored.append(_next(stream, NameReleased(scope=name.scope, holder=holder), saving.by))
    return stored


def _next(stream: Stream, event: Event, by: Command) -> StoredEvent:
    return encode(_envelope(stream.id, stream.version + 1, event, by))


def _envelope(stream_id: UUID, version: int, event: Event, by: Command) -> Envelope:
    return Envelope(
        originator_id=stream_id,
        originator_version=version,
        timestamp=by.at,
        actor=by.actor,
        command_id=by.id,
        tenant=by.tenant,
        caused_by=by.caused_by,
        command_digest=by.digest,
        event=event,
    )
