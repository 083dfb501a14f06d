"""The weakest segments: where decisions are wrong surely more often than everywhere else.

Every value or bin of a column is a segment, and so is every pair of two columns'. A segment counts as weak where the
interval of its gap to the rest excludes 0, at a confidence that holds for all segments that were searched together
(Bonferroni). The interval of a gap of two shares is that of Newcombe 1998 over the exact ones of Clopper and Pearson
1934: with thousands of segments the tails matter, and the normal ones are too thin for few rows.

Sources: Chung et al. 2019, Slice Finder: automated data slicing for model validation; Sagadeeva and Boehm 2021,
SliceLine: fast, linear-algebra-based slice finding for ML model debugging.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cdt.measures.quantiles import beta_quantile

MOST_SHOWN = 10
MOST_PAIRED = 40
"""Columns, the first ones, of which pairs are searched."""
MOST_CANDIDATES = 500
"""Weak segments, the first ones, that are held against those found before them."""
BLOCK = 32_768

Codes = NDArray[np.uint8]
Numbers = NDArray[np.float64]
Segment = tuple[tuple[int, int], ...]
"""One or two conditions, each a column's place and the code that it has there."""


class Compared(NamedTuple):
    """A segment against the rest: rows and wrong ones of both, and the interval of the gap of the error rates."""

    segment: Segment
    rows: int
    errors: int
    rest_rows: int
    rest_errors: int
    low: float
    high: float


class Found(NamedTuple):
    """The weak segments, the gravest first, and how many segments were searched."""

    weak: list[Compared]
    searched: int


def search(
    codes: Codes, sizes: Sequence[int], is_wrong: NDArray[np.bool_], *, minimum_rows: int, confidence: float
) -> Found:
    """The weakest segments of rows, at most 10.

    codes: (columns, rows), each below the size of its column. is_wrong: (rows,).
    minimum_rows: of a segment, and of the rest.

    They are ranked by the least gap that the interval allows times the rows: the wrong decisions that are surely too
    many, which is what mending the segment is worth. One that others before it explain is left out: outside of those,
    or within those that hold all of it, it has to be surely worse still, by at least half of its rows.
    """
    rows, errors = len(is_wrong), int(np.count_nonzero(is_wrong))
    segments: list[Segment] = []
    counted: list[NDArray[np.int64]] = []
    for places, table in _tables(codes, sizes, is_wrong):
        sums = table.sum(axis=-1)
        chosen = np.argwhere((sums >= minimum_rows) & (rows - sums >= minimum_rows))
        segments += [tuple(zip(places, each, strict=True)) for each in chosen.tolist()]
        counted.append(np.stack([sums[tuple(chosen.T)], table[..., 1][tuple(chosen.T)]]))
    if not segments:
        return Found([], 0)
    certain = 1 - (1 - confidence) / len(segments)
    inside, wrong = np.concatenate(counted, axis=1)
    worse = np.flatnonzero(wrong * (rows - inside) > (errors - wrong) * inside)
    inside, wrong = inside[worse], wrong[worse]
    low, high = gap_interval(inside, wrong, rows - inside, errors - wrong, confidence=certain)
    ranked = [place for place in np.argsort(-low * inside, kind="stable").tolist() if low[place] > 0]
    weak: list[Compared] = []
    masks: list[NDArray[np.bool_]] = []
    for place in ranked[:MOST_CANDIDATES]:
        segment = segments[worse[place]]
        mask = _rows_of(codes, segment)
        if weak and not _is_news(segment, mask, is_wrong, weak, masks, minimum_rows=minimum_rows, confidence=certain):
            continue
        n, wrong_ones = int(inside[place]), int(wrong[place])
        weak.append(
            Compared(segment, n, wrong_ones, rows - n, errors - wrong_ones, float(low[place]), float(high[place]))
        )
        masks.append(mask)
        if len(weak) == MOST_SHOWN:
            break
    return Found(weak, len(segments))


