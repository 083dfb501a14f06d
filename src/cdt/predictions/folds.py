"""What keeps the folding of a version and the removal of its rows apart, and tells of the latter."""

from typing import Any

from psycopg import AsyncConnection

from cdt.database.notifications import INTAKE


async def lock(connection: AsyncConnection[Any], version_number: int) -> None:
    """Nothing of the version is folded until this transaction ends, nor begun to be for the first time."""
    await connection.execute(
        "INSERT INTO predictions.folds (version_number, project_id, grid, sequence)"
        " SELECT number, project_id, '', 0 FROM predictions.versions WHERE number = %(number)s"
        " ON CONFLICT (version_number) DO NOTHING",
        {"number": version_number},
    )
    await connection.execute(
        "SELECT sequence FROM predictions.folds WHERE version_number = %(number)s FOR UPDATE",
        {"number": version_number},
    )


async def lock_wholly(connection: AsyncConnection[Any], version_number: int) -> None:
    """Nothing is folded and nothing sealed until this transaction ends.

    Who writes a label before it and seals after finds another revision, and looks its prediction up again.
    """
    await lock(connection, version_number)
    await connection.execute(
        "SELECT revision FROM predictions.versions WHERE number = %(number)s FOR UPDATE", {"number": version_number}
    )


async def revise(connection: AsyncConnection[Any], version_number: int) -> None:
    """Rows that were there have gone: tell whoever has counted or looked them up."""
    await connection.execute(
        "UPDATE predictions.versions SET revision = revision + 1 WHERE number = %(number)s", {"number": version_number}
    )
    await tell(connection, version_number)


async def tell(connection: AsyncConnection[Any], version_number: int) -> None:
    """Tell whoever counts the version's rows to look at it, as if some had come in."""
    await connection.execute(
        "SELECT pg_notify(%(channel)s, number || ' ' || sequence) FROM predictions.versions WHERE number = %(number)s",
        {"channel": INTAKE, "number": version_number},
    )
