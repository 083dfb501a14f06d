"""What a plan's verdicts are of input that tells nothing: never a pass, never a number without a meaning, and why."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import RECORDED, MeasureResult
from cdt.measures import (
    CategoryColumn,
    Column,
    Grid,
    GroupRule,
    LabelRows,
    PredictionRows,
    Sample,
    fit_grid,
    group_codes,
    reading_from_rows,
)
from cdt.workers.readings import judged, rules_of
from tests.measures.builders import CLASSES, chance

POLICY = PlanPolicy(
    minimum_rows=50, minimum_group_size=20, measures=tuple(RECORDED), outputs=("decision", "score", "label")
)
ROWS = 400
Results = dict[tuple[str, str | None], MeasureResult]


def columns_of(rows: int, seed: int, given: dict[str, Callable[[int], Column]]) -> dict[str, Column]:
    random = chance(seed)
    usual: dict[str, Column] = {
        "x": random.normal(size=rows),
        "sex": CategoryColumn(random.integers(0, 2, rows).astype(np.int32), ("f", "m")),
        "town": CategoryColumn(random.integers(0, 3, rows).astype(np.int32), ("A", "B", "C")),
    }
    return usual | {name: column(rows) for name, column in given.items()}


def a_sample(grid: Grid, columns: dict[str, Column], *, label: int | None = None) -> Sample:
    """Scores that are right; with a label, all have that one, and -1 is none."""
    rows, random = len(columns["x"]), chance(9)
    score: NDArray[np.float64] = random.random(rows)
    labels = (random.random(rows) < score).astype(np.int32) if label is None else np.full(rows, label, dtype=np.int32)
    decision = (score > 0.5).astype(np.int32)
    groups = group_codes(grid, columns, rows)
    return Sample(PredictionRows(columns, decision, score), LabelRows(decision, score, labels, groups))


def results_of(
    before: dict[str, Any] | None = None, now: dict[str, Any] | None = None, *, rows: tuple[int, int] = (ROWS, ROWS),
    label: int | None = None, policy: PlanPolicy = POLICY,
) -> Results:  # fmt: skip
    old, new = columns_of(rows[0], 1, before or {}), columns_of(rows[1], 2, now or {})
    grid = fit_grid(
        old,
        features=["x", "sex", "town"],
        classes=CLASSES,
        positive_class="yes",
        groups=[GroupRule(name="sex", column="sex"), GroupRule(name="town", column="town")],
    )
    reading = reading_from_rows(grid, a_sample(grid, old), a_sample(grid, new, label=label), rules_of(policy, grid))
    results = judged(reading, policy).results
    for each in results:
        assert each.verdict == "pass" or each.reason, each
        assert each.value is not None or each.verdict == "inconclusive", each
    return {(each.measure, each.subject): each for each in results}


def reason_of(results: Results, measure: str, subject: str | None = None) -> str | None:
    assert results[measure, subject].verdict == "inconclusive"
    return results[measure, subject].reason


def passed(results: Results) -> set[str]:
    return {measure for (measure, _), each in results.items() if each.verdict == "pass"}


def one(value: float) -> dict[str, Callable[[int], Column]]:
    return {"x": lambda rows: np.full(rows, value)}


def test_a_column_that_became_constant_fails() -> None:
    results = results_of(now=one(1.0))
    assert results["constant", "x"].verdict == results["population_stability_index", "x"].verdict == "fail"


def test_a_column_that_always_was_constant_has_no_spread_and_its_sameness_is_not_certain() -> None:
    results = results_of(one(0.1), one(0.1))
    assert reason_of(results, "normalized_wasserstein_distance", "x") == "the baseline's values don't spread"
    for measure in ("population_stability_index", "total_variation_distance", "l_infinity_distance"):
        found = results[measure, "x"]
        assert found.value == found.low == 0.0
        assert found.high is not None
        assert found.high > 0


@pytest.mark.parametrize("size", [0, 2])
def test_one_group_and_another_of_two_rows_are_not_compared(size: int) -> None:
    sex = {"sex": lambda rows: CategoryColumn((np.arange(rows) < size).astype(np.int32), ("f", "m"))}
    results = results_of(now=sex)
    assert reason_of(results, "demographic_parity_ratio", "sex") == (
        "fewer than two groups of at least 20 rows" if size else "fewer than two groups"
    )
    of_sex = {each.verdict for (measure, subject), each in results.items() if subject == "sex" and "parity" in measure}
    assert of_sex == {"inconclusive"}


def test_a_column_that_is_missing_everywhere_fails_and_has_no_order() -> None:
    results = results_of(now=one(np.nan))
    assert results["missing_share", "x"].verdict == results["population_stability_index", "x"].verdict == "fail"
    assert reason_of(results, "kolmogorov_smirnov", "x") == "no current rows with a value"


def test_infinities_are_out_of_range_and_a_constant() -> None:
    results = results_of(now=one(np.inf))
    assert results["out_of_range_share", "x"].verdict == results["constant", "x"].verdict == "fail"


def test_new_categories_alone_are_told_as_such() -> None:
    results = results_of(now={"town": lambda rows: CategoryColumn(np.zeros(rows, dtype=np.int32), ("Z",))})
    assert (results["new_category_share", "town"].value, results["new_category_share", "town"].verdict) == (1.0, "fail")


@pytest.mark.parametrize(("label", "which"), [(0, "positive"), (1, "other")])
def test_labels_of_one_class_rank_nothing(label: int, which: str) -> None:
    results = results_of(label=label)
    assert reason_of(results, "roc_auc") == f"no labelled rows of the {which} class"
    assert reason_of(results, "matthews_correlation") == "all rows are decided or labelled alike"
    assert results["population_stability_index", "(label)"].verdict == "fail"


def test_without_labels_nothing_that_rests_on_them_passes() -> None:
    results = results_of(label=-1)
    assert reason_of(results, "accuracy") == "no labelled rows"
    assert not passed(results) & {"accuracy", "roc_auc", "brier_score", "equal_opportunity_ratio", "theil_index"}


def test_a_baseline_of_five_rows_is_none() -> None:
    results = results_of(rows=(5, ROWS))
    assert (
        reason_of(results, "population_stability_index", "x") == "Its baseline holds only 5 predictions; 30 are needed."
    )
    assert not {measure for measure in passed(results) if results.get((measure, "x"))}


def test_a_window_without_rows_passes_nothing() -> None:
    results = results_of(rows=(ROWS, 0))
    assert reason_of(results, "volume") == "no current rows"
    assert passed(results) == set()


def test_a_plan_of_a_column_that_the_grid_has_not_got_measures_no_other_in_its_place() -> None:
    results = results_of(policy=replace(POLICY, features=("gone",)))
    assert {subject for measure, subject in results if measure in {"population_stability_index", "missing_share"}} == {
        "(decision)", "(score)", "(label)",
    }  # fmt: skip
