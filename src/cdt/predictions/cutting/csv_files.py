"""CSV: cut after rows, each piece with the header once more."""

from collections.abc import Iterator

from cdt.predictions.cutting.reading import MOST_PIECE_BYTES, PIECE_BYTES, Buffer, Source, too_large
from cdt.predictions.decoding.csv_rows import end_of_rows


def pieces_of_csv(source: Source, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """Whole rows after the body's first line."""
    buffer = Buffer(source, piece_bytes)
    header = b""
    size = piece_bytes
    while buffer.fill(size):
        end = end_of_rows(buffer.bytes)
        if end:
            piece = buffer.take(end)
            yield header + piece
            header = header or piece[: piece.find(b"\n") + 1]
            size = piece_bytes
        else:
            size *= 2
            if size > MOST_PIECE_BYTES:
                raise too_large("a row")
    if buffer.bytes or not header:
        yield header + buffer.bytes
