"""How long calls took, as counts by the classes of a logarithmic scale: they add up, and tell quantiles within 2 %."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATIO = 1.04
"""Of a class's upper end to its lower one."""
RELATIVE_ERROR = (RATIO - 1) / (RATIO + 1)
"""How far a quantile may be off: each class is told by the value that is equally far from both of its ends."""
SHORTEST_MS = 0.01
"""All that is shorter is one class."""
MOST_MS = 86_400_000.0
"""A day."""


class Durations(NamedTuple):
    """Classes, ascending, and how many calls each has."""

    buckets: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()

    def quantile(self, share: float) -> float | None:
        """So many milliseconds did at least this share of the calls take at the most; None where there is none.

        >>> round(counted(np.arange(1.0, 101.0)).quantile(0.95) / 95, 1)
        1.0
        """
        wanted = share * sum(self.counts)
        seen = 0
        for bucket, count in zip(self.buckets, self.counts, strict=True):
            seen += count
            if seen >= wanted:
                return SHORTEST_MS if bucket == 0 else SHORTEST_MS * RATIO**bucket * 2 / (RATIO + 1)
        return None


NO_DURATIONS = Durations()


def counted(milliseconds: NDArray[np.float64]) -> Durations:
    """From times in [0, `MOST_MS`]; NaN is none."""
    known = milliseconds[~np.isnan(milliseconds)]
    if not len(known):
        return NO_DURATIONS
    places = np.ceil(np.log(np.maximum(known, SHORTEST_MS) / SHORTEST_MS) / math.log(RATIO)).astype(np.int64)
    buckets, counts = np.unique(places, return_counts=True)
    return Durations(tuple(buckets.tolist()), tuple(counts.tolist()))


def added(parts: Iterable[Durations]) -> Durations:
    """All of them together.

    >>> added([Durations((1, 3), (2, 1)), Durations((2, 3), (5, 1))])
    Durations(buckets=(1, 2, 3), counts=(2, 5, 2))
    """
    total: dict[int, int] = {}
    for part in parts:
        for bucket, count in zip(part.buckets, part.counts, strict=True):
            total[bucket] = total.get(bucket, 0) + count
    return Durations(tuple(sorted(total)), tuple(total[bucket] for bucket in sorted(total)))
