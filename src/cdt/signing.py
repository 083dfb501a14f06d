"""`cdt signing-keys`: which keys sign access tokens, and another one in place of the newest."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psycopg
import psycopg_pool

from cdt.access.keyring import rotate
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.embedded.beside import beside
from cdt.settings import SettingIsWrong, Settings
from cdt.vault import signing_keys


def run(settings: Settings, *, rotating: bool) -> int:
    """Print the keys, after another one was made if that is wanted; 1, with a sentence, where that can't be."""
    try:
        return asyncio.run(_run(beside(settings), rotating=rotating))
    except (psycopg.OperationalError, psycopg_pool.PoolTimeout) as error:
        return _complain(f"the database can't be reached: {str(error).strip()}")


async def _run(settings: Settings, *, rotating: bool) -> int:
    async with _writer(settings) as writer:
        if rotating and await rotate(writer, datetime.now(UTC)) is None:
            return _complain("a new key was made a moment ago, and signs in some seconds; try again then")
        async with writer.transaction() as connection:
            kept = await signing_keys.in_order(connection)
    for each in kept:
        print(f"{each.key_id:>4}  signs from {each.signs_from.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")  # noqa: T201
    print("Each signs until the next one does; what it has signed holds for an hour at most.")  # noqa: T201
    return 0


@asynccontextmanager
async def _writer(settings: Settings) -> AsyncGenerator[Writer]:
    if settings.database_url is None:
        raise SettingIsWrong("No `cdt up` runs here; start it, or set CDT_DATABASE_URL.")
    conninfo = conninfo_as(settings.database_url, DatabaseRole.SYSTEM, application="cdt-signing-keys")
    async with await psycopg.AsyncConnection.connect(conninfo):  # a server that is away is told at once
        pass
    writer = Writer(conninfo, connections=1)
    await writer.open()
    try:
        yield writer
    finally:
        await writer.close()


def _complain(sentence: str) -> int:
    print(f"cdt: {sentence}", file=sys.stderr)  # noqa: T201
    return 1
