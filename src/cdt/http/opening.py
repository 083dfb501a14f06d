"""Compressed bodies that fit the memory: counted as they grow, and never opened further than a body may be."""

import asyncio
import io

from cdt.http.bodies import Body
from cdt.predictions.encodings import Opened, open_as, reading

PART_BYTES = 1 << 20
"""What is opened at once."""
FEW_BYTES = 16 * 1024
"""The first part of so small a body is opened at once, all else in a thread: a body may hold nothing, at length."""


async def opened(body: bytes, encoding: str, held: Body, *, most_bytes: int) -> bytes | None:
    """The whole of what a body holds, which stays counted with it; None if that is more. Invalid when it is broken."""
    stream = open_as(encoding, io.BytesIO(body))
    parts: list[bytes] = []
    size = 0
    while part := await _next(stream, encoding, apart=bool(parts) or len(body) > FEW_BYTES):
        size += len(part)
        if size > most_bytes:
            return None
        held.hold(len(part))
        parts.append(part)
    return b"".join(parts)


async def _next(stream: Opened, encoding: str, *, apart: bool) -> bytes:
    with reading(encoding):
        return await asyncio.to_thread(stream.read, PART_BYTES) if apart else stream.read(PART_BYTES)
