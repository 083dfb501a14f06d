"""Counts of slices as bytes, read without trusting them.

The bytes: `CDTS`, the format (1), 8 bytes that mark what is counted (grid and slices), the size of the body, how many
counts are not zero (each little-endian, 4 bytes), then the body, deflated: as that of a profile, without extremes.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cdt.measures.packing import BrokenProfile, inflate, numbers_from_bytes, numbers_to_bytes
from cdt.measures.slice_counts import SliceBins

FORMAT = 1
_HEADER = struct.Struct("<4sB8sII")
_MAGIC = b"CDTS"
_LONGEST = 9  # bytes of a number: 63 bits


def mark_of(bins: SliceBins, declared: bytes) -> bytes:
    """What tells counts of these slices from those of others; declared: the slices as they are written."""
    return hashlib.sha256(bins.grid.digest.encode() + declared).digest()[:8]


def encode_slices(counts: NDArray[np.int64], mark: bytes) -> bytes:
    """(slices, size) counts as bytes; equal counts give equal bytes with the same zlib."""
    flat = counts.ravel()
    places = np.flatnonzero(flat)
    values = flat[places]
    if values.size and values.min() < 0:
        raise ValueError("counts below zero can't be stored")
    body = numbers_to_bytes(np.concatenate((np.diff(places, prepend=-1) - 1, values)).astype(np.int64))
    return _HEADER.pack(_MAGIC, FORMAT, mark, len(body), len(places)) + zlib.compress(body, 6)


def decode_slices(bins: SliceBins, slices: int, mark: bytes, stored: Iterable[bytes]) -> NDArray[np.int64]:
    """(slices, size) the sum of what was stored, nothing included; BrokenProfile if one of it isn't of these slices."""
    counts = bins.none(slices)
    flat = counts.reshape(-1)
    for each in stored:
        places, values = _unpack(each, mark, len(flat))
        flat[places] += values
    return counts


def _unpack(stored: bytes, mark: bytes, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if len(stored) < _HEADER.size:
        raise BrokenProfile("counts of slices are cut off within their header")
    magic, form, of_what, length, filled = _HEADER.unpack_from(stored)
    if magic != _MAGIC or form != FORMAT:
        raise BrokenProfile("these bytes are no counts of slices in a known format")
    if of_what != mark:
        raise BrokenProfile("these are counts of other slices, or on another grid")
    if filled > size or length > 2 * _LONGEST * filled:
        raise BrokenProfile("the counts are said to be more than there is place for")
    numbers = numbers_from_bytes(inflate(stored[_HEADER.size :], length))
    if len(numbers) != 2 * filled:
        raise BrokenProfile("there are not as many counts as it says")
    distances, values = numbers[:filled], numbers[filled:]
    if filled and distances.max() >= size:
        raise BrokenProfile("there are counts outside the slices")
    places = np.cumsum(distances + 1) - 1
    if filled and (places[-1] >= size or values.min() < 1):
        raise BrokenProfile("there are counts outside the slices")
    return places, values
