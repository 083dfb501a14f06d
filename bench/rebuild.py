"""All read models built anew with their history, against the same handlers under the library's ProjectionRunner."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg import sql

from bench.history import history
from bench.servers import Installation, installation
from bench.stock import stock_environment
from bench.table import Claim, Figures, Table
from cdt.database.log import Log
from cdt.database.mapper import encode
from cdt.database.roles import DatabaseRole
from cdt.domain.kernel import Envelope, Position
from cdt.projections import schema
from cdt.projections.all import handlers_of
from cdt.projections.rebuild import Rebuild
from cdt.projections.writing import View

EVENTS = 12_000
ROUNDS = 5


class StockTracking(PostgresTrackingRecorder):
    """The library's recorder of positions; writes what the handlers collected in the same transaction."""

    def write(self, view: View, tracking: Tracking) -> None:
        """One event's statements and its position: one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            for statement, values in view.statements:
                cursor.execute(statement, values)
            self._insert_tracking(cursor, tracking=tracking)


class StockProjection(Projection[StockTracking]):
    """Our handlers, as the library runs them."""

    name = "stock"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Run an event's handlers."""
        envelope: Envelope = msgspec.structs.replace(
            domain_event, position=Position(tracking.notification_id), recorded_at=domain_event.timestamp
        )
        view = View()
        view.bind(envelope)
        for _, handler in handlers_of(envelope.event):
            handler(view, envelope.event, envelope)
        self.view.write(view, tracking)


class LogAsItComes(Application[UUID]):
    """The library's application over the table of the log."""

    name = "cdt"


def measure() -> Table:
    """Events a second, from nothing to the last one readable."""
    ours = Figures("rebuild", "events/s")
    stock = Figures("the same handlers by ProjectionRunner", "events/s")
    envelopes = history(EVENTS)
    kinds = Counter(type(each.event).__name__ for each in envelopes)
    with installation() as made:
        last = _record(made, envelopes)
        for number in range(-1, ROUNDS):
            rebuilt = asyncio.run(_rebuild(made))
            with as_owner_of("peer"):
                run = _run_stock(made, last)
            if number >= 0:
                ours.add(EVENTS / rebuilt)
                stock.add(EVENTS / run)
        _require_equal(made)
    return Table(
        title="Rebuild of all read models",
        what=f"{ROUNDS} interleaved rounds over {EVENTS:,} events of {len(kinds)} kinds, histories included."
        " Ours counts"
        " from creating the tables to their being in place, statistics gathered; the library's runner has its tables"
        " ready, writes each event and its position in one transaction, and is stopped at the last one. Afterwards the"
        " tables of both are compared row by row.",
        figures=[ours, stock],
        claims=[Claim(ours, stock, at_least=5)],
    )


def _record(made: Installation, envelopes: list[Envelope]) -> int:
    with Log(made.conninfo(DatabaseRole.API), connections=1) as log:
        positions = [0]
        for begin in range(0, len(envelopes), 500):
            positions = log.recorder.insert_events([encode(each) for each in envelopes[begin : begin + 500]]) or [0]
        return positions[-1]


async def _rebuild(made: Installation) -> float:
    began = time.perf_counter()
    rebuild = Rebuild(made.conninfo(DatabaseRole.OWNER))
    await rebuild.fill()
    await rebuild.put_in_place()
    return time.perf_counter() - began


@contextmanager
def as_owner_of(name: str) -> Generator[None]:
    """The library sets no role and no search path of its own; libpq's variable does."""
    os.environ["PGOPTIONS"] = f"-c role=cdt_owner -c search_path={name},temporal -c TimeZone=UTC"
    yield
    del os.environ["PGOPTIONS"]


def _run_stock(made: Installation, last: int) -> float:
    with psycopg.connect(made.conninfo(DatabaseRole.OWNER)) as connection:
        connection.execute("DROP SCHEMA IF EXISTS peer CASCADE")
        schema.create(connection, "peer")
    environment = {**stock_environment(made.dsn), "POSTGRES_SCHEMA": "log", "CREATE_TABLE": "no"}
    tracking = {"STOCK_POSTGRES_SCHEMA": "peer", "STOCK_CREATE_TABLE": "yes"}
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=LogAsItComes,
        projection_class=StockProjection,
        view_class=StockTracking,
        env={**environment, **tracking},
    ) as runner:
        runner.wait(last, timeout=300)
        return time.perf_counter() - began


def _require_equal(made: Installation) -> None:
    """Raise unless both have made the same rows."""
    with psycopg.connect(made.conninfo(DatabaseRole.OWNER)) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'read' AND tablename NOT IN ('follower', 'parked')"
        ).fetchall()
        for (name,) in tables:
            difference = sql.SQL(
                "SELECT count(*) FROM"
                " ((SELECT {columns} FROM read.{table} EXCEPT ALL SELECT {columns} FROM peer.{table})"
                " UNION ALL (SELECT {columns} FROM peer.{table} EXCEPT ALL SELECT {columns} FROM read.{table})) AS d"
            )
            row = connection.execute(
                difference.format(table=sql.Identifier(name), columns=_columns(connection, name))
            ).fetchone()
            if row is None or row[0]:
                raise RowsDiffer(name, row)


class RowsDiffer(AssertionError):
    """The two sides did not do the same work."""


def _columns(connection: psycopg.Connection, table: str) -> sql.Composed:
    """All columns but the time of recording, which the library's runner does not read."""
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'read' AND table_name = %s"
        " AND column_name <> 'recorded_at' ORDER BY ordinal_position",
        (table,),
    ).fetchall()
    return sql.SQL(", ").join(sql.Identifier(row[0]) for row in rows)
