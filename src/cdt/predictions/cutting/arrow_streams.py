"""Arrow IPC streams: cut between record batches, each piece with the schema and the dictionaries known by then."""

import struct
from collections.abc import Iterator
from itertools import chain

from cdt.domain.errors import Invalid
from cdt.predictions.cutting.reading import MOST_PIECE_BYTES, PIECE_BYTES, Buffer, Source, too_large
from cdt.predictions.decoding.flatbuffers import field, follow

_CONTINUATION = b"\xff\xff\xff\xff"
_END = _CONTINUATION + b"\x00\x00\x00\x00"
_KIND, _HEADER, _BODY_LENGTH = 1, 2, 3
_SCHEMA, _DICTIONARY, _RECORDS = 1, 2, 3
"""What a message is."""
_ID, _IS_DELTA = 0, 2
"""Places of the fields of a dictionary batch."""
_MOST_METADATA_BYTES = 16 << 20


def pieces_of_arrow(source: Source, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """Record batches, several of them where they are small."""
    buffer = Buffer(source, piece_bytes)
    schema = b""
    dictionaries = _Dictionaries()
    piece: list[bytes] = []
    size = 0
    try:
        while message := _next(buffer):
            kind = _kind(message)
            if kind == _SCHEMA and not schema:
                schema = message
                continue
            if kind not in {_DICTIONARY, _RECORDS}:
                raise Invalid("body", "it is no Arrow IPC stream that can be read")
            if kind == _DICTIONARY:
                dictionaries.keep(message)
                if not piece:  # it begins with all that are known by its first record batch
                    continue
            if not piece:
                piece = [schema, *dictionaries.messages()]
            piece.append(message)
            size += len(message)
            if size >= max(piece_bytes, dictionaries.size):
                yield b"".join([*piece, _END])
                piece, size = [], 0
    except struct.error as error:
        raise Invalid("body", "it is no Arrow IPC stream that can be read") from error
    if piece or not schema:
        yield b"".join([*piece, _END]) if piece else schema


class _Dictionaries:
    """Those that are known: no more of them than fit the memory, however often each is replaced."""

    def __init__(self) -> None:
        self.size = 0
        self._by_number: dict[int, list[bytes]] = {}

    def keep(self, message: bytes) -> None:
        """Know one from now on, or what comes to it."""
        metadata, table = _table(message)
        dictionary = follow(metadata, field(metadata, table, _HEADER))
        id_place, delta_place = field(metadata, dictionary, _ID), field(metadata, dictionary, _IS_DELTA)
        number = struct.unpack_from("<q", metadata, id_place)[0] if id_place else 0
        if delta_place and metadata[delta_place]:
            self._by_number.setdefault(number, []).append(message)
        else:
            self.size -= sum(map(len, self._by_number.get(number, ())))
            self._by_number[number] = [message]
        self.size += len(message)
        if self.size > MOST_PIECE_BYTES:
            raise too_large("what its dictionaries hold together")

    def messages(self) -> Iterator[bytes]:
        """What says all of them again."""
        return chain.from_iterable(self._by_number.values())


def _next(buffer: Buffer) -> bytes:
    """The next message, whole; nothing at the end of the stream."""
    if not buffer.fill(8):
        if buffer.bytes.strip(b"\x00"):
            raise _cut_off()
        return b""
    prefix = 8 if buffer.bytes.startswith(_CONTINUATION) else 4
    metadata_size = struct.unpack_from("<i", buffer.bytes, prefix - 4)[0]
    if metadata_size == 0:
        return b""
    if not 0 < metadata_size <= _MOST_METADATA_BYTES:
        raise struct.error
    if not buffer.fill(prefix + metadata_size):
        raise _cut_off()
    metadata = buffer.bytes[prefix : prefix + metadata_size]
    place = field(metadata, follow(metadata, 0), _BODY_LENGTH)
    body_size = struct.unpack_from("<q", metadata, place)[0] if place else 0
    if body_size < 0:
        raise struct.error
    whole = prefix + metadata_size + body_size
    if whole > MOST_PIECE_BYTES:
        raise too_large("a record batch")
    if not buffer.fill(whole):
        raise _cut_off()
    return buffer.take(whole)


def _table(message: bytes) -> tuple[bytes, int]:
    """Its metadata, and where the message begins in them."""
    prefix = 8 if message.startswith(_CONTINUATION) else 4
    metadata = message[prefix : prefix + struct.unpack_from("<i", message, prefix - 4)[0]]
    return metadata, follow(metadata, 0)


def _kind(message: bytes) -> int:
    metadata, table = _table(message)
    place = field(metadata, table, _KIND)
    return metadata[place] if place else 0


def _cut_off() -> Invalid:
    return Invalid("body", "it ends in the middle of a message")
