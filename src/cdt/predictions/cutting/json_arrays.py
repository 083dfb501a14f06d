"""JSON: an array cut between its rows, each piece an array again."""

import re
from collections.abc import Iterator

from cdt.domain.errors import Invalid
from cdt.predictions.cutting.reading import MOST_PIECE_BYTES, PIECE_BYTES, Buffer, Source
from cdt.predictions.decoding.blocks import BYTE_ORDER_MARK
from cdt.predictions.decoding.json_bodies import last_places, no_array, not_apart, raws_of

_BEGIN = re.compile(rb'\s*+(?:(\{)\s*+"rows"\s*+:\s*+)?\[')
_MOST_BEGIN_BYTES = 1 << 16


def pieces_of_json(source: Source, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """Arrays of whole rows."""
    buffer = Buffer(source, piece_bytes)
    buffer.fill(max(piece_bytes, _MOST_BEGIN_BYTES))
    buffer.bytes = buffer.bytes.removeprefix(BYTE_ORDER_MARK)
    begin = _BEGIN.match(buffer.bytes)
    if begin is None:
        raise no_array()
    buffer.take(begin.end())
    size = piece_bytes
    while buffer.fill(size):
        end = _end_of_rows(buffer.bytes)
        if end:
            yield b"[" + buffer.take(end) + b"]"
            buffer.take(1)  # the comma
            size = piece_bytes
        else:
            size *= 2
            if size > MOST_PIECE_BYTES:
                raise not_apart()
    rest = buffer.bytes.rstrip()
    if begin[1]:
        rest = _without(rest, b"}").rstrip()
    rest = _without(rest, b"]")
    if rest.strip():
        yield b"[" + rest + b"]"


def _end_of_rows(rows: bytes) -> int:
    """A place between two rows, as far back as one is found by a few tries; 0 if none is."""
    for place in last_places(rows, 0, len(rows)):
        try:
            raws_of(rows[:place])
        except Invalid:
            continue  # it stood within a text
        return place
    return 0


def _without(text: bytes, end: bytes) -> bytes:
    if not text.endswith(end):
        raise no_array()
    return text.removesuffix(end)
