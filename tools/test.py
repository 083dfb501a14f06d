"""Runs the tests, and beside them the rest of the installation, then the checks; fails when one of them fails.

What it is given goes to pytest. Installing Node's packages keeps one core busy for most of a minute: the tests begin
meanwhile, and those that need them wait (`installed` in tests/conftest.py). Tests wait for disks and clocks half of
their time: two processes more than there are cores, and the checks, cost hardly anything then.
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from check import Result, run_checks, tell
from steps import PYTHON, ROOT, CommandFailed, give_up, run, say

MOST_WORKERS = 4
"""Each has a Postgres of its own."""
INSTALLING = ROOT / "build" / "installing"
"""Locked until the dashboard and the tools are there: a lock goes with its process, however that ends."""
INSTALL: list[str | Path] = [PYTHON, ROOT / "tools" / "install.py", "--with-tools"]


def main() -> None:
    """Run all of it; the checks are told of last."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        with locked():
            installing = beside.submit(run, INSTALL)
            compile_once()
            tests = subprocess.Popen(command(), cwd=ROOT, env=keeping_bytecode(), stdin=subprocess.DEVNULL)
            wait([installing])
        with tests:
            try:
                if said := installing.result().rstrip():
                    say(f"\n{said}")
            except CommandFailed as failure:
                tests.send_signal(signal.SIGINT)
                tests.wait()
                give_up(f"The tests were ended, for the dashboard can't be installed:\n{failure.said.rstrip()}")
            checked = beside.submit(checks)
            code = tests.wait()
        failed = tell(checked.result())
    if failed:
        say(f"checks that failed: {', '.join(failed)}")
    sys.exit(code or bool(failed))


@contextmanager
def locked() -> Iterator[None]:
    """Keep those waiting who need what is being installed."""
    INSTALLING.parent.mkdir(exist_ok=True)
    with INSTALLING.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def command() -> list[str | Path]:
    """Pytest, in several processes."""
    workers = min((os.cpu_count() or 1) + 2, MOST_WORKERS)
    sharing = ["-n", str(workers), "--dist", "loadscope", "--no-loadscope-reorder"]  # tests/conftest.py has the order
    return [PYTHON, "-m", "pytest", *sharing, "-q", *sys.argv[1:]]


def compile_once() -> None:
    """Compile the tests and all that they import, if nobody has: else each process does it, for eight seconds."""
    if not (ROOT / "tests" / "__pycache__").exists():
        collecting = [PYTHON, "-m", "pytest", "--collect-only", "-q"]
        subprocess.run(
            collecting, cwd=ROOT, env=keeping_bytecode(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip  # what is wrong is told by the tests


def checks() -> list[Result]:
    """Run the checks, two at a time: one at a time, they would go on alone when the tests are over."""
    return list(run_checks(at_once=2))


def keeping_bytecode() -> dict[str, str]:
    """The environment, in which Python keeps what it has compiled.

    The tests start hundreds of processes: where nothing is kept, each compiles all that it imports, for three seconds.
    """
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    main()
