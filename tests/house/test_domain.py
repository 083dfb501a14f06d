"""The domain decides: pure and synchronous, from what it is given; its contexts do not know one another."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import cdt.domain

FOLDER = Path(cdt.domain.__path__[0])
FILES = sorted(FOLDER.rglob("*.py"))
CONTEXTS = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
IMPURE = {"asyncio", "io", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess", "threading", "time"}
CLOCKS_AND_CHANCE = {"now", "today", "utcnow", "uuid1", "uuid4", "getnode"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def context_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[2] if parts[:2] == ["cdt", "domain"] and len(parts) > 2 and parts[2] in CONTEXTS else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_the_domain_needs_the_standard_library_and_msgspec_alone(path: Path) -> None:
    roots = {module.partition(".")[0] for module in imported(ast.parse(path.read_text()))}

    assert roots - set(sys.stdlib_module_names) <= {"msgspec", "cdt"}
    assert not roots & IMPURE


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_time_identity_and_chance_come_in_as_arguments(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text())))

    assert not [node for node in nodes if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    assert not [node.attr for node in nodes if isinstance(node, ast.Attribute) and node.attr in CLOCKS_AND_CHANCE]


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_contexts_do_not_know_one_another(context: str) -> None:
    for path in (FOLDER / context).rglob("*.py"):
        known = {context_of(module) for module in imported(ast.parse(path.read_text()))} - {None}
        assert known <= {context}, path.name


def test_the_imports_between_all_contexts_are_checked_by_the_linter_too() -> None:
    settings = tomllib.loads((FOLDER.parents[2] / "pyproject.toml").read_text())
    independent = next(
        contract for contract in settings["tool"]["importlinter"]["contracts"] if contract["type"] == "independence"
    )

    assert {module.rpartition(".")[2] for module in independent["modules"]} == CONTEXTS


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_a_context_is_facts_what_they_add_up_to_and_what_may_happen_next(context: str) -> None:
    assert {"events.py", "state.py", "decisions.py"} <= {path.name for path in (FOLDER / context).glob("*.py")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_file_is_about_one_thing(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
