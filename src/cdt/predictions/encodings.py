"""Bodies that come compressed, opened part by part."""

import gzip
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol

from cdt.domain.errors import Invalid
from cdt.predictions.arrow import pa

MOST_AT_ONCE_BYTES = 32 << 20
"""Members of gzip may hold nothing, one after another: so much of them is looked through for what is read at once."""
BROKEN = (ValueError, OSError, EOFError, zlib.error)


class Opened(Protocol):
    """What a compressed body holds, in order."""

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes; none at the end. One of BROKEN when it is broken."""
        ...


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


class _Bounded:
    """A file of which only so much is read at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.left = 0

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; ValueError beyond what is left."""
        part = self._file.read(size)
        self.left -= len(part)
        if self.left < 0:
            raise ValueError
        return part


class _Gzip:
    """Gzip of which no look takes long."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = _Bounded(file)
        readable: Any = self._file
        self._opened = gzip.GzipFile(fileobj=readable)

    def read(self, size: int, /) -> bytes:
        """As `Opened` says."""
        self._file.left = MOST_AT_ONCE_BYTES
        return self._opened.read(size)


def _gzip(file: BinaryIO) -> Opened:
    """One or more members of gzip, as `cat a.gz b.gz` makes them."""
    return _Gzip(file)


def _zstd(file: BinaryIO) -> Opened:
    """One or more frames of Zstandard."""
    stream: Opened = pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")
    return stream


ENCODINGS: dict[str, Callable[[BinaryIO], Opened]] = {"gzip": _gzip, "zstd": _zstd}
"""By content encoding."""
