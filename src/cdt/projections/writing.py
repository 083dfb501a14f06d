"""How a projection is declared, and what it writes with."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, LiteralString, TypeVar

import msgspec
from psycopg.types.json import Jsonb

from cdt.domain.kernel import Envelope, Event

E = TypeVar("E", bound=Event)
Handler = Callable[["View", Any, Envelope], None]

_ENCODER = msgspec.json.Encoder()

HANDLERS: dict[type[Event], list[tuple[str, Handler]]] = defaultdict(list)
"""event -> its projections, as (name, function), in the order of declaration."""
OF_EVERY_EVENT: list[tuple[str, Handler]] = []


class View:
    """Collects the statements of one event; the follower sends them in one pipeline."""

    def __init__(self) -> None:
        """Nothing written yet."""
        self.statements: list[tuple[LiteralString, dict[str, Any]]] = []
        self._bound: dict[str, Any] = {}

    def bind(self, of: Envelope) -> None:
        """What every statement may name: the position, times, tenant, stream and actor of the event."""
        self._bound = {
            "position": of.position,
            "recorded_at": of.recorded_at,
            "at": of.timestamp,
            "stream_id": of.stream_id,
            "project_id": of.tenant.project_id,
            "organization_id": of.tenant.organization_id,
            "actor_kind": of.actor.kind,
            "actor_id": of.actor.id,
        }

    def write(self, sql: LiteralString, **values: Any) -> None:  # noqa: ANN401
        """Add a statement; dicts and lists of dicts become JSON. It must name `since = %(position)s` or insert it."""
        for name, value in values.items():
            if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):  # pyright: ignore[reportUnknownArgumentType]
                values[name] = Jsonb(value, dumps=_ENCODER.encode)
        self.statements.append((sql, {**self._bound, **values}))


def projects(event: type[E]) -> Callable[[Callable[[View, E, Envelope], None]], Callable[[View, E, Envelope], None]]:
    """Declare the function to be what `event` does to the read models of the function's module."""

    def declare(function: Callable[[View, E, Envelope], None]) -> Callable[[View, E, Envelope], None]:
        HANDLERS[event].append((_name(function), function))
        return function

    return declare


def projects_every_event(function: Handler) -> Handler:
    """Declare the function to be run for each event, after the event's own."""
    OF_EVERY_EVENT.append((_name(function), function))
    return function


def _name(function: Callable[..., None]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
