"""Bodies that come compressed: opened part by part, counted as they grow, and never further than a body may be."""

import asyncio
import gzip
import io
import zlib
from collections.abc import Callable
from typing import Protocol

from cdt.domain.errors import Invalid
from cdt.http.bodies import Body, TooLarge
from cdt.predictions.arrow import pa

PART_BYTES = 1 << 20
"""What is opened at once."""
FEW_BYTES = 16 * 1024
"""The first part of so small a body is opened at once, all else in a thread: a body may hold nothing, at length."""

BROKEN = (ValueError, OSError, EOFError, zlib.error)


class Opened(Protocol):
    """What a compressed body holds, in order."""

    def read(self, size: int) -> bytes:
        """At most so many of the next bytes; none at the end. One of BROKEN when it is broken."""
        ...


async def opened(body: bytes, encoding: str, held: Body, *, most_bytes: int) -> bytes:
    """The whole of what a body holds, which stays counted with it; Invalid when it is broken, TooLarge, or Busy."""
    stream = ENCODINGS[encoding](body)
    parts: list[bytes] = []
    size = 0
    while part := await _next(stream, encoding, apart=bool(parts) or len(body) > FEW_BYTES):
        size += len(part)
        if size > most_bytes:
            raise TooLarge
        held.hold(len(part))
        parts.append(part)
    return b"".join(parts)


async def _next(stream: Opened, encoding: str, *, apart: bool) -> bytes:
    try:
        return await asyncio.to_thread(stream.read, PART_BYTES) if apart else stream.read(PART_BYTES)
    except BROKEN as error:
        raise Invalid("body", f"it is no {encoding} that can be read to its end") from error


def _gzip(body: bytes) -> Opened:
    """One or more members of gzip, as `cat a.gz b.gz` makes them."""
    return gzip.GzipFile(fileobj=io.BytesIO(body))


def _zstd(body: bytes) -> Opened:
    """One or more frames of Zstandard."""
    stream: Opened = pa.CompressedInputStream(pa.py_buffer(body), "zstd")
    return stream


ENCODINGS: dict[str, Callable[[bytes], Opened]] = {"gzip": _gzip, "zstd": _zstd}
"""By content encoding."""
