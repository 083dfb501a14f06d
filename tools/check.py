"""Checks what can be checked without running the product: style, types, imports, dependencies, migrations, web."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from node import node_folder, with_node
from steps import PYTHON, ROOT, VENV, CommandFailed, cache_environment, run, say

PROGRAMS = VENV / "bin"
WEB = ROOT / "web"
PYTHON_FOLDERS = ("bench", "src", "tests", "tools")
"""Named, since what git ignores is only known where there is a git."""


@dataclass(frozen=True)
class Check:
    """One tool, run over all that it reads."""

    name: str
    command: list[str | Path]
    folder: Path = ROOT


@dataclass(frozen=True)
class Result:
    """How a check ended; `said` is what the tool printed when it failed."""

    name: str
    passed: bool
    seconds: float
    said: str = ""


def checks(node: Path) -> Iterator[Check]:
    """All checks, the longest first."""
    npm = node / "npm"
    yield Check("types", [node / "node", WEB / "node_modules/pyright/index.js", "--pythonpath", PYTHON])
    yield Check("web lint", [npm, "run", "--silent", "lint"], WEB)
    yield Check("web tests", [npm, "run", "--silent", "test"], WEB)
    yield Check("web types", [npm, "run", "--silent", "typecheck"], WEB)
    yield Check("web queries", [npm, "run", "--silent", "codegen:check"], WEB)
    yield Check("imports", [PROGRAMS / "lint-imports"])
    yield Check("dependencies", [PROGRAMS / "deptry", "src"])
    yield Check("migrations", [PROGRAMS / "squawk", *sorted((ROOT / "migrations").glob("*.sql"))])
    yield Check("lint", [PROGRAMS / "ruff", "check", "--quiet", *PYTHON_FOLDERS])
    yield Check("format", [PROGRAMS / "ruff", "format", "--check", "--quiet", *PYTHON_FOLDERS])


def passes(check: Check, environment: dict[str, str]) -> Result:
    """Run a check."""
    began = time.monotonic()
    try:
        run(check.command, folder=check.folder, environment=environment)
    except CommandFailed as failure:
        return Result(check.name, passed=False, seconds=time.monotonic() - began, said=failure.said)
    return Result(check.name, passed=True, seconds=time.monotonic() - began)


def run_checks(*, at_once: int) -> Iterator[Result]:
    """Run all checks, so many at a time; answer how each ended."""
    node = node_folder()
    environment = {**cache_environment(), **with_node(node), "NO_COLOR": "1"}
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        yield from pool.map(lambda check: passes(check, environment), checks(node))


def tell(results: Iterable[Result]) -> list[str]:
    """Print how the checks ended; answer the names of those that failed."""
    failed: list[str] = []
    for result in results:
        say(f"{result.name:<14} {'ok' if result.passed else 'FAILED':<8} {result.seconds:5.1f} s")
        if not result.passed:
            say(result.said.rstrip())
            failed.append(result.name)
    return failed


def main() -> None:
    """Run all checks and end with a failure if one failed."""
    failed = tell(run_checks(at_once=os.cpu_count() or 1))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
