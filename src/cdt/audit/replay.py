"""What was known of a model at a moment, told by its events alone: an independent check of the read models."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row

from cdt.database.mapper import decode
from cdt.domain.evaluations.events import Requested
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


class NotKnownYet(ValueError):
    """The future is not known yet."""


def position_of(connection: psycopg.Connection[Any], text: str) -> Position:
    """The position that a text names: itself one, or a time with its zone, which means the last one recorded by then.

    Raises NotKnownYet for what nobody could know now, ValueError for what is neither.
    """
    row = connection.execute(
        "SELECT coalesce(max(notification_id), 0), clock_timestamp() FROM log.cdt_events"
    ).fetchone()
    assert row is not None
    newest, now = row
    if text.isascii() and text.isdigit():
        if int(text) > newest:
            raise NotKnownYet(f"nothing is recorded at {text} yet; the newest position is {newest}")
        return Position(int(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a position nor a time such as 2026-11-21T12:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone; write {text}Z if you mean UTC")
    if moment > now:
        raise NotKnownYet(f"{text} lies in the future, of which nothing is known yet")
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
        "description": model.description if isinstance(model.description, str) else "(sealed)",
        "versions": [
            {
                "id": str(version.id),
                "tag": version.tag,
                "grid": version.grid,
                "baseline": version.baseline,
                "moving": None if version.moving is None else msgspec.to_builtins(version.moving),
            }
            for version in model.versions.values()
        ],
        "serving": _serving(model),
        "trust": _trust(connection, model_id, model.serving.get(("production", "champion")), until),
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


def _trust(
    connection: psycopg.Connection[Any], model_id: UUID, champion: UUID | None, until: Position
) -> dict[str, Any] | None:
    """The champion's newest score in production, by the rule that `projections/trust.py` has in SQL."""
    causes: dict[UUID, str] = {}
    newest: tuple[Envelope, Scored] | None = None
    for envelope in _events(connection, ["evaluations.Requested", "trust.Scored"], until):
        event = envelope.event
        if isinstance(event, Requested):
            causes[envelope.stream_id] = event.cause
        elif (
            isinstance(event, Scored)
            and (event.model_id, event.version_id, event.environment) == (model_id, champion, "production")
            and _is_newest(event, causes.get(event.evaluation_id), None if newest is None else newest[1])
        ):
            newest = envelope, event
    if newest is None:
        return None
    envelope, event = newest
    return {
        "position": envelope.position,
        "version": str(event.version_id),
        "environment": event.environment,
        "value": event.value.new,
        "coverage": event.coverage,
        "standing": event.standing.new,
        "sentence": event.sentence,
    }


def _is_newest(score: Scored, cause: str | None, newest: Scored | None) -> bool:
    if cause in {"asked", "backfill"}:
        return False
    if cause == "restatement":
        return newest is not None and newest.window_end == score.window_end
    return newest is None or newest.window_end <= score.window_end


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
