"""Runs the checks, then the tests; fails when one of them fails. What it is given goes to pytest."""

import os
import subprocess
import sys

from check import run_checks
from steps import PYTHON, ROOT, say

MOST_WORKERS = 4
"""Each has a Postgres of its own."""


def main() -> None:
    """Run all of it; pytest speaks last, unless a check failed."""
    failed = run_checks()
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    sharing = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]  # tests/conftest.py has the order
    command = [PYTHON, "-m", "pytest", *sharing, "-q", *sys.argv[1:]]
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    if failed:
        say(f"checks that failed: {', '.join(failed)}")
    sys.exit(code or bool(failed))


if __name__ == "__main__":
    main()
