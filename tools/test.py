"""Runs the tests, and beside them the checks; fails when one of them fails. What it is given goes to pytest.

Tests wait for disks and clocks half of their time: two processes more than there are cores, and the checks, cost hardly
anything then.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from check import run_checks, tell
from steps import PYTHON, ROOT, say

MOST_WORKERS = 4
"""Each has a Postgres of its own."""


def main() -> None:
    """Run all of it; the checks are told of last."""
    workers = min((os.cpu_count() or 1) + 2, MOST_WORKERS)
    sharing = ["-n", str(workers), "--dist", "loadscope", "--no-loadscope-reorder"]  # tests/conftest.py has the order
    command = [PYTHON, "-m", "pytest", *sharing, "-q", *sys.argv[1:]]
    with ThreadPoolExecutor(max_workers=1) as beside:
        checked = beside.submit(lambda: list(run_checks(at_once=1)))
        code = subprocess.run(
            command, cwd=ROOT, env=keeping_bytecode(), stdin=subprocess.DEVNULL, check=False
        ).returncode
        failed = tell(checked.result())
    if failed:
        say(f"checks that failed: {', '.join(failed)}")
    sys.exit(code or bool(failed))


def keeping_bytecode() -> dict[str, str]:
    """The environment, in which Python keeps what it has compiled.

    The tests start hundreds of processes: where nothing is kept, each compiles all that it imports, for three seconds.
    """
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    main()
