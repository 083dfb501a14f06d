"""docs/tables.md lists every table, with what it is, whose it is, who writes it, and how it is backed up and erased."""

import re
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

import cdt
from tests.house.catalog import Table, tables

SOURCES = Path(cdt.__file__).parent
PAGE = SOURCES.parents[1] / "docs" / "tables.md"
KINDS = {"log", "read model", "read model and history", "kept"}
KIND_OF_SCHEMA = {"log": "log", "read": "read model"}
BELONGINGS = {
    "project", "organization", "person", "organization, person", "project, person", "project or organization", "nobody",
}  # fmt: skip


class Line(NamedTuple):
    table: str
    kind: str
    belongs_to: str
    written_by: str
    backup: str
    erasing: str


def lines() -> dict[str, Line]:
    rows = re.findall(r"^\| `([\w.]+)` \|(.+)\|$", PAGE.read_text(), re.MULTILINE)
    return {table: Line(table, *(cell.strip().strip("`") for cell in rest.split("|"))) for table, rest in rows}


@pytest.fixture(scope="module")
def present(module_dsn: str) -> dict[str, Table]:
    return {table.full_name: table for table in tables(module_dsn)}


def test_every_table_is_on_the_page_and_every_line_is_a_table(present: dict[str, Table]) -> None:
    listed = lines()
    with_histories = {*listed, *(f"{line.table}_history" for line in listed.values() if line.kind.endswith("history"))}

    assert sorted(with_histories ^ set(present)) == []


def test_each_kind_is_one_of_three_and_stands_in_its_schema() -> None:
    for line in lines().values():
        schema = line.table.partition(".")[0]
        assert line.kind in KINDS, line
        assert line.kind.startswith(KIND_OF_SCHEMA.get(schema, "kept")), line


def test_each_table_belongs_to_whom_its_columns_name(present: dict[str, Table]) -> None:
    for line in lines().values():
        assert line.belongs_to in BELONGINGS, line
        columns = present[line.table].tenant_columns
        assert ("project" in line.belongs_to) is ("project_id" in columns), line
        if "project_id" not in columns:
            assert ("organization" in line.belongs_to) is ("organization_id" in columns), line


def test_each_table_is_written_by_the_module_that_owns_it() -> None:
    for line in lines().values():
        text = with_functions((SOURCES / line.written_by).read_text())
        schema, name = line.table.split(".")
        if schema == "public":
            assert "yoyo" in text, line
        else:
            assert (name if schema == "read" else line.table) in text, line


def with_functions(text: str) -> str:
    """The text of a module, and of those of the migrations' functions that it calls."""
    for migration in sorted((SOURCES.parents[1] / "migrations").glob("*.sql")):
        for name, body in re.findall(
            r"^CREATE FUNCTION (\w+\.\w+)\((.*?)^\$\$;", migration.read_text(), re.MULTILINE | re.DOTALL
        ):
            if f"{name}(" in text:
                text += body
    return text


def test_each_table_says_how_it_is_backed_up_and_erased() -> None:
    for line in lines().values():
        assert line.backup in {"yes", "yes, apart", "no", "not needed"}, line
        assert (line.backup == "no") is line.kind.startswith("read model"), line
        assert line.erasing, line


def test_every_view_reads_as_whoever_asks(module_dsn: str) -> None:
    with psycopg.connect(module_dsn) as connection:
        views = connection.execute(
            "SELECT c.relname, coalesce(c.reloptions, '{}') @> '{security_invoker=true}' FROM pg_class AS c"
            " JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = 'read'"
        ).fetchall()

    assert views
    assert [name for name, reads_as_invoker in views if not reads_as_invoker] == []
