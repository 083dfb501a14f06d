"""Large bodies on their way from a file to their rows: counted, hashed, cut and decoded, a piece at a time."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import BinaryIO, Generic, TypeVar

from cdt.predictions.encodings import Opened, reading
from cdt.predictions.errors import TooLarge
from cdt.predictions.parts import Part

B = TypeVar("B")

DRAINED_BYTES = 1 << 20


class Counted:
    """What a body holds, counted as it is read, and hashed if somebody needs that."""

    def __init__(self, opened: Opened, *, encoding: str | None, most_bytes: int, is_hashed: bool) -> None:
        self._opened = opened
        self._encoding = encoding
        self._left = most_bytes
        self._hash = hashlib.sha256() if is_hashed else None

    def read(self, size: int, /) -> bytes:
        """The next bytes; TooLarge when there are more than there may be, Invalid when they can't be opened."""
        with reading(self._encoding):
            part = self._opened.read(size)
        self._left -= len(part)
        if self._left < 0:
            raise TooLarge
        if self._hash is not None:
            self._hash.update(part)
        return part

    def digest(self) -> str:
        """Of all of it; what was not read yet is read now."""
        while self.read(DRAINED_BYTES):
            pass
        return "" if self._hash is None else self._hash.hexdigest()


class PiecedBody(Generic[B]):
    """A body that is decoded piece by piece, in a thread, when it is its turn."""

    def __init__(
        self,
        pieces: Iterator[bytes],
        decode: Callable[[bytes], Part[B]],
        digest: Callable[[], str],
        turns: asyncio.Semaphore,
    ) -> None:
        self._pieces = pieces
        self._decode = decode
        self._digest = digest
        self._turns = turns

    async def parts(self) -> AsyncIterator[Part[B]]:
        """Its parts in order."""
        while True:
            async with self._turns:
                part = await asyncio.to_thread(self._next)
            if part is None:
                return
            yield part

    async def digest(self) -> str:
        """What tells it from others."""
        return await asyncio.to_thread(self._digest)

    def _next(self) -> Part[B] | None:
        piece = next(self._pieces, None)
        if piece is None:
            return None
        return self._decode(piece)


def digest_of_file(file: BinaryIO) -> str:
    """The SHA-256 of a file of the system, read without moving where others read on."""
    hashed, place = hashlib.sha256(), 0
    while part := os.pread(file.fileno(), DRAINED_BYTES, place):
        hashed.update(part)
        place += len(part)
    return hashed.hexdigest()
