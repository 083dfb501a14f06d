"""A process that sees what becomes readable: `python -m bench.watcher <connection string> <project>`.

Prints "ready", then a line for each projected position whose row it has read: the position and the clock's nanoseconds.
"""

import asyncio
import sys
import time
from uuid import UUID

import msgspec

from cdt.database.notifications import PROJECTED, Notifications
from cdt.database.reading import Reader, Scope
from cdt.domain.kernel import Position


class Entry(msgspec.Struct, frozen=True):
    """The row that a projection wrote for a position."""

    position: int


async def watch(conninfo: str, scope: Scope) -> None:
    """Until the standard input ends."""
    reader = Reader(conninfo, connections=1)
    notifications = Notifications(conninfo, PROJECTED)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await reader.open()
    await notifications.open()
    async with notifications.following(PROJECTED, heard.put_nowait):
        await heard.get()  # '' once it listens
        print("ready", flush=True)
        seen = await reader.projected_position()
        while True:
            payload = await heard.get()
            position = Position(int(payload.partition(" ")[0]))
            async with reader.at(position, scope) as view:
                rows = await view.rows(
                    Entry,
                    "SELECT position FROM audit_entries WHERE position > %(seen)s::bigint"
                    " AND position <= %(position)s::bigint",
                    seen=seen,
                )
            now = time.monotonic_ns()
            for row in rows:
                print(row.position, now, flush=False)
            sys.stdout.flush()
            seen = position


if __name__ == "__main__":
    asyncio.run(watch(sys.argv[1], Scope(projects=(UUID(sys.argv[2]),))))
