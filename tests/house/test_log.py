"""The log is the event store's own table, with the time of recording beside it, and nobody can change what it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from tests.builders import an_id

COLUMNS = (
    "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_attribute AS a"
    " WHERE a.attrelid = %s::regclass AND a.attnum > 0 ORDER BY a.attnum"
)
INDEXES = (
    "SELECT replace(replace(indexdef, 'library.', 'log.'), 'USING btree ', '') FROM pg_indexes WHERE schemaname = %s"
)
OPTIONS = "SELECT unnest(reloptions) FROM pg_class WHERE oid = %s::regclass ORDER BY 1"


@contextmanager
def libraries(dsn: str) -> Iterator[psycopg.Connection]:
    """The tables that the library would make, in a schema of their own."""
    with Log(conninfo_as(dsn, DatabaseRole.API), connections=1) as log:
        statements: list[Any] = log.recorder.sql_create_statements
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.OWNER)) as connection:
        connection.execute("CREATE SCHEMA library")
        for statement in statements:
            text = statement.as_string(connection) if isinstance(statement, sql.Composable) else str(statement)
            connection.execute(text.replace('"log"', '"library"').encode())
        yield connection
        connection.rollback()


def test_the_migrated_table_is_the_librarys_and_the_time_of_recording(dsn: str) -> None:
    with libraries(dsn) as connection:
        ours = connection.execute(COLUMNS, ("log.cdt_events",)).fetchall()
        theirs = connection.execute(COLUMNS, ("library.cdt_events",)).fetchall()

        assert ours == [*theirs, ("recorded_at", "timestamp with time zone", True)]
        assert connection.execute(OPTIONS, ("log.cdt_events",)).fetchall() == (
            connection.execute(OPTIONS, ("library.cdt_events",)).fetchall()
        )


def test_the_migrated_table_has_the_librarys_indexes_and_one_by_time(dsn: str) -> None:
    with libraries(dsn) as connection:
        ours = {row[0] for row in connection.execute(INDEXES, ("log",)).fetchall()}
        theirs = {row[0] for row in connection.execute(INDEXES, ("library",)).fetchall()}

    assert ours - theirs == {"CREATE INDEX cdt_events_recorded_at_idx ON log.cdt_events (recorded_at, notification_id)"}
    assert theirs <= ours


def test_the_librarys_type_is_there_as_it_wants_it(dsn: str) -> None:
    fields = (
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a JOIN pg_type AS t"
        " ON t.typrelid = a.attrelid JOIN pg_namespace AS n ON n.oid = t.typnamespace"
        " WHERE t.typname = 'stored_event_uuid' AND n.nspname = %s ORDER BY a.attnum"
    )
    with libraries(dsn) as connection:
        assert (
            connection.execute(fields, ("log",)).fetchall() == connection.execute(fields, ("library",)).fetchall() != []
        )


@pytest.mark.parametrize("role", list(DatabaseRole))
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log.cdt_events SET state = state",
        "DELETE FROM log.cdt_events",
        "TRUNCATE log.cdt_events",
    ],
)
def test_nobody_changes_or_removes_a_recorded_fact(module_dsn: str, role: DatabaseRole, statement: str) -> None:
    with (
        psycopg.connect(conninfo_as(module_dsn, role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_recorded_time_never_goes_back_whatever_the_clock_does(dsn: str) -> None:
    append = "SELECT log.append(ARRAY[(%s, 1, 'kernel.NameClaimed', ''::bytea)::log.stored_event_uuid])"
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.API), autocommit=True) as connection:
        connection.execute(append, (an_id(1),))
        connection.execute(
            "INSERT INTO log.cdt_events (originator_id, originator_version, topic, state, recorded_at)"
            " VALUES (%s, 1, 'kernel.NameClaimed', '', now() + interval '1 hour')",
            (an_id(2),),
        )
        connection.execute(append, (an_id(3),))
        times = connection.execute("SELECT recorded_at FROM log.cdt_events ORDER BY notification_id").fetchall()

    assert times == sorted(times)
    assert times[2] == times[1]
