"""Bodies that come compressed: opened part by part, counted as they grow, and never further than a body may be."""

import asyncio
import gzip
import io
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from cdt.domain.errors import Invalid
from cdt.http.bodies import Body
from cdt.predictions.arrow import pa

PART_BYTES = 1 << 20
"""What is opened at once."""
FEW_BYTES = 16 * 1024
"""The first part of so small a body is opened at once, all else in a thread: a body may hold nothing, at length."""

BROKEN = (ValueError, OSError, EOFError, zlib.error)


class Opened(Protocol):
    """What a compressed body holds, in order."""

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes; none at the end. One of BROKEN when it is broken."""
        ...


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


def open_as(encoding: str | None, file: BinaryIO) -> Opened:
    """What a file holds that is compressed so, or not at all."""
    return file if encoding is None else ENCODINGS[encoding](file)


@contextmanager
def reading(encoding: str | None) -> Generator[None]:
    """Make what is broken Invalid."""
    try:
        yield
    except BROKEN as error:
        if encoding is None:
            raise
        raise Invalid("body", f"it is no {encoding} that can be read to its end") from error


async def _next(stream: Opened, encoding: str, *, apart: bool) -> bytes:
    with reading(encoding):
        return await asyncio.to_thread(stream.read, PART_BYTES) if apart else stream.read(PART_BYTES)


def _gzip(file: BinaryIO) -> Opened:
    """One or more members of gzip, as `cat a.gz b.gz` makes them."""
    return gzip.GzipFile(fileobj=file)


def _zstd(file: BinaryIO) -> Opened:
    """One or more frames of Zstandard."""
    stream: Opened = pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")
    return stream


ENCODINGS: dict[str, Callable[[BinaryIO], Opened]] = {"gzip": _gzip, "zstd": _zstd}
"""By content encoding."""
