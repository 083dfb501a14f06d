"""Rows counted into a profile on their way in, against the same rows logged by whylogs."""

import os
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from bench.peers import WHYLOGS, python_with
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
    with _whylogs(columns) as (asked, answers):
        for number in range(-1, ROUNDS):
            began = time.perf_counter()
            profile_predictions(grid, columns, decision)
            own = ROWS / (time.perf_counter() - began)
            asked.write("once more\n")
            asked.flush()
            other = ROWS / float(answers.readline())
            if number >= 0:
                ours.add(own)
                peer.add(other)
    return Table(
        title="Profiling",
        what=f"{ROWS:,} rows of {COLUMNS} number columns in memory, one process each, the median of {ROUNDS} rounds "
        f"after one that is not counted; {' '.join(WHYLOGS)}",
        figures=[ours, peer],
        claims=[Claim(ours, peer, at_least=100)],
    )


@contextmanager
def _whylogs(columns: dict[str, NDArray[np.float64]]) -> Generator[tuple[IO[str], IO[str]]]:
    python = python_with(WHYLOGS)
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "columns.npz"
        np.savez(stored, **columns)  # pyright: ignore[reportArgumentType]
        process = subprocess.Popen(
            [python, Path(__file__).with_name("whylogs_peer.py"), stored],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "WHYLOGS_NO_ANALYTICS": "True"},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            while process.stdout.readline().strip() != "ready":
                if process.poll() is not None:
                    raise RuntimeError("whylogs could not be started")
            yield process.stdin, process.stdout
        finally:
            process.stdin.close()
            process.wait()
