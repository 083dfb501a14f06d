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
FEW_NUMBERS, FEW_CATEGORIES = 4, 1
"""Of the longest: a hundred million rows of all columns would be 18 gigabytes."""
FEW, SOME, MANY = 1_000_000, 10_000_000, 100_000_000
ROUNDS = 3
MEGABYTE = 1e6


def side(rows: int, moved: float, numbers: int, categories: int) -> Sample:
    """Numbers of two shapes, every other one moved, and categories."""
    chance = np.random.default_rng(7)
    columns: dict[str, Column] = {}
    for number in range(numbers):
        values = chance.standard_normal(rows) if number % 2 else chance.standard_exponential(rows)
        columns[f"number {number}"] = np.multiply(values, moved, out=values) if number % 2 else values
    for number in range(categories):
        codes = chance.integers(0, 8, rows, dtype=np.int32)
        columns[f"category {number}"] = CategoryColumn(codes, tuple("abcdefgh"))
    return Sample(PredictionRows(columns, np.full(rows, 0, dtype=np.int32)))


def main() -> None:
    """Measure so many rows of so many numbers and categories, and print what it took.

    arrays: their bytes. most: bytes of memory at its most, beyond those before the rows were there. rows, profiles: a
    processor's seconds.
    """
    rows, numbers, categories = map(int, sys.argv[1:])
    reference = side(100_000, 1.0, numbers, categories)
    grid = fitted(reference.predictions.columns)
    baseline = reference.profile(grid)
    # what is imported and kept at the first time
    reading_from_rows(grid, baseline, side(10_000, 1.0, numbers, categories), DRIFT)
    before = _resident()
    current = side(rows, 1.1, numbers, categories)
    arrays = rows * (8 * numbers + 4 * categories + 4)
    began = time.process_time()
    reading_from_rows(grid, baseline, current, DRIFT)
    from_rows = time.process_time() - began
    profile = current.profile(grid)
    taken: list[float] = []
    for _ in range(20):
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


def run(rows: int, numbers: int, categories: int) -> dict[str, float]:
    """What `main` prints, of a process of its own."""
    sizes = [str(rows), str(numbers), str(categories)]
    done = subprocess.run([sys.executable, "-m", "bench.growth", *sizes], check=True, capture_output=True)
    return json.loads(done.stdout)


def measure() -> Table:
    """Processor milliseconds, and megabytes."""
    wide, narrow = (NUMBERS, CATEGORIES), (FEW_NUMBERS, FEW_CATEGORIES)
    sizes = [(FEW, wide), (SOME, wide), (FEW, narrow), (MANY, narrow)]
    times, profiles = (
        {
            (rows, columns): Figures(f"{rows:,} rows of {sum(columns)} columns, from {source}", "ms")
            for rows, columns in sizes
        }
        for source in ("rows, for each million", "profiles")
    )
    memory = {size: Figures(f"memory at {size[0]:,} rows of {sum(size[1])} columns", "MB") for size in sizes[1::2]}
    arrays = {size: Figures(f"these {sum(size[1])} columns", "MB") for size in sizes[1::2]}
    for _ in range(ROUNDS):
        for rows, columns in sizes:
            found = run(rows, *columns)
            times[rows, columns].add(found["rows"] * 1_000 / (rows / FEW))
            profiles[rows, columns].add(found["profiles"] * 1_000)
            if rows != FEW:
                memory[rows, columns].add(found["most"] / MEGABYTE)
                arrays[rows, columns].add(found["arrays"] / MEGABYTE)
    pairs = [(large, (FEW, large[1])) for large in sizes[1::2]]
    return Table(
        title="Growth of an evaluation",
        what=f"all measures of drift but the multivariate, of {NUMBERS} numbers and {CATEGORIES} categories (of "
        f"{FEW_NUMBERS} and {FEW_CATEGORIES} where there are {MANY:,} rows) in memory against the profile of a "
        "baseline, each size in a process of its own, by the processor time that it takes; memory at its most, beyond "
        f"what the process held before its rows; {ROUNDS} rounds",
        figures=[*times.values(), *profiles.values(), *memory.values(), *arrays.values()],
        claims=[
            *(Claim(times[large], times[small], at_most=1.2) for large, small in pairs),
            *(Claim(profiles[large], profiles[small], at_most=1.2) for large, small in pairs),
            *(Claim(memory[large], arrays[large], at_most=1.3) for large, _ in pairs),
        ],
    )


if __name__ == "__main__":
    main()
