"""Whether Postgres is away, so that trying again is right; or has understood, and will say the same each time."""

import psycopg

_SAYS_THE_SAME = frozenset({"27", "2F", "38", "39", "3B", "54", "F0", "HV"})
"""Classes of SQLSTATE that psycopg counts as operational, and that lie in what was asked: 54 is what is too large."""


def is_away(error: BaseException) -> bool:
    """Whether the server went away, is full, or asked to be asked again."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate[:2] not in _SAYS_THE_SAME
