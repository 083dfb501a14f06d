"""What a migrated database holds: its tables, with their columns and their policies."""

from typing import NamedTuple

import psycopg

TENANT_COLUMNS = ("project_id", "organization_id")


class Table(NamedTuple):
    """One table: `columns` with their types, those of them that must be given, and how rows are protected."""

    schema: str
    name: str
    columns: dict[str, str]
    is_protected: bool
    is_forced: bool
    may_read: bool
    may_insert: bool

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def tenant_columns(self) -> list[str]:
        return [each for each in TENANT_COLUMNS if each in self.columns]


def tables(dsn: str) -> list[Table]:
    """Every table but Postgres' own, by name."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT n.nspname, c.relname,"
            " (SELECT jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) FROM pg_attribute AS a"
            "  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = ''),"
            " c.relrowsecurity, c.relforcerowsecurity,"
            " has_table_privilege('cdt_api', c.oid, 'SELECT'), has_table_privilege('cdt_api', c.oid, 'INSERT')"
            " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
            " ORDER BY n.nspname, c.relname"
        ).fetchall()
    return [Table(*row) for row in rows]
