"""One event recorded, against a bare one-row insert and commit on one connection."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from bench.servers import Installation, installation
from bench.stock import StockApplication
from bench.table import Claim, Figures, Table
from cdt.database.log import Log
from cdt.database.mapper import encode
from cdt.database.roles import DatabaseRole
from cdt.domain.kernel import Actor, Command, Envelope, Tenant
from cdt.domain.registry import decisions
from cdt.domain.registry.events import ModelRegistered
from cdt.domain.registry.state import registry
from cdt.wall_clock import utc_now

ROUNDS = 60
APPENDS = 50
"""In each round, of each contender."""

TENANT = Tenant(uuid7(), uuid7())
ACTOR = Actor("user", str(uuid7()))


def measure() -> Table:
    """Rates of events a second, one writer."""
    with installation() as made:
        with psycopg.connect(made.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, state bytea NOT NULL)")
        return _compare(made)


def _compare(made: Installation) -> Table:
    bare = Figures("bare insert and commit", "events/s")
    append = Figures("encode and append", "events/s")
    decide = Figures("load, decide and append", "events/s")
    stock = Figures("the library's Application.save", "events/s")
    with (
        psycopg.connect(made.dsn, autocommit=True) as connection,
        Log(made.conninfo(DatabaseRole.API), connections=1) as log,
        StockApplication(made.dsn) as application,
    ):
        state = encode(an_envelope()).state
        contenders: list[tuple[Figures, Callable[[Envelope], Any]]] = [
            (bare, lambda _: connection.execute("INSERT INTO bare (state) VALUES (%s)", (state,), prepare=True)),
            (append, lambda envelope: log.recorder.insert_events([encode(envelope)])),
            (decide, lambda envelope: _register(log, envelope)),
            (stock, application.save),
        ]
        for _, act in contenders:
            _rate(act, 100)
        for number in range(ROUNDS):
            turn = number % len(contenders)
            for figures, act in [*contenders[turn:], *contenders[:turn]]:
                figures.add(_rate(act, APPENDS))
    return Table(
        title="Append of one event",
        what=f"{ROUNDS} interleaved rounds of {APPENDS} events for each contender, one writer, one connection each. The"
        " bare insert is one prepared statement in autocommit mode: one round trip and one flush.",
        figures=[bare, append, decide, stock],
        claims=[Claim(append, bare, at_least=0.6)],
    )


def an_envelope(stream_id: UUID | None = None, version: int = 1) -> Envelope:
    """A fact about a new model."""
    return Envelope(
        originator_id=stream_id or uuid7(),
        originator_version=version,
        timestamp=utc_now(),
        actor=ACTOR,
        command_id=uuid7(),
        tenant=TENANT,
        event=ModelRegistered(name="Churn of the northern customers", description="Who leaves within a quarter."),
    )


def _register(log: Log, envelope: Envelope) -> None:
    event = envelope.event
    assert isinstance(event, ModelRegistered)
    by = Command(id=envelope.command_id, actor=ACTOR, at=envelope.timestamp, tenant=TENANT)
    log.decide(
        registry,
        envelope.stream_id,
        lambda model: decisions.register(model, name=event.name, description=event.description),
        by=by,
    )


def _rate(act: Callable[[Envelope], Any], times: int) -> float:
    envelopes = [an_envelope() for _ in range(times)]
    began = time.perf_counter()
    for envelope in envelopes:
        act(envelope)
    return times / (time.perf_counter() - began)
