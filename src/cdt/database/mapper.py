"""How an envelope is stored: readable JSON under a stable topic."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Actor, Digest, Envelope, Event, Position, Tenant
from cdt.domain.topics import TOPIC_OF, TOPICS
from cdt.domain.upcasting import upcast

MAXIMUM_EVENT_BYTES = 64 * 1024


class EventIsTooLarge(ValueError):
    """An event is at most 64 kB; what is larger belongs in a kept row that the event names by its digest."""


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stored JSON beside stream, version and topic."""

    at: datetime
    actor: Actor
    command: UUID
    command_digest: Digest | None = None
    org: UUID | None = None
    project: UUID | None = None
    cause: int | None = None
    format: int = 1
    event: msgspec.Raw


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_ENCODER = msgspec.json.Encoder()
_BODY = msgspec.json.Decoder(Body)
_EVENT: dict[str, msgspec.json.Decoder[Event]] = {topic: msgspec.json.Decoder(event) for topic, event in TOPICS.items()}


def encode(envelope: Envelope) -> StoredEvent:
    """The envelope as the event store keeps it."""
    body = Body(
        at=envelope.timestamp,
        actor=envelope.actor,
        command=envelope.command_id,
        command_digest=envelope.command_digest,
        org=envelope.tenant.organization_id,
        project=envelope.tenant.project_id,
        cause=envelope.caused_by,
        format=type(envelope.event).format,
        event=msgspec.Raw(_ENCODER.encode(envelope.event)),
    )
    state = _ENCODER.encode(body)
    if b"\\u0000" in state and _NUL.search(state):  # jsonb can't hold one: the fact could never be shown
        raise Invalid("text", "write no NUL characters")
    if len(state) > MAXIMUM_EVENT_BYTES:
        raise EventIsTooLarge(f"{TOPIC_OF[type(envelope.event)]} has {len(state)} bytes")
    return StoredEvent(
        originator_id=envelope.originator_id,
        originator_version=envelope.originator_version,
        topic=TOPIC_OF[type(envelope.event)],
        state=state,
    )


def decode(
    stream_id: UUID,
    version: int,
    topic: str,
    state: bytes,
    position: int | None = None,
    recorded_at: datetime | None = None,
) -> Envelope:
    """The envelope of a stored event, upcast to its present format."""
    body = _BODY.decode(state)
    present = TOPICS[topic].format
    if body.format == present:
        event = _EVENT[topic].decode(body.event)
    else:
        plain: dict[str, Any] = upcast(topic, msgspec.json.decode(body.event), stored=body.format, present=present)
        event = msgspec.convert(plain, TOPICS[topic])
    return Envelope(
        originator_id=stream_id,
        originator_version=version,
        timestamp=body.at,
        actor=body.actor,
        command_id=body.command,
        command_digest=body.command_digest,
        tenant=Tenant(body.org, body.project),
        caused_by=None if body.cause is None else Position(body.cause),
        event=event,
        position=None if position is None else Position(position),
        recorded_at=recorded_at,
    )


class LogMapper(Mapper[UUID]):
    """The event store's mapper, by the two functions above."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:  # noqa: ANN401  the library's protocol
        """Encode an envelope."""
        return encode(domain_event)

    def to_domain_event(self, stored_event: StoredEvent) -> Any:  # noqa: ANN401
        """Decode an envelope."""
        assert isinstance(stored_event.originator_id, UUID)
        return decode(
            stored_event.originator_id, stored_event.originator_version, stored_event.topic, bytes(stored_event.state)
        )
