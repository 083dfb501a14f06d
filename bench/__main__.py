"""`python -m bench [name...]`: run the benchmarks, print each one's table, and fail when a claim does not hold."""

import argparse
import sys
from importlib import import_module

from bench.table import Table

NAMES = (
    "append",
    "visible",
    "read_your_write",
    "rebuild",
    "viewer",
    "intake",
    "bodies",
    "permissions",
    "sign_ins",
    "live",
    "profiling",
    "drift",
    "drift_power",
    "drift_tables",
    "windows",
    "growth",
    "fairness",
    "coverage",
    "stored",
    "labelled_rows",
)


def main() -> int:
    """Run what is named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one or more of: {', '.join(NAMES)}")
    given = parser.parse_args()
    failed: list[str] = []
    for name in given.names or NAMES:
        table: Table = import_module(f"bench.{name}").measure()
        print(table.as_markdown(), flush=True)
        if not table.holds:
            failed.append(name)
    if failed:
        print(f"does not hold: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