def gap_interval(
    rows: NDArray[np.int64],
    errors: NDArray[np.int64],
    rest_rows: NDArray[np.int64],
    rest_errors: NDArray[np.int64],
    *,
    confidence: float,
) -> tuple[Numbers, Numbers]:
    """The interval of each gap between two shares; no side is without rows.

    Source: Newcombe 1998, Interval estimation for the difference between independent proportions.

    >>> low, high = gap_interval(*(np.array([n]) for n in (100, 50, 900, 90)), confidence=0.95)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.296, 0.503)
    """
    share, rest = errors / rows, rest_errors / rest_rows
    low, high = _exact_interval(rows, errors, confidence)
    rest_low, rest_high = _exact_interval(rest_rows, rest_errors, confidence)
    gap = share - rest
    return gap - np.hypot(share - low, rest_high - rest), gap + np.hypot(high - share, rest - rest_low)


def _exact_interval(rows: NDArray[np.int64], part: NDArray[np.int64], confidence: float) -> tuple[Numbers, Numbers]:
    """Source: Clopper and Pearson 1934, The use of confidence or fiducial limits."""
    tail = (1 - confidence) / 2
    low = np.where(part == 0, 0.0, beta_quantile(np.maximum(part, 1), rows - part + 1, tail))
    high = np.where(part == rows, 1.0, 1 - beta_quantile(np.maximum(rows - part, 1), part + 1, tail))
    return low, high


def _tables(
    codes: Codes, sizes: Sequence[int], is_wrong: NDArray[np.bool_]
) -> Iterator[tuple[tuple[int, ...], NDArray[np.int64]]]:
    """Of each column and pair of columns (size, ..., 2) how many rows are right and wrong."""
    paired = range(min(len(sizes), MOST_PAIRED))
    wanted: list[tuple[int, ...]] = [(place,) for place in range(len(sizes))]
    wanted += list(combinations(paired, 2))
    tables = [np.zeros(math.prod(sizes[place] for place in places) * 2, dtype=np.int64) for places in wanted]
    for start in range(0, len(is_wrong), BLOCK):  # small enough to stay in the processor's cache
        part = codes[:, start : start + BLOCK].astype(np.int32)
        sides = part * 2 + is_wrong[start : start + BLOCK]
        for places, table in zip(wanted, tables, strict=True):
            keys = sides[places[-1]]
            if len(places) > 1:
                keys = part[places[0]] * (2 * sizes[places[1]]) + keys
            np.add(table, np.bincount(keys, minlength=len(table)), out=table)
    for places, table in zip(wanted, tables, strict=True):
        yield places, table.reshape(*(sizes[place] for place in places), 2)


def _rows_of(codes: Codes, segment: Segment) -> NDArray[np.bool_]:
    found = np.ones(codes.shape[1], dtype=np.bool_)
    for place, code in segment:
        found &= codes[place] == code
    return found


def _is_news(
    segment: Segment,
    mask: NDArray[np.bool_],
    is_wrong: NDArray[np.bool_],
    shown: Sequence[Compared],
    masks: Sequence[NDArray[np.bool_]],
    *,
    minimum_rows: int,
    confidence: float,
) -> bool:
    """Whether those that are shown leave something of a segment's weakness unexplained."""
    around = np.ones(len(mask), dtype=np.bool_)
    for other, rows in zip(shown, masks, strict=True):
        around &= rows if set(other.segment) < set(segment) else ~rows
    inside, rest = mask & around, around & ~mask
    n, others = int(np.count_nonzero(inside)), int(np.count_nonzero(rest))
    if n < max(minimum_rows, np.count_nonzero(mask) / 2) or others < minimum_rows:
        return False
    wrong, others_wrong = np.count_nonzero(inside & is_wrong), np.count_nonzero(rest & is_wrong)
    low, _ = gap_interval(
        *(np.array([each], dtype=np.int64) for each in (n, wrong, others, others_wrong)), confidence=confidence
    )
    return bool(low[0] > 0)
