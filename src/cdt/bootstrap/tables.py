"""The tables, as this release needs them."""

import psycopg

from cdt.database.migrating import migrate
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.projections import schema

FIRST_SCHEMA = 0x_CD7_5C4E
"""The lock under which whoever comes first makes the read schema."""


def prepare_database(database_url: str) -> list[str]:
    """Bring the tables to this release, and make the read schema if there is none; the names of what was applied."""
    applied = migrate(database_url)
    with psycopg.connect(conninfo_as(database_url, DatabaseRole.OWNER, application="cdt-migrate")) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (FIRST_SCHEMA,))
        row = connection.execute("SELECT to_regclass('read.follower') IS NULL").fetchone()
        if row is not None and row[0]:
            schema.create(connection, "read")
    return applied
