"""Columns, grids and rows for the tests of measures, by name."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cdt.measures import (
    CategoryColumn,
    Column,
    Grid,
    GroupRule,
    LabelRows,
    PredictionRows,
    Profile,
    Sample,
    fit_grid,
    group_codes,
)

Chance = np.random.Generator
CLASSES = ("no", "yes")


def chance(seed: int = 7) -> Chance:
    return np.random.default_rng(seed)


def zero_inflated(random: Chance, rows: int) -> NDArray[np.float64]:
    return np.where(random.random(rows) < 0.3, 0.0, random.normal(5, 1, rows))


SHAPES: dict[str, Callable[[Chance, int], NDArray[np.float64]]] = {
    "normal": lambda random, rows: random.normal(size=rows),
    "lognormal": lambda random, rows: random.lognormal(size=rows),
    "bimodal": lambda random, rows: np.where(
        random.random(rows) < 0.5, random.normal(-3, 1, rows), random.normal(4, 0.5, rows)
    ),
    "uniform": lambda random, rows: random.random(rows),
    "zero-inflated": zero_inflated,
    "zero-inflated with a long tail": lambda random, rows: np.where(
        random.random(rows) < 0.3, 0.0, random.lognormal(0, 2, rows)
    ),
    "student t3": lambda random, rows: random.standard_t(3, size=rows),
    "whole numbers": lambda random, rows: np.clip(random.normal(45, 20, rows), 0, 95).round(),
    "quarters": lambda random, rows: random.integers(0, 20, rows) / 4,
    "constant": lambda _, rows: np.full(rows, 3.14159),
    "whole incomes": lambda random, rows: np.where(
        random.random(rows) < 0.2, 0.0, np.round(random.lognormal(10, 1, rows))
    ),
}

HOSTILE: dict[str, list[float]] = {
    "nothing": [],
    "one row": [5.5],
    "only missing": [np.nan] * 5,
    "infinities": [np.inf, -np.inf, 1.0, 2.0, np.nan],
    "only infinities": [np.inf, -np.inf],
    "the largest": [-1.7e308, 1.7e308, 0.0, 1e300],
    "the smallest": [5e-324, 1e-310, 0.0, -0.0],
    "all magnitudes": [5e-324, 1.0, 8.0, 1e308],
    "far and near": [1e15, 1e15 + 0.125, 1e15 + 0.25],
    "a fraction of a great number": [1e15 + 0.875],
    "a sentinel": [-99999.0, *range(50)],
}


def a_grid_of(values: NDArray[np.float64]) -> Grid:
    """A grid of one number column, x."""
    return fit_grid({"x": values}, features=["x"], classes=CLASSES, positive_class="yes")


def people(random: Chance, rows: int) -> dict[str, Column]:
    """Columns of every kind, with missing and unknown values among them."""
    age = np.clip(random.normal(45, 20, rows), 0, 95).round()
    income = np.where(random.random(rows) < 0.3, 0.0, random.lognormal(9, 1, rows))
    income[random.random(rows) < 0.05] = np.nan
    height = random.normal(170, 10, rows)
    height[random.random(rows) < 0.01] = np.inf
    return {
        "age": age,
        "income": income,
        "height": height,
        "sex": CategoryColumn(random.integers(-1, 2, rows).astype(np.int32), ("female", "male")),
        "town": CategoryColumn(
            random.choice([0, 0, 0, 1, 2, 3], rows).astype(np.int32), ("Arnhem", "Breda", "Cuijk", "Delft")
        ),
    }


def a_grid(rows: int = 2_000) -> Grid:
    """A grid of people, with groups by sex and by age."""
    return fit_grid(
        people(chance(1), rows),
        features=["age", "income", "height", "sex", "town"],
        classes=CLASSES,
        positive_class="yes",
        groups=[
            GroupRule(name="sex", column="sex"),
            GroupRule(name="age group", column="age", bands=(18, 30, 45, 60, 75)),
        ],
    )


def a_sample(grid: Grid, seed: int, rows: int) -> Sample:
    """People, decided upon and labelled."""
    random = chance(seed)
    columns = people(random, rows)
    decision = random.integers(-1, 2, rows).astype(np.int32)
    label = random.integers(-1, 2, rows).astype(np.int32)
    score = np.where(random.random(rows) < 0.02, np.nan, random.random(rows))
    return Sample(
        PredictionRows(columns, decision, score),
        LabelRows(decision, score, label, group_codes(grid, columns, rows)),
    )


def a_profile(grid: Grid, seed: int, rows: int) -> Profile:
    return a_sample(grid, seed, rows).profile(grid)


def part_of(sample: Sample, rows: slice) -> Sample:
    """Some rows of a labelled sample."""
    assert sample.labels is not None
    columns: dict[str, Column] = {
        name: CategoryColumn(column.codes[rows], column.values) if isinstance(column, CategoryColumn) else column[rows]
        for name, column in sample.predictions.columns.items()
    }
    labels = sample.labels
    assert sample.predictions.score is not None
    assert labels.score is not None
    return Sample(
        PredictionRows(columns, sample.predictions.decision[rows], sample.predictions.score[rows]),
        LabelRows(
            labels.decision[rows],
            labels.score[rows],
            labels.label[rows],
            {name: codes[rows] for name, codes in labels.groups.items()},
        ),
    )
