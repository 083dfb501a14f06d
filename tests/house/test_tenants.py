"""Postgres keeps tenants apart: in every table, the API's role sees and writes rows of its own projects alone."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from cdt.database.roles import DatabaseRole, conninfo_as
from tests.builders import an_id
from tests.house.catalog import Table, tables

OURS, THEIRS = an_id(1), an_id(2)
"""As project, as organization, and as person."""
WITHOUT_TENANT = {
    "log.cdt_events": "read by its positions alone, after the thing was seen under the policy",
    "read.accounts_ended_sessions": "ids alone, for every process that admits",
    "read.follower": "a position",
    "read.parked": "what the operator must mend",
    "read.tenancy_ended_secrets": "ids alone, for every process that admits",
    "vault.credentials": "looked up by the keyed hash of an address, before anybody is known",
    "vault.key_uses": "when each key was used last, asked for with keys that were seen under the policy",
    "vault.person_keys": "looked up by people who were seen under the policy",
    "vault.signing_keys": "ids and times alone, for every process that admits",
    "vault.sessions": "looked up by a refresh token, before anybody is known",
    "work.heartbeats": "which processes live",
    "work.parked_reactions": "what the operator must mend",
    "work.reactions": "positions",
    "work.rebuilds": "what the operator asked for",
}
APPENDED = {"audit_entries", "security_entries"}
"""Tables of tenants whose rows are the history."""
VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "md5(random()::text)",
    "bigint": "floor(random() * 1e15)::bigint",
    "integer": "floor(random() * 1e9)::int",
    "smallint": "floor(random() * 1e4)::smallint",
    "double precision": "random()",
    "boolean": "false",
    "jsonb": "'{}'::jsonb",
    "bytea": "decode(md5(random()::text), 'hex')",
    "date": "current_date",
    "timestamp with time zone": "now()",
}
OWN_COLUMN = {
    "accounts_users": "id",
    "accounts_users_history": "id",
    "accounts_sessions": "user_id",
    "accounts_sessions_history": "user_id",
    "mails": "person",
}
"""Where a person's own row has no column of a tenant."""


@pytest.fixture(scope="module")
def filled(module_dsn: str) -> str:
    """A database in which every table of tenants holds a row of ours and a row of theirs."""
    with psycopg.connect(conninfo_as(module_dsn, DatabaseRole.OWNER)) as connection:
        for name, table in connection.execute(
            "SELECT c.conname, c.conrelid::regclass::text FROM pg_constraint AS c"
            " JOIN pg_namespace AS n ON n.oid = c.connamespace WHERE c.contype = 'c'"
            " AND n.nspname IN ('predictions', 'work', 'read', 'storage', 'vault') AND c.conrelid <> 0"
        ).fetchall():
            schema, _, bare = table.rpartition(".")
            connection.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                    sql.Identifier(*filter(None, (schema, bare))), sql.Identifier(name)
                )
            )
    with psycopg.connect(conninfo_as(module_dsn, DatabaseRole.SYSTEM)) as connection:
        for table in of_tenants(module_dsn):
            for owner in (OURS, THEIRS):
                connection.execute(insertion(table), {"owner": owner})
    return module_dsn


@pytest.fixture
def as_api(filled: str) -> Iterator[psycopg.Connection]:
    """The API's role, in a transaction that may see our rows."""
    with psycopg.connect(conninfo_as(filled, DatabaseRole.API)) as connection:
        for setting in ("cdt.projects", "cdt.organizations"):
            connection.execute("SELECT set_config(%s, %s, true)", (setting, f"{{{OURS}}}"))
        connection.execute("SELECT set_config('cdt.user', %s, true)", (str(OURS),))
        yield connection
        connection.rollback()


def test_every_table_of_a_tenant_has_forced_row_level_security(module_dsn: str) -> None:
    bare = [table.full_name for table in tables(module_dsn) if not (table.is_protected and table.is_forced)]

    assert sorted(each for each in bare if not each.startswith("public.")) == sorted(WITHOUT_TENANT)


