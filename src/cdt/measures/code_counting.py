"""Counts the codes of a category column."""

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import BLOCK

_MOST_TOGETHER = 64
"""Codes up to which two rows are counted as one pair: half as many counts, and pairs repeat less than codes do."""


def rows_by_code(codes: NDArray[np.int32], values: int) -> NDArray[np.int64]:
    """(values + 1,) the rows of each of so many values; the last are the missing ones.

    codes: (rows,) from -1, which is missing, to `values` less one.

    >>> rows_by_code(np.array([0, 1, -1, 0, 2], dtype=np.int32), 3)
    array([2, 1, 1, 1])
    """
    size = values + 1
    counts = np.zeros(size, dtype=np.int64)  # with the missing first
    pairs = np.zeros((size, size) if size <= _MOST_TOGETHER else (0, 0), dtype=np.int64)
    for start in range(0, len(codes), BLOCK):
        part = codes[start : start + BLOCK] + np.int32(1)
        if pairs.size:
            half = len(part) // 2
            both = part[:half] * np.int32(size) + part[half : 2 * half]
            pairs += np.bincount(both, minlength=pairs.size).reshape(pairs.shape)
            part = part[2 * half :]
        counts += np.bincount(part, minlength=size)
    if pairs.size:
        counts += pairs.sum(axis=0) + pairs.sum(axis=1)
    return np.roll(counts, -1)
