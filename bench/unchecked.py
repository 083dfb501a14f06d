"""`python -m bench.unchecked`: the API without a check of any permission, to see what they cost. No setting does it.

It belongs on a database whose tables have no row-level security either. What tells Postgres whose rows may be seen is
left out too; one statement stays in its place, since every reading asks first how far the read models are.
"""

import sys
from collections.abc import Sequence
from typing import Any

from cdt.access.grants import Grants
from cdt.cli import main
from cdt.database import reading
from cdt.database.reading import Scope, View
from cdt.database.together import Statement
from cdt.graphql.permissions import RequiresHere
from cdt.readmodels.belonging import Seeing


async def _no_check(*_: object) -> None:
    """Nothing is refused here."""


ANSWERS: Sequence[tuple[type, str, Any]] = (
    *((Grants, name, lambda *_: True) for name in ("may", "may_in", "may_anywhere")),
    *((Grants, name, lambda *_: None) for name in ("require", "require_in")),
    (RequiresHere, "check", _no_check),
    (Seeing, "rows", View.rows),
)
"""What stands in place of each check of a permission; tests of the policies alone put it there too."""


def patch() -> None:
    """From now on everything is allowed."""
    for checks, name, answer in ANSWERS:
        setattr(checks, name, answer)
    setattr(reading, "_narrowing", _position)  # noqa: B010


def _position(_: Scope) -> Statement:
    return "SELECT position FROM follower", {}


if __name__ == "__main__":
    patch()
    sys.argv = ["cdt", "api"]
    sys.exit(main())
