"""The exact Kolmogorov-Smirnov distance of many columns, against scipy's of the same arrays."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from bench.table import Claim, Figures, Table
from cdt.measures import drift

COLUMNS = 20
ROWS = 1_000_000
ROUNDS = 3
LARGEST_DIFFERENCE = 1e-9

Sides = tuple[NDArray[np.float64], NDArray[np.float64]]


def some_columns() -> list[Sides]:
    """Of four shapes, one of them of whole numbers, one with a third of its rows at zero, each moved a little."""
    random = np.random.default_rng(7)

    def zero_inflated(size: int) -> NDArray[np.float64]:
        return np.where(random.random(size) < 0.3, 0.0, random.lognormal(size=size))

    shapes: tuple[Callable[..., Any], ...] = (
        random.normal,
        random.lognormal,
        zero_inflated,
        lambda size: random.normal(45, 20, size).round(),
    )
    return [
        (shapes[number % 4](size=ROWS), shapes[number % 4](size=ROWS) * (1 + 0.001 * number))
        for number in range(COLUMNS)
    ]


def measure() -> Table:
    """Columns a second."""
    ours, peer = Figures("cdt.measures.drift, with interval and p-value", "columns/s"), Figures("scipy", "columns/s")
    columns = some_columns()
    for number in range(-1, ROUNDS):
        began = time.perf_counter()
        found = [drift.kolmogorov_smirnov(old, new).value for old, new in columns]
        own = COLUMNS / (time.perf_counter() - began)
        began = time.perf_counter()
        theirs = [float(ks_2samp(old, new, method="asymp").statistic) for old, new in columns]
        other = COLUMNS / (time.perf_counter() - began)
        for one, another in zip(found, theirs, strict=True):
            if one is None or abs(one - another) > LARGEST_DIFFERENCE:
                raise AssertionError(f"{one} is not {another}")
        if number >= 0:
            ours.add(own)
            peer.add(other)
    return Table(
        title="Exact Kolmogorov-Smirnov",
        what=f"{COLUMNS} columns of {ROWS:,} rows a side in memory, a half of them with ties, equal to "
        f"{LARGEST_DIFFERENCE:g}, one process, the median of {ROUNDS} rounds by turns after one that is not counted",
        figures=[ours, peer],
        claims=[Claim(ours, peer, at_least=8)],
    )
