"""How often the default plan finds a drift that is there, and one that is not, in simulations."""

from collections import Counter
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bench.table import Figures, Limit, Table
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from cdt.domain.evaluations.results import JENSEN_SHANNON_DISTANCE, KOLMOGOROV_SMIRNOV, POPULATION_STABILITY_INDEX
from cdt.measures import CategoryColumn, Column, PredictionRows, Sample, fit_grid, reading_from_rows
from cdt.workers.readings import judged, rules_of

COLUMNS = 25
BASELINE_ROWS = 10_000
UNDRIFTED_WINDOWS = 20_000
"""Of a feature, of each kind without a drift: 4,000 tell the share of false alarms no better than to a factor of 2."""
DRIFTED_WINDOWS = 100
WINDOWS_A_BASELINE = 10
SHIFT = 0.2
"""In standard deviations of a number; of categories in those of the logarithms of their shares."""
MOST_FALSE_OF_1000, MOST_MISSED = 1.0, 10.0
MEASURES = (POPULATION_STABILITY_INDEX, JENSEN_SHANNON_DISTANCE, KOLMOGOROV_SMIRNOV)
CHANCE = np.random.default_rng(12)

Numbers = NDArray[np.float64]


def _categories(rows: int, shift: float) -> Column:
    """Ten categories, the first ones the most frequent; a shift makes the last ones more so."""
    shares = np.exp(-0.3 * np.arange(10)) / np.exp(-0.3 * np.arange(10)).sum()
    place = np.arange(10) - shares @ np.arange(10)
    moved = shares * np.exp(shift * place / np.sqrt(shares @ place**2))
    shares = moved / moved.sum()
    return CategoryColumn(CHANCE.choice(10, size=rows, p=shares).astype(np.int32), tuple("abcdefghij"))


def _moved(draw: Callable[[int], Numbers], deviation: float) -> Callable[[int, float], Column]:
    return lambda rows, shift: draw(rows) + shift * deviation


def _counts(rows: int, shift: float) -> Column:
    """Whole numbers stay whole."""
    counted = CHANCE.poisson(3.0, rows) + (CHANCE.random(rows) < shift * 3.0**0.5)
    return counted.astype(np.float64)


SHAPES: dict[str, Callable[[int, float], Column]] = {
    "normal": _moved(lambda rows: CHANCE.normal(size=rows), 1.0),
    "lognormal": _moved(lambda rows: CHANCE.lognormal(size=rows), 2.161),
    "uniform": _moved(lambda rows: CHANCE.uniform(size=rows), 12**-0.5),
    "counts": _counts,
    "categories": _categories,
}


def measure() -> Table:
    """False alarms by the size of windows, and misses by the shape of what has moved."""
    false = [
        Figures(
            f"{features} feature{'s' * (features > 1)}, {rows:,} rows beside {baseline:,}, none drifted",
            "false of 1,000",
        )
        for features, rows, baseline in _UNDRIFTED
    ]
    missed = [Figures(f"{shape}, moved by {SHIFT}", "% missed") for shape in SHAPES]
    for figures, (features, rows, baseline) in zip(false, _UNDRIFTED, strict=True):
        failed = _failed(features, rows, baseline, windows=UNDRIFTED_WINDOWS // features)
        figures.add(1_000 * len(failed) / UNDRIFTED_WINDOWS)
    found = Counter(_failed(COLUMNS, 10_000, BASELINE_ROWS, windows=DRIFTED_WINDOWS, shift=SHIFT))
    for figures, shape in zip(missed, SHAPES, strict=True):
        figures.add(100 * (1 - found[shape] / DRIFTED_WINDOWS / (COLUMNS // len(SHAPES))))
    return Table(
        title="What the default plan finds of drift",
        what=f"A feature fails by PSI, Jensen-Shannon distance or Kolmogorov-Smirnov distance; every"
        f" {WINDOWS_A_BASELINE} windows have a new baseline and grid. Not drifted: {UNDRIFTED_WINDOWS:,} windows"
        f" of a feature of each kind. Drifted: all {COLUMNS} features at once, 10,000"
        f" rows beside {BASELINE_ROWS:,}, {DRIFTED_WINDOWS * COLUMNS // len(SHAPES):,} windows of a feature of each"
        " shape",
        figures=[*false, *missed],
        claims=[
            *(Limit(each, at_most=MOST_FALSE_OF_1000) for each in false),
            *(Limit(each, at_most=MOST_MISSED) for each in missed),
        ],
    )


_UNDRIFTED = ((1, 200, 200), (1, 500, 10_000), (25, 500, 10_000), (25, 2_000, 10_000), (25, 10_000, 10_000))


def _failed(features: int, rows: int, baseline: int, *, windows: int, shift: float = 0.0) -> list[str]:
    """The shapes of the features that fail, each as often as one does."""
    failed: list[str] = []
    for _ in range(windows // WINDOWS_A_BASELINE):
        shapes = list(SHAPES) * (features // len(SHAPES)) or [list(SHAPES)[int(CHANCE.integers(len(SHAPES)))]]
        names = [f"{shape} {number}" for number, shape in enumerate(shapes)]
        reference = _sample(names, baseline, 0.0)
        columns = reference.predictions.columns
        grid = fit_grid(columns, features=names, classes=["no", "yes"], positive_class="yes")
        rules = replace(rules_of(DEFAULT_POLICY, grid), measures=MEASURES)
        for _ in range(WINDOWS_A_BASELINE):
            reading = reading_from_rows(grid, reference, _sample(names, rows, shift), rules)
            results = judged(reading, DEFAULT_POLICY).results
            moved = {each.subject for each in results if each.verdict == "fail"}
            failed += [name.split(" ")[0] for name in names if name in moved]
    return failed


def _sample(names: list[str], rows: int, shift: float) -> Sample:
    columns = {name: SHAPES[name.split(" ")[0]](rows, shift) for name in names}
    return Sample(PredictionRows(columns, np.zeros(rows, dtype=np.int32)))
