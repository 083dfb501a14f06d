"""The drift of whole tables, all measures but the multivariate, against Evidently, frouros and whylogs."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
from msgspec import UNSET
from msgspec.structs import replace

from bench.drift_columns import CATEGORIES, NUMBERS, Side, two_sides
from bench.peers import EVIDENTLY, FROUROS, WHYLOGS_VIZ, Peer, driven
from bench.table import Claim, Figures, Table
from cdt.measures import Grid, Profile, Reading, ReadingRules, fit_grid, reading_from_profiles
from cdt.measures.catalog import BY_NAME
from cdt.measures.columns import CategoryColumn, Columns
from cdt.measures.folding import profile_predictions
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov_of_rows

ROWS = 1_000_000
ROUNDS = 3
DRIFT = ReadingRules(measures=tuple(name for name, each in BY_NAME.items() if each.family == "drift"))
LARGEST_DIFFERENCE = 1e-9


def coded(side: Side) -> dict[str, Any]:
    """A side with its texts as codes, as every batch is once it was decoded."""
    columns: dict[str, Any] = {}
    for name, column in side.items():
        if column.dtype.kind == "U":
            values, codes = np.unique(column, return_inverse=True)
            columns[name] = CategoryColumn(codes.astype(np.int32), tuple(values.tolist()))
        else:
            columns[name] = column
    return columns


def fitted(reference: Columns) -> Grid:
    """A grid of the reference, without what judges whole rows, which is no measure of drift."""
    grid = fit_grid(reference, features=list(reference), classes=("no", "yes"), positive_class="yes")
    return replace(grid, likelihood=UNSET)


def counted(grid: Grid, side: Columns) -> Profile:
    """A side's profile."""
    return profile_predictions(grid, side, np.zeros(ROWS, dtype=np.int32))


def exact_gaps(grid: Grid, old: Columns, new: Columns) -> dict[str, float | None]:
    """The Kolmogorov-Smirnov distance of each number at every value of its rows."""
    return {
        name: kolmogorov_smirnov_of_rows(feature.cells, old[name], new[name]).value  # pyright: ignore
        for name, feature in grid.by_name.items()
        if name.startswith("number")
    }


def processor_seconds(function: Callable[[], object], times: int = 1) -> float:
    """What a call takes of a processor, as the mean of some."""
    began = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - began) / times


def measure() -> Table:
    """Tables a second of a processor, so that more is better."""
    names = {
        "both": "ours: both sides, fitted, counted, all measures",
        "exact": "ours, with the exact Kolmogorov-Smirnov distance of all rows",
        "kept": "ours, the baseline kept",
        "profiles": "ours, from profiles",
        "report": "Evidently, its drift report",
        "bare": "Evidently, its bare PSI function",
        "frouros": "frouros, six measures of numbers, chi-square of categories",
        "few": "frouros, PSI and chi-square alone",
        "log": "whylogs, logging the current side",
        "drift": "whylogs, drift from profiles",
    }
    figures = {short: Figures(name, "tables/s") for short, name in names.items()}
    sides = two_sides(ROWS)
    columns = {
        f"{when}/{name}": column
        for when, side in zip(("old", "new"), sides, strict=True)
        for name, column in side.items()
    }
    old, new = (coded(side) for side in sides)
    grid = fitted(old)
    baseline, current = counted(grid, old), counted(grid, new)

    def both() -> Reading:
        mine = fitted(old)
        return reading_from_profiles(mine, counted(mine, old), counted(mine, new), DRIFT)

    def exact() -> None:
        both()
        exact_gaps(grid, old, new)

    ours: dict[str, tuple[Callable[[], object], int]] = {
        "both": (both, 1),
        "exact": (exact, 1),
        "kept": (lambda: reading_from_profiles(grid, baseline, counted(grid, new), DRIFT), 1),
        "profiles": (lambda: reading_from_profiles(grid, baseline, current, DRIFT), 10),
    }
    with ExitStack() as stack:
        evidently, frouros, whylogs = (
            stack.enter_context(driven(packages, script, columns))
            for packages, script in (
                (EVIDENTLY, "evidently_peer.py"),
                (FROUROS, "frouros_peer.py"),
                (WHYLOGS_VIZ, "whylogs_drift_peer.py"),
            )
        )
        peers: dict[str, tuple[Peer, str]] = {
            "bare": (evidently, "bare"),
            "few": (frouros, "psi and chi-square"),
            "frouros": (frouros, "all"),
            "log": (whylogs, "log"),
            "drift": (whylogs, "drift"),
        }
        report = evidently("report")  # minutes: once will do
        for number in range(-1, ROUNDS):
            taken = {"report": report} | {short: processor_seconds(*call) for short, call in ours.items()}
            if number >= 0:
                taken |= {short: peer(task) for short, (peer, task) in peers.items()}
                for short, each in figures.items():
                    each.add(1 / taken[short])
        _same(exact_gaps(grid, old, new), frouros.found)
    return Table(
        title="Drift of tables",
        what=f"{NUMBERS} numbers and {CATEGORIES} categories, {ROWS:,} rows a side in memory; ours are all "
        f"{len(DRIFT.measures or ())} measures of drift but the multivariate, with intervals; one process each, by the "
        f"processor time that it takes, the median of {ROUNDS} rounds, Evidently's report once; Kolmogorov-Smirnov "
        f"equal to frouros' by {LARGEST_DIFFERENCE:g}; {' '.join((*EVIDENTLY, *FROUROS, *WHYLOGS_VIZ))}",
        figures=list(figures.values()),
        claims=[
            Claim(figures["both"], figures["report"], at_least=100),
            Claim(figures["both"], figures["bare"], at_least=10),
            Claim(figures["both"], figures["frouros"], at_least=5),
            Claim(figures["both"], figures["few"], at_least=5),
            Claim(figures["exact"], figures["frouros"], at_least=5),
            Claim(figures["kept"], figures["report"], at_least=300),
            Claim(figures["kept"], figures["log"], at_least=150),
            Claim(figures["profiles"], figures["drift"], at_least=100),
        ],
    )


def _same(own: dict[str, float | None], theirs: dict[str, float]) -> None:
    for name, value in own.items():
        other = theirs[f"ks of {name}"]
        if value is None or abs(value - other) > LARGEST_DIFFERENCE:
            raise AssertionError(f"{value} of {name} is not {other}")
