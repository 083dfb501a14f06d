"""NDJSON: cut after line ends."""

from collections.abc import Iterator

from cdt.predictions.cutting.reading import MOST_PIECE_BYTES, PIECE_BYTES, Buffer, Source, too_large


def pieces_of_ndjson(source: Source, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """Whole lines."""
    buffer = Buffer(source, piece_bytes)
    size = piece_bytes
    while buffer.fill(size):
        end = buffer.bytes.rfind(b"\n") + 1
        if end:
            yield buffer.take(end)
            size = piece_bytes
        else:
            size *= 2
            if size > MOST_PIECE_BYTES:
                raise too_large("a line")
    if buffer.bytes:
        yield buffer.bytes
