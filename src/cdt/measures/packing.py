"""Profiles as bytes: small for an hour with a few rows, dense for a baseline, and read without trusting them.

The bytes: `CDTP`, the format (1), the first 8 bytes of the grid's SHA-256, the size of the body and how many counts are
not zero (both little-endian, 4 bytes), then the body, deflated. The body is, for each count that isn't zero, its
distance to the one before, and then, for each, the count, as numbers of 7 bits a byte, least first, the high bit on all
but the last.
"""

import struct
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cdt.measures.grid import Grid
from cdt.measures.profile import Profile

_HEADER = struct.Struct("<4sB8sII")
_MAGIC = b"CDTP"
_FORMAT = 1
_LONGEST = 9  # bytes of a number: 63 bits


class BrokenProfile(ValueError):
    """The bytes are not a profile on this grid."""


def encode(profile: Profile) -> bytes:
    """The profile as bytes; equal profiles give equal bytes with the same zlib."""
    counts = profile.counts
    places = np.flatnonzero(counts)
    values = counts[places]
    if values.size and values.min() < 0:
        raise ValueError("a profile with counts below zero can't be stored")
    numbers = np.concatenate((np.diff(places, prepend=-1) - 1, values)).astype(np.int64)
    body = _to_bytes(numbers)
    header = _HEADER.pack(_MAGIC, _FORMAT, _grid_mark(profile.grid), len(body), len(places))
    return header + zlib.compress(body, 6)


def decode(grid: Grid, stored: bytes) -> Profile:
    """The profile that was stored; raises BrokenProfile if it isn't one on this grid."""
    return decode_all(grid, (stored,))


def decode_all(grid: Grid, stored: Iterable[bytes]) -> Profile:
    """The merged profile of many stored ones, none included; much faster than decoding and merging them one by one."""
    counts = np.zeros(grid.layout.size, dtype=np.int64)
    for each in stored:
        places, values = _unpack(grid, each)
        counts[places] += values
    return Profile(grid=grid, counts=counts)


def _unpack(grid: Grid, stored: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of the counts that aren't zero, ascending, and the counts."""
    if len(stored) < _HEADER.size:
        raise BrokenProfile("a profile is cut off within its header")
    magic, version, mark, length, filled = _HEADER.unpack_from(stored)
    if magic != _MAGIC or version != _FORMAT:
        raise BrokenProfile("these bytes are no profile of a known format")
    if mark != _grid_mark(grid):
        raise BrokenProfile("the profile lies on another grid")
    if filled > grid.layout.size or length > 2 * _LONGEST * filled:
        raise BrokenProfile("the profile claims more counts than its grid has")
    numbers = _from_bytes(_inflate(stored[_HEADER.size :], length))
    if len(numbers) != 2 * filled:
        raise BrokenProfile("the profile does not hold the counts that it claims")
    distances, values = numbers[:filled], numbers[filled:]
    if filled and distances.max() >= grid.layout.size:
        raise BrokenProfile("the profile has counts outside its grid")
    places = np.cumsum(distances + 1) - 1
    if filled and (places[-1] >= grid.layout.size or values.min() < 1):
        raise BrokenProfile("the profile has counts outside its grid")
    return places, values


def _grid_mark(grid: Grid) -> bytes:
    return bytes.fromhex(grid.digest[:16])


def _inflate(deflated: bytes, length: int) -> bytes:
    """Exactly that many bytes, and never more in memory."""
    stream = zlib.decompressobj()
    try:
        body = stream.decompress(deflated, length + 1)
    except zlib.error as error:
        raise BrokenProfile("the profile's body is damaged") from error
    if len(body) != length or not stream.eof or stream.unused_data:
        raise BrokenProfile("the profile's body is not as long as it claims")
    return body


def _to_bytes(numbers: NDArray[np.int64]) -> bytes:
    """(numbers,) from 0 to 2**63 - 1, in 7 bits a byte.

    >>> _to_bytes(np.array([0, 127, 128, 300])).hex(" ")
    '00 7f 80 01 ac 02'
    """
    limits = np.left_shift(np.int64(1), 7 * np.arange(1, _LONGEST, dtype=np.int64))
    lengths = 1 + np.searchsorted(limits, numbers, side="right")
    ends = np.cumsum(lengths)
    starts = ends - lengths
    body = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    for place in range(int(lengths.max()) if len(lengths) else 0):
        reaching = lengths > place
        goes_on = np.where(lengths[reaching] > place + 1, 0x80, 0)
        body[starts[reaching] + place] = ((numbers[reaching] >> (7 * place)) & 0x7F) | goes_on
    return body.tobytes()


def _from_bytes(body: bytes) -> NDArray[np.int64]:
    """The numbers of `_to_bytes`.

    >>> _from_bytes(bytes.fromhex("00 7f 80 01 ac 02"))
    array([  0, 127, 128, 300])
    """
    octets = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(octets < 0x80) + 1
    if len(octets) and (not len(ends) or ends[-1] != len(octets)):
        raise BrokenProfile("the profile ends within a number")
    lengths = np.diff(ends, prepend=0)
    if lengths.size and lengths.max() > _LONGEST:
        raise BrokenProfile("the profile holds a number of more than 63 bits")
    starts = ends - lengths
    numbers = np.zeros(len(ends), dtype=np.int64)
    for place in range(int(lengths.max()) if lengths.size else 0):
        reaching = lengths > place
        numbers[reaching] |= (octets[starts[reaching] + place] & 0x7F).astype(np.int64) << (7 * place)
    return numbers
