"""Rows counted into a profile on their way in, against the same rows logged by whylogs."""

import time

import numpy as np
from numpy.typing import NDArray

from bench.peers import WHYLOGS, driven
from bench.table import Claim, Figures, Table
from cdt.measures import Columns, Grid, fit_grid
from cdt.measures.folding import profile_predictions

COLUMNS = 25
ROWS = 200_000
REFERENCE_ROWS = 50_000
ROUNDS = 3
CLASSES = ("no", "yes")


def some_columns(rows: int) -> dict[str, NDArray[np.float64]]:
    """Numbers of three shapes, with missing values in every fifth column."""
    chance = np.random.default_rng(7)
    shapes = (chance.normal, chance.lognormal, chance.random)
    columns = {f"feature {number}": shapes[number % 3](size=rows) for number in range(COLUMNS)}
    for name in list(columns)[::5]:
        columns[name][::50] = np.nan
    return columns


def a_grid(columns: Columns) -> Grid:
    """A grid that has seen some of the rows, and judges them whole."""
    some = {name: np.asarray(column)[:REFERENCE_ROWS] for name, column in columns.items()}
    return fit_grid(some, features=list(some), classes=CLASSES, positive_class="yes")


def measure() -> Table:
    """Rows a second."""
    ours = Figures("profile: cells, moments, extremes, likelihood", "rows/s")
    peer = Figures("whylogs", "rows/s")
    columns = some_columns(ROWS)
    grid = a_grid(columns)
    decision = np.zeros(ROWS, dtype=np.int32)
    with driven(WHYLOGS, "whylogs_peer.py", columns) as whylogs:
        for number in range(-1, ROUNDS):
            began = time.process_time()
            profile_predictions(grid, columns, decision)
            own = ROWS / (time.process_time() - began)
            other = ROWS / whylogs()
            if number >= 0:
                ours.add(own)
                peer.add(other)
    return Table(
        title="Profiling",
        what=f"{ROWS:,} rows of {COLUMNS} number columns in memory, one process each, by the processor time that they "
        f"take, the median of {ROUNDS} rounds after one that is not counted; {' '.join(WHYLOGS)}",
        figures=[ours, peer],
        claims=[Claim(ours, peer, at_least=100)],
    )
