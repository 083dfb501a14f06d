"""Profiles as bytes: small for an hour with a few rows, dense for a baseline, and read without trusting them.

The bytes: `CDTP`, the format (2), the first 8 bytes of the grid's SHA-256, the size of the body, how many counts are
not zero and how many number columns have extremes (each little-endian, 4 bytes), then the body, deflated. The body is,
for each count that isn't zero, its distance to the one before, and then, for each, the count, as numbers of 7 bits a
byte, least first, the high bit on all but the last; then, for each column with extremes, its place (2 bytes,
little-endian) and the two (8 bytes each). Format 1 had no extremes and no moments: it is still read.
"""

import struct
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, no_extremes, widen

FORMAT = 2
"""Of what is counted of a row, too: stored hours of another format are folded anew."""
_HEADERS = {1: struct.Struct("<4sB8sII"), FORMAT: struct.Struct("<4sB8sIII")}
_SHORTEST = 5
_MAGIC = b"CDTP"
_EXTREMES = np.dtype([("place", "<u2"), ("least", "<f8"), ("greatest", "<f8")])
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
    known = np.flatnonzero(profile.extremes[:, 0] <= profile.extremes[:, 1])
    extremes = np.empty(len(known), dtype=_EXTREMES)
    extremes["place"], extremes["least"], extremes["greatest"] = known, *profile.extremes[known].T
    body = numbers_to_bytes(numbers) + extremes.tobytes()
    header = _HEADERS[FORMAT].pack(_MAGIC, FORMAT, _grid_mark(profile.grid), len(body), len(places), len(known))
    return header + zlib.compress(body, 6)


def decode(grid: Grid, stored: bytes) -> Profile:
    """The profile that was stored; raises BrokenProfile if it isn't one on this grid."""
    return decode_all(grid, (stored,))


def decode_all(grid: Grid, stored: Iterable[bytes]) -> Profile:
    """The merged profile of many stored ones, none included; much faster than decoding and merging them one by one."""
    counts, extremes = np.zeros(grid.layout.size, dtype=np.int64), no_extremes(grid)
    for each in stored:
        places, values, known = _unpack(grid, each)
        counts[places] += values
        widen(extremes, known)
    return Profile(grid=grid, counts=counts, extremes=extremes)


def _unpack(grid: Grid, stored: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The places of the counts that aren't zero, ascending, the counts, and the extremes."""
    header = _HEADERS.get(stored[_SHORTEST - 1]) if len(stored) >= _SHORTEST else None
    if len(stored) < _SHORTEST or (header is not None and len(stored) < header.size):
        raise BrokenProfile("a profile is cut off within its header")
    if header is None or stored[: len(_MAGIC)] != _MAGIC:
        raise BrokenProfile("these bytes are no profile of a known format")
    _, _, mark, length, filled, *rest = header.unpack_from(stored)
    ranges = rest[0] if rest else 0
    if mark != _grid_mark(grid):
        raise BrokenProfile("the profile lies on another grid")
    tail = ranges * _EXTREMES.itemsize
    if filled > grid.layout.size or ranges > grid.layout.counted_numbers or length > 2 * _LONGEST * filled + tail:
        raise BrokenProfile("the profile claims more counts than its grid has")
    body = inflate(stored[header.size :], length)
    if len(body) < tail:
        raise BrokenProfile("the profile does not hold the extremes that it claims")
    numbers = numbers_from_bytes(body[: len(body) - tail])
    if len(numbers) != 2 * filled:
        raise BrokenProfile("the profile does not hold the counts that it claims")
    distances, values = numbers[:filled], numbers[filled:]
    if filled and distances.max() >= grid.layout.size:
        raise BrokenProfile("the profile has counts outside its grid")
    places = np.cumsum(distances + 1) - 1
    if filled and (places[-1] >= grid.layout.size or values.min() < 1):
        raise BrokenProfile("the profile has counts outside its grid")
    return places, values, _extremes(grid, body[len(body) - tail :])


def _extremes(grid: Grid, stored: bytes) -> NDArray[np.float64]:
    found, extremes = np.frombuffer(stored, dtype=_EXTREMES), no_extremes(grid)
    places = found["place"].astype(np.intp)
    if len(places) and (places.max() >= len(extremes) or (np.diff(places) <= 0).any()):
        raise BrokenProfile("the profile has extremes of columns outside its grid")
    if not (found["least"] <= found["greatest"]).all():
        raise BrokenProfile("the profile has extremes that are turned round")
    extremes[places, 0], extremes[places, 1] = found["least"], found["greatest"]
    return extremes


def _grid_mark(grid: Grid) -> bytes:
    return bytes.fromhex(grid.digest[:16])


def inflate(deflated: bytes, length: int) -> bytes:
    """Exactly that many bytes, and never more in memory."""
    stream = zlib.decompressobj()
    try:
        body = stream.decompress(deflated, length + 1)
    except zlib.error as error:
        raise BrokenProfile("the profile's body is damaged") from error
    if len(body) != length or not stream.eof or stream.unused_data:
        raise BrokenProfile("the profile's body is not as long as it claims")
    return body


def numbers_to_bytes(numbers: NDArray[np.int64]) -> bytes:
    """(numbers,) from 0 to 2**63 - 1, in 7 bits a byte.

    >>> numbers_to_bytes(np.array([0, 127, 128, 300])).hex(" ")
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


def numbers_from_bytes(body: bytes) -> NDArray[np.int64]:
    """The numbers of `numbers_to_bytes`.

    >>> numbers_from_bytes(bytes.fromhex("00 7f 80 01 ac 02"))
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
