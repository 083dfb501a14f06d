"""What pieces are read from, and how large they are."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from cdt.domain.errors import Invalid

PIECE_BYTES = 4 << 20
"""A few thousand rows to some ten thousand: about what a segment holds."""
MOST_PIECE_BYTES = 64 << 20
"""What can't be cut smaller is refused."""


class Source(Protocol):
    """The bytes of a body, in order."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


Cutter: TypeAlias = Callable[[Source], Iterator[bytes]]


class Buffer:
    """Bytes that were read and not used yet."""

    def __init__(self, source: Source, piece_bytes: int = PIECE_BYTES) -> None:
        self.bytes = b""
        self.is_at_end = False
        self._source = source
        self._piece_bytes = piece_bytes

    def fill(self, size: int) -> bool:
        """Have so many bytes, or all that are left; whether there are so many."""
        parts = [self.bytes]
        held = len(self.bytes)
        while held < size and not self.is_at_end:
            part = self._source.read(min(size - held, self._piece_bytes))
            self.is_at_end = not part
            parts.append(part)
            held += len(part)
        if len(parts) > 1:
            self.bytes = b"".join(parts)
        return held >= size

    def take(self, size: int) -> bytes:
        """The first so many bytes, which are used now."""
        taken, self.bytes = self.bytes[:size], self.bytes[size:]
        return taken


def too_large(what: str) -> Invalid:
    """The refusal of a body of which one thing is too large to be held in memory."""
    return Invalid("body", f"{what} has more than {MOST_PIECE_BYTES >> 20} MiB")
