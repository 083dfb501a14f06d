"""What an evaluation of drift costs as rows grow, in memory and time: each size in a process of its own."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

from bench.drift_tables import DRIFT, fitted
from bench.table import Claim, Figures, Table
from cdt.measures import reading_from_profiles, reading_from_rows
from cdt.measures.columns import CategoryColumn, Column
from cdt.measures.samples import PredictionRows, Sample

NUMBERS, CATEGORIES = 20, 5
FEW, SOME = 1_000_000, 10_000_000
ROUNDS = 3
MEGABYTE = 1e6


def side(rows: int, moved: float) -> Sample:
    """Numbers of two shapes, every other one moved, and categories."""
    chance = np.random.default_rng(7)
    columns: dict[str, Column] = {}
    for number in range(NUMBERS):
        values = chance.standard_normal(rows) if number % 2 else chance.standard_exponential(rows)
        columns[f"number {number}"] = np.multiply(values, moved, out=values) if number % 2 else values
    for number in range(CATEGORIES):
        codes = chance.integers(0, 8, rows, dtype=np.int32)
        columns[f"category {number}"] = CategoryColumn(codes, tuple("abcdefgh"))
    return Sample(PredictionRows(columns, np.zeros(rows, dtype=np.int32)))


def main() -> None:
    """Measure so many rows, and print what it took.

    arrays: their bytes. most: bytes of memory at its most, beyond those before the rows were there. rows, profiles: a
    processor's seconds.
    """
    rows = int(sys.argv[1])
    reference = side(100_000, 1.0)
    grid = fitted(reference.predictions.columns)
    baseline = reference.profile(grid)
    reading_from_rows(grid, baseline, side(10_000, 1.0), DRIFT)  # what is imported and kept at the first time
    before = _resident()
    current = side(rows, 1.1)
    arrays = rows * (8 * NUMBERS + 4 * CATEGORIES + 4)
    began = time.process_time()
    reading_from_rows(grid, baseline, current, DRIFT)
    from_rows = time.process_time() - began
    profile = current.profile(grid)
    taken: list[float] = []
    for _ in range(5):
        began = time.process_time()
        reading_from_profiles(grid, baseline, profile, DRIFT)
        taken.append(time.process_time() - began)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    print(json.dumps({"arrays": arrays, "most": most, "rows": from_rows, "profiles": median(taken)}))


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell a process's memory")


def measure() -> Table:
    """Processor milliseconds, and megabytes."""
    times = {rows: Figures(f"{rows:,} rows, from rows, for each million", "ms") for rows in (FEW, SOME)}
    profiles = {rows: Figures(f"{rows:,} rows, from profiles", "ms") for rows in (FEW, SOME)}
    memory, arrays = Figures(f"memory at {SOME:,} rows", "MB"), Figures("the columns in use", "MB")
    for _ in range(ROUNDS):
        for rows in (FEW, SOME):
            done = subprocess.run([sys.executable, "-m", "bench.growth", str(rows)], check=True, capture_output=True)
            found = json.loads(done.stdout)
            times[rows].add(found["rows"] * 1_000 / (rows / FEW))
            profiles[rows].add(found["profiles"] * 1_000)
            if rows == SOME:
                memory.add(found["most"] / MEGABYTE)
                arrays.add(found["arrays"] / MEGABYTE)
    return Table(
        title="Growth of an evaluation",
        what=f"all measures of drift but the multivariate, of {NUMBERS} numbers and {CATEGORIES} categories in memory "
        f"against the profile of a baseline, each size in a process of its own, by the processor time that it takes; "
        f"memory at its most, beyond what the process held before its rows; {ROUNDS} rounds",
        figures=[*times.values(), *profiles.values(), memory, arrays],
        claims=[
            Claim(times[SOME], times[FEW], at_most=1.2),
            Claim(profiles[SOME], profiles[FEW], at_most=1.2),
            Claim(memory, arrays, at_most=1.3),
        ],
    )


if __name__ == "__main__":
    main()
