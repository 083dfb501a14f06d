"""What was known of a model at a moment, told by its events alone: an independent check of the read models."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from cdt.database.mapper import decode
from cdt.domain.kernel import Envelope, Position
from cdt.domain.registry.state import RegisteredModel, registry
from cdt.domain.trust.events import Scored


class UnknownModel(ValueError):
    """No model of this id or name was known then."""


class _Row(NamedTuple):
    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes
    notification_id: int
    recorded_at: datetime


def position_at(connection: psycopg.Connection[Any], moment: datetime) -> Position:
    """The last position recorded by a time."""
    row = connection.execute(
        "SELECT coalesce(max(notification_id), 0) FROM log.cdt_events WHERE recorded_at <= %s", (moment,)
    ).fetchone()
    assert row is not None
    return Position(row[0])


def model_id_of(connection: psycopg.Connection[Any], text: str, until: Position) -> UUID:
    """The id of a model by its id or name."""
    try:
        return UUID(text)
    except ValueError:
        pass
    for envelope in _events(connection, ["registry.ModelRegistered"], until):
        if getattr(envelope.event, "name", None) == text:
            return envelope.stream_id
    raise UnknownModel(f"no model named {text!r} was known at position {until}")


def replay(connection: psycopg.Connection[Any], model_id: UUID, until: Position) -> dict[str, Any]:
    """The model as its facts up to a position made it, ready to be printed as JSON."""
    model = registry.initial
    facts = 0
    last: Envelope | None = None
    for envelope in _stream(connection, model_id, until):
        model, facts, last = registry.evolve(model, envelope.event), facts + 1, envelope
    if last is None or not model.is_registered:
        raise UnknownModel(f"no model {model_id} was known at position {until}")
    return {
        "position": until,
        "model": str(model_id),
        "name": model.name,
        "description": model.description,
        "versions": [
            {"id": str(version.id), "tag": version.tag, "grid": version.grid, "baseline": version.baseline}
            for version in model.versions.values()
        ],
        "serving": _serving(model),
        "trust": _latest_score(connection, model_id, until),
        "facts": facts,
        "last_fact": {
            "position": last.position,
            "recorded_at": None if last.recorded_at is None else last.recorded_at.isoformat(),
            "by": f"{last.actor.kind} {last.actor.id}",
        },
    }


def _serving(model: RegisteredModel) -> list[dict[str, str]]:
    return [
        {"environment": environment, "role": role, "version": model.versions[version_id].tag}
        for (environment, role), version_id in sorted(model.serving.items())
    ]


def _latest_score(connection: psycopg.Connection[Any], model_id: UUID, until: Position) -> dict[str, Any] | None:
    latest: dict[str, Any] | None = None
    for envelope in _events(connection, ["trust.Scored"], until):
        event = envelope.event
        if isinstance(event, Scored) and event.model_id == model_id:
            latest = {
                "position": envelope.position,
                "version": str(event.version_id),
                "environment": event.environment,
                "value": event.value.new,
                "coverage": event.coverage,
                "standing": event.standing.new,
                "sentence": event.sentence,
            }
    return latest


def _stream(connection: psycopg.Connection[Any], stream_id: UUID, until: Position) -> Iterable[Envelope]:
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        cursor.execute(
            "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at FROM log.cdt_events"
            " WHERE originator_id = %(id)s AND notification_id <= %(until)s::bigint ORDER BY originator_version",
            {"id": stream_id, "until": until},
        )
        for row in cursor:
            yield decode(*row)


def _events(connection: psycopg.Connection[Any], topics: list[str], until: Position) -> Iterable[Envelope]:
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        cursor.execute(
            "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at FROM log.cdt_events"
            " WHERE topic = ANY(%(topics)s) AND notification_id <= %(until)s::bigint ORDER BY notification_id",
            {"topics": topics, "until": until},
        )
        for row in cursor:
            yield decode(*row)
