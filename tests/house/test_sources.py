"""How the sources are written: SQL names its columns, a file is about one thing, and nothing is called utils."""

import re
from pathlib import Path

import cdt
from tests.conftest import LONGEST_FIRST

SOURCES = Path(cdt.__file__).parent
ROOT = SOURCES.parents[1]
NEAR = 330
"""Near 300 lines, look for the second thing and name it."""
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core"}


def modules() -> list[Path]:
    return sorted(SOURCES.rglob("*.py"))


def test_no_statement_selects_whatever_columns_there_are() -> None:
    everything = re.compile(r"\bSELECT\s+(\w+\.)?\*", re.IGNORECASE)
    texts = [*modules(), *sorted((ROOT / "migrations").glob("*.sql")), *sorted(SOURCES.rglob("*.sql"))]

    assert [str(path.relative_to(ROOT)) for path in texts if everything.search(path.read_text())] == []


def test_a_module_is_near_300_lines_at_most() -> None:
    assert {
        str(path.relative_to(SOURCES)): lines
        for path in modules()
        if (lines := len(path.read_text().splitlines())) > NEAR
    } == {}


def test_every_module_is_named_after_what_it_is_about() -> None:
    assert [
        str(path.relative_to(SOURCES)) for path in modules() if NO_NAMES & set(path.relative_to(SOURCES).parts)
    ] == []
    assert [path.name for path in modules() if path.stem in NO_NAMES] == []


def test_no_import_starts_anything_and_every_package_says_what_it_is_for() -> None:
    assert [
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("__init__.py")
        if not path.read_text().startswith('"""')
    ] == []


def test_nothing_waits_in_the_way_that_can_lose_a_cancellation() -> None:
    # before Python 3.12 asyncio.wait_for passes over a cancellation that comes as its inner wait ends
    assert [str(path.relative_to(SOURCES)) for path in modules() if "asyncio.wait_for(" in path.read_text()] == []


def test_tasks_are_ended_in_the_one_way_that_does_not_wait_for_ever() -> None:
    ends = {"background.py", "http/bodies.py"}  # the latter gives up a request, and waits for nothing

    assert {str(path.relative_to(SOURCES)) for path in modules() if ".cancel()" in path.read_text()} == ends


def test_what_is_run_first_exists() -> None:
    assert [name for name in LONGEST_FIRST if not (ROOT / name).exists()] == []
