"""Files in which large bodies wait until they have arrived whole; nameless, so that none outlives its process."""

import asyncio
import errno
import tempfile
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from starlette.types import Receive

from cdt.http.bodies import Body, BodyMemory, Deadline, MoreToCome, TooSlow
from cdt.predictions.errors import Unavailable

IN_MEMORY_BYTES = 8 << 20
"""A larger body waits on the disk."""
STRETCH_BYTES = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class NoRoom(Unavailable):
    """The disk has no room for the body."""

    code = "NO_ROOM"

    def __init__(self) -> None:
        super().__init__(
            "The server's disk has no room for so large a body; send it later, or in parts.", retry_after_seconds=60.0
        )


class Spool:
    """How much of a disk bodies may take: all together, and those of one organization."""

    def __init__(self, folder: Path | None, room: BodyMemory) -> None:
        """`folder` None is the system's for temporary files."""
        self._folder = folder
        self._room = room

    def open(self, holder: Hashable) -> "Spooled":
        """A file for a body of the holder's; NoRoom when there can't be one."""
        try:
            return Spooled(tempfile.TemporaryFile(dir=self._folder), self._room, holder)
        except OSError as error:
            raise NoRoom from error


class Spooled:
    """A body on the disk."""

    def __init__(self, file: BinaryIO, room: BodyMemory, holder: Hashable) -> None:
        self.file = file
        self._room = room
        self._holder = holder
        self._size = 0

    async def write_all(self, body: bytes) -> None:
        """Have it hold a body, to be read from its beginning."""
        await self.write(body)
        await self.rewind()

    async def write(self, part: bytes) -> None:
        """Add to it; Busy or NoRoom when there is no room."""
        self._room.take(self._holder, len(part))
        self._size += len(part)
        try:
            await asyncio.to_thread(self.file.write, part)
        except OSError as error:
            if error.errno in _FULL:
                raise NoRoom from error
            raise

    async def rewind(self) -> None:
        """Read it from its beginning."""
        try:
            await asyncio.to_thread(self.file.seek, 0)
        except OSError as error:  # what was not written yet is written now
            raise NoRoom from error

    def close(self) -> None:
        """It is no longer on the disk."""
        with suppress(OSError):  # what a full disk took no more is tried once more, and not needed
            self.file.close()
        self._room.give_back(self._holder, self._size)
        self._size = 0


async def arrived(
    held: Body, receive: Receive, deadline: Deadline, spool: Spool, *, most_bytes: int
) -> bytes | Spooled:
    """A body, in memory if it is not large. Each `STRETCH_BYTES` of a large one may take the deadline's time.

    Raises as `Body.read` does, and NoRoom.
    """
    try:
        return await held.read(receive, deadline, most_bytes=most_bytes, most_in_memory=IN_MEMORY_BYTES)
    except MoreToCome as more:
        begun = more.begun
    spooled = spool.open(held.holder)
    try:
        left = most_bytes - len(begun)
        await spooled.write(begun)
        held.give_back()
        is_last = False
        while not is_last:
            part, is_last = await _stretch(held, receive, deadline, most_bytes=left)
            left -= len(part)
            await spooled.write(part)
            held.give_back()
        await spooled.rewind()
    except BaseException:
        spooled.close()
        raise
    return spooled


async def _stretch(held: Body, receive: Receive, deadline: Deadline, *, most_bytes: int) -> tuple[bytes, bool]:
    """The next bytes, and whether they are the last."""
    task = deadline.begin()
    parts: list[bytes] = []
    try:
        while held.size < STRETCH_BYTES:
            message = await receive()
            parts.append(held.part(message, most_bytes - held.size))
            if not message.get("more_body", False):
                return b"".join(parts), True
    except asyncio.CancelledError:
        if deadline.is_given_up(task):
            raise TooSlow from None
        raise
    finally:
        deadline.end(task)
    return b"".join(parts), False
