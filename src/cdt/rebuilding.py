"""`cdt rebuild`: ask the leading follower, and wait for its answer."""

import sys

import psycopg

from cdt.bootstrap.needs import needed
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.settings import Settings

LOOK_SECONDS = 0.5


def run(settings: Settings, *, patience_seconds: float) -> int:
    """0 when the new tables are in place, 1 when it failed or took longer than the patience."""
    dsn = conninfo_as(needed(settings).database_url, DatabaseRole.SYSTEM, application="cdt-rebuild")
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute("INSERT INTO work.rebuilds DEFAULT VALUES RETURNING id").fetchone()
        assert row is not None
        connection.execute("LISTEN cdt_projected")
        connection.execute("NOTIFY cdt_rebuild")
        waited = 0.0
        while waited < patience_seconds:
            done = connection.execute(
                "SELECT position, error FROM work.rebuilds WHERE id = %s AND done_at IS NOT NULL", (row[0],)
            ).fetchone()
            if done is not None:
                return _told(done[0], done[1])
            for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                pass
            waited += LOOK_SECONDS
    print("No follower has rebuilt yet: is `cdt follow` running? The request stays.", file=sys.stderr)  # noqa: T201
    return 1


def _told(position: int | None, error: str | None) -> int:
    if error is not None:
        print(f"The rebuild failed, the live tables are as before: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"Rebuilt; the read models stand at position {position}.")  # noqa: T201
    return 0