def test_every_table_with_a_tenants_column_is_of_tenants(module_dsn: str) -> None:
    assert [
        table.full_name for table in tables(module_dsn) if table.tenant_columns and table.full_name in WITHOUT_TENANT
    ] == []


def test_the_apis_role_sees_no_foreign_row(as_api: psycopg.Connection, filled: str) -> None:
    for table in of_tenants(filled):
        if table.may_read:
            assert owners(as_api, table) == {OURS}, table.full_name


def test_without_a_tenant_named_the_apis_role_sees_nothing(as_api: psycopg.Connection, filled: str) -> None:
    for setting in ("cdt.projects", "cdt.organizations", "cdt.user"):
        as_api.execute("SELECT set_config(%s, '', true)", (setting,))
    for table in of_tenants(filled):
        if table.may_read:
            assert owners(as_api, table) == set(), table.full_name


def test_the_apis_role_sees_the_past_of_its_own_alone(as_api: psycopg.Connection, filled: str) -> None:
    for table in of_tenants(filled):
        if table.schema == "read" and not table.name.endswith("_history") and table.name not in APPENDED:
            rows = as_api.execute(
                sql.SQL("SELECT {} FROM {}").format(
                    sql.Identifier(own_column(table)), sql.Identifier("read", f"{table.name}_all")
                )
            ).fetchall()
            assert {row[0] for row in rows} == {OURS}, table.full_name
            assert len(rows) == 2, "one of now and one of the past"


def test_the_apis_role_writes_no_foreign_row(as_api: psycopg.Connection, filled: str) -> None:
    may_insert = [table for table in of_tenants(filled) if table.may_insert]
    assert may_insert
    for table in may_insert:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), as_api.transaction():
            as_api.execute(insertion(table), {"owner": THEIRS})


def test_the_system_sees_every_tenants_rows(filled: str) -> None:
    with psycopg.connect(conninfo_as(filled, DatabaseRole.SYSTEM)) as connection:
        for table in of_tenants(filled):
            assert owners(connection, table) == {OURS, THEIRS}, table.full_name


def test_nobody_works_as_a_superuser_or_past_the_policies(module_dsn: str) -> None:
    with psycopg.connect(module_dsn) as connection:
        roles = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'cdt\\_%' AND rolname <> session_user"
            " AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcanlogin ORDER BY rolname"
        ).fetchall()
        owners_of_tables = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('log', 'read', 'vault', 'predictions',"
            " 'work', 'storage')"
        ).fetchall()

    assert [role for (role,) in roles] == ["cdt_api", "cdt_owner", "cdt_system"]
    assert owners_of_tables == [("cdt_owner",)]


def of_tenants(dsn: str) -> list[Table]:
    return [table for table in tables(dsn) if table.schema != "public" and table.full_name not in WITHOUT_TENANT]


def own_column(table: Table) -> str:
    return OWN_COLUMN.get(table.name) or table.tenant_columns[0]


def owners(connection: psycopg.Connection, table: Table) -> set[UUID]:
    statement = sql.SQL("SELECT {} FROM {}").format(
        sql.Identifier(own_column(table)), sql.Identifier(table.schema, table.name)
    )
    return {row[0] for row in connection.execute(statement).fetchall()}


def insertion(table: Table) -> sql.Composed:
    """A row whose tenant, organization and person are `owner`, and whose other columns hold anything of their type."""
    values = {
        name: sql.SQL("ARRAY[{}]" if kind.endswith("[]") else "{}").format(sql.SQL(VALUES[kind.removesuffix("[]")]))
        for name, kind in table.columns.items()
    }
    for name in {*table.tenant_columns, own_column(table), "user_id"} & set(table.columns):
        values[name] = sql.SQL("%(owner)s")
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table.schema, table.name),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(values.values()),
    )
