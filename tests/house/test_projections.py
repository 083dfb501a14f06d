"""Each statement of a projection names the position in its own literal, so that no history is lost unseen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cdt import projections
from cdt.domain.topics import TOPICS
from cdt.projections.all import PROJECTIONS
from cdt.projections.audit import SUBJECTS
from cdt.projections.writing import HANDLERS

FOLDER = Path(projections.__path__[0])
APPENDED = {"audit_entries", "accounts_ended_sessions", "security_entries", "tenancy_ended_secrets"}
"""Tables whose rows are the history: they have a position and no `since`, and are never updated."""


class Statement(NamedTuple):
    where: str
    sql: str


def statements() -> Iterator[Statement]:
    for module in PROJECTIONS:
        path = FOLDER / f"{module.__name__.rpartition('.')[2]}.py"
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write":
                argument = node.args[0]
                assert isinstance(argument, ast.Constant), f"{path.name}:{node.lineno}: SQL is a literal"
                yield Statement(f"{path.stem}:{node.lineno}", str(argument.value))


STATEMENTS = list(statements())


def fault_of(sql: str) -> str | None:
    """Why a statement would lose history, or None."""
    if match := re.fullmatch(r"UPDATE (\w+) SET (.+) WHERE .+", sql, re.DOTALL):
        return None if names_position(match[2]) and match[1] not in APPENDED else "it doesn't set since = %(position)s"
    match = re.fullmatch(
        r"INSERT INTO (\w+)\s*\(([^)]*)\)\s*(?:VALUES \((.*?)\)|SELECT (.*?) FROM .*?)"
        r"(?: ON CONFLICT \([^)]*\) DO UPDATE SET (.+))?",
        sql,
        re.DOTALL,
    )
    if match is None:
        return "it is neither an UPDATE ... SET ... WHERE nor an INSERT ... VALUES or SELECT"
    table, columns, values, selected, update = match.groups()
    value_by_column = dict(zip(split(columns), split(values or selected), strict=True))
    position = "position" if table in APPENDED else "since"
    if value_by_column.get(position) != "%position":
        return f"it doesn't insert %(position)s as {position}"
    return None if update is None or names_position(update) else "its update doesn't set since = %(position)s"


def names_position(assignments: str) -> bool:
    return re.search(r"(^|, )since = %\(position\)s($|[ ,])", assignments) is not None


def split(text: str) -> list[str]:
    """The parts between the commas that stand in no brackets."""
    text = re.sub(r"%\((\w+)\)s", r"%\1", text)
    while (without := re.sub(r"\([^()]*\)", "", text)) != text:
        text = without
    return [part.strip() for part in text.split(",")]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.where)
def test_a_projection_names_the_position_in_its_literal(statement: Statement) -> None:
    assert fault_of(statement.sql) is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE t SET a = 1 WHERE id = %(id)s",
        "UPDATE t SET a = 1, since = %(at)s WHERE id = %(id)s",
        "UPDATE t SET not_since = %(position)s WHERE id = %(id)s",
        "UPDATE t SET a = 1 WHERE since = %(position)s",
        "UPDATE audit_entries SET since = %(position)s WHERE id = %(id)s",
        "INSERT INTO t (id, a) VALUES (%(id)s, 1)",
        "INSERT INTO t (id, since) VALUES (%(position)s, %(id)s)",
        "INSERT INTO t (id, since) VALUES (%(id)s, %(position)s) ON CONFLICT (id) DO UPDATE SET a = 1",
        "INSERT INTO t (id, since) SELECT id, (%(position)s) FROM u",
        "INSERT INTO t (id, since) SELECT id, %(position)s FROM u ON CONFLICT (id) DO UPDATE SET a = 1",
        "INSERT INTO audit_entries (id, since) VALUES (%(id)s, %(position)s)",
        "DELETE FROM t WHERE id = %(id)s",
    ],
)
def test_a_statement_that_loses_history_is_found(sql: str) -> None:
    assert fault_of(sql) is not None


def test_every_projection_module_writes_and_is_listed() -> None:
    plain = {"all", "audit", "bell", "follower", "pages", "rebuild", "writing", "__init__"}
    listed = {module.__name__.rpartition(".")[2] for module in PROJECTIONS}

    assert {path.stem for path in FOLDER.glob("*.py")} - plain == listed - {"audit"}
    assert {statement.where.partition(":")[0] for statement in STATEMENTS} == listed


def test_every_event_is_projected_or_named_as_one_that_needs_none() -> None:
    # what a link, a claimed name or a redacted text changes is in the vault and the log, and rows are in no read model
    links = {"accounts.VerificationRequested", "accounts.EmailVerified", "accounts.ResetRequested"}
    rows = {"registry.QuarantineSettled", "compliance.RowsRemoved"}  # what becomes of them is with the rows
    needs_none = {"kernel.NameClaimed", "kernel.NameReleased", "tenancy.TextRedacted", *links, *rows}

    assert {topic for topic, event in TOPICS.items() if event not in HANDLERS} == needs_none


def test_every_event_of_the_audit_trail_has_a_subject() -> None:
    assert [topic for topic in TOPICS if topic not in SUBJECTS and topic.partition(".")[0] not in SUBJECTS] == []
    assert [key for key in SUBJECTS if key not in TOPICS and not any(t.startswith(f"{key}.") for t in TOPICS)] == []


def test_tables_are_named_after_their_context_and_have_their_history() -> None:
    for path in sorted((FOLDER / "schema").glob("*.sql")):
        context = path.stem.partition("_")[2]
        sql = path.read_text()
        tables = re.findall(r"CREATE TABLE (\w+)", sql)
        if context != "follower":
            assert all(table.startswith(f"{context}_") for table in tables), path.name
            assert set(re.findall(r"temporal\.track\('(\w+)'", sql)) == set(tables) - APPENDED, path.name
