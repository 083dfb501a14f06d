"""Reading fields of Arrow's flatbuffers, of which pyarrow shows only some. `struct.error` where they lie outside."""

import struct


def follow(buffer: bytes, place: int) -> int:
    """Where the table lies that is referred to at a place."""
    return place + struct.unpack_from("<I", buffer, place)[0]


def field(buffer: bytes, table: int, number: int) -> int:
    """Where a field of a table lies; 0 if it is not there."""
    vtable = table - struct.unpack_from("<i", buffer, table)[0]
    if vtable < 0:
        raise struct.error
    if 4 + 2 * number >= struct.unpack_from("<H", buffer, vtable)[0]:
        return 0
    offset: int = struct.unpack_from("<H", buffer, vtable + 4 + 2 * number)[0]
    return table + offset if offset else 0
