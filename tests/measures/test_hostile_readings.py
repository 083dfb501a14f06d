"""Every measure of the catalog, of columns that nobody would send on purpose: a number in its range, or a reason."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from cdt.measures import (
    BY_NAME,
    CategoryColumn,
    GroupRule,
    LabelRows,
    PredictionRows,
    Reading,
    ReadingRules,
    Sample,
    fit_grid,
    group_codes,
    reading_from_profiles,
    reading_from_rows,
)
from cdt.measures.grid import Grid

from .builders import CLASSES, HOSTILE, chance

RULES = ReadingRules(measures=tuple(BY_NAME), outputs=("decision", "score", "label"), minimum_group_size=1, draws=100)
COLUMNS = {**HOSTILE, "ordinary": chance().normal(size=60).tolist()}
SCORES = {"nothing": 5e-324, "infinite": np.inf}
NAMES = ("(missing)", " & ", "<b>\x00")


def columns_of(values: list[float]) -> dict[str, NDArray[np.float64] | CategoryColumn]:
    codes = chance().integers(-1, len(NAMES), len(values)).astype(np.int32)
    return {"x": np.array(values, dtype=np.float64), "who": CategoryColumn(codes, NAMES)}


def a_hostile_sample(grid: Grid, values: list[float], score: float) -> Sample:
    columns, rows = columns_of(values), len(values)
    decision, label = chance(1).integers(-1, 2, (2, rows)).astype(np.int32)
    scores = np.full(rows, score)
    return Sample(
        PredictionRows(columns, decision, scores),
        LabelRows(decision, scores, label, group_codes(grid, columns, rows)),
    )


@pytest.mark.parametrize("columns", list(pairwise([*COLUMNS, next(iter(COLUMNS))])))
@pytest.mark.parametrize("score", SCORES)
def test_every_measure_of_a_hostile_column_is_a_number_in_its_range_or_a_reason(
    columns: tuple[str, str], score: str
) -> None:
    old, new = (COLUMNS[name] for name in columns)
    grid = fit_grid(
        columns_of(old),
        features=["x", "who"],
        classes=CLASSES,
        positive_class="yes",
        groups=[GroupRule(name="who", column="who"), GroupRule(name="band", column="x", bands=(0.0, 5.0))],
    )
    sides = a_hostile_sample(grid, old, SCORES[score]), a_hostile_sample(grid, new, SCORES[score])
    check(reading_from_rows(grid, *sides, RULES))
    check(reading_from_profiles(grid, *(side.profile(grid) for side in sides), RULES))


def check(reading: Reading) -> None:
    assert {"normalized_wasserstein_distance", "calibration_parity_ratio"} <= {each.measure for each in reading.results}
    for each in reading.results:
        found, known = each.estimate, BY_NAME[each.measure]
        for number in (found.value, found.low, found.high, each.baseline):
            assert number is None or np.isfinite(number), each
            assert number is None or known.low is None or number >= known.low - 1e-12, each
            assert number is None or known.high is None or number <= known.high + 1e-12, each
