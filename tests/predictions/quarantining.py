"""Sending bodies as every way in does, and what is left of them."""

import tempfile
from collections.abc import Mapping
from typing import Any

import psycopg

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions.bodies import Bodies, Sent
from cdt.predictions.intake import Intake
from cdt.predictions.quarantine.kept import QuarantinedRow, page
from cdt.predictions.receipts import Receipt
from cdt.predictions.rows import Kind
from cdt.predictions.versions import Version
from tests.predictions.builders import NOW

NDJSON = "application/x-ndjson"


async def take(
    intake: Intake,
    version: Version,
    body: bytes,
    *,
    form: str = NDJSON,
    kind: Kind = "predictions",
    key: str | None = None,
    again: tuple[int, ...] = (),
) -> Receipt:
    """Send a body that is in memory."""
    bodies = Bodies(lambda: intake, lambda: NOW, most_bytes=1 << 30)
    return await bodies.take_bytes(body, Sent(version, kind, form, None, key), again=again)


async def take_in_pieces(
    intake: Intake, version: Version, body: bytes, *, form: str = NDJSON, key: str | None = None
) -> Receipt:
    """Send a body as a large one."""
    bodies = Bodies(lambda: intake, lambda: NOW, most_bytes=1 << 30)
    with tempfile.TemporaryFile() as file:
        file.write(body)
        file.seek(0)

        async def confirm() -> None:
            return

        return await bodies.take_file(file, Sent(version, "predictions", form, None, key), confirm=confirm)


async def quarantine(dsn: str, number: int = 1) -> list[QuarantinedRow]:
    """All of a version's, oldest first."""
    async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        return (await page(connection, number, limit=100_000))[::-1]


async def counted(dsn: str) -> Mapping[tuple[str, str], int]:
    """Rows by hour and why."""
    async with await psycopg.AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        cursor = await connection.execute("SELECT hour, tally, rows FROM predictions.tallies")
        return {(f"{hour:%m-%d %H}", tally): rows for hour, tally, rows in await cursor.fetchall()}


def reasons(row: QuarantinedRow) -> list[tuple[Any, ...]]:
    """Column, kind and sentence of each."""
    return [(each.column, each.kind, each.reason) for each in row.typed_reasons]
