"""All features together: the drift score, whole rows, and columns of which nothing can be told."""

import numpy as np
import pytest

from cdt.measures import PredictionRows, ReadingRules, Sample, drift, fit_grid, reading_from_profiles, reading_from_rows
from cdt.measures.columns import CategoryColumn
from cdt.measures.divergences import NO_VALUES
from cdt.measures.drift_answers import OVER_BINS
from cdt.measures.wasserstein import ENDLESS
from cdt.measures.whole_rows import NO_ROWS, ROWS_ALONE, SAMPLED_ROWS, WHOLE_ROWS, SampledRows, drawn, taken

from .builders import CLASSES, a_grid, a_sample, chance

GRID = a_grid()
BASELINE, CURRENT = a_sample(GRID, 1, 3_000), a_sample(GRID, 2, 900)
ALL = ReadingRules(measures=("jensen_shannon_distance", "drift_score", *WHOLE_ROWS), edition=2)
WAYS = ("wasserstein_distance", "normalized_wasserstein_distance")


def rows_of(**columns: np.ndarray) -> Sample:
    rows = len(next(iter(columns.values())))
    return Sample(PredictionRows(columns, np.zeros(rows, dtype=np.int32)))


def test_the_score_is_the_mean_of_the_watched_features_distances_from_rows_and_from_profiles() -> None:
    for features in (None, ("age", "town")):
        rules = ReadingRules(measures=ALL.measures, features=features, outputs=("decision",), edition=2)
        recorded = reading_from_rows(GRID, BASELINE, CURRENT, rules)
        live = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), rules)
        distances = [
            each.estimate.value
            for each in recorded.results
            if each.measure == "jensen_shannon_distance" and each.subject != "(decision)"
        ]
        assert len(distances) == len(features or GRID.features)
        assert recorded.result("drift_score").estimate.value == pytest.approx(np.mean(distances), abs=1e-15)  # type: ignore[arg-type]
        assert recorded.result("drift_score") == live.result("drift_score")
        assert recorded.result("drift_score").definition["features"] == list(features or GRID.by_name)


def test_whole_rows_are_told_of_rows_alone() -> None:
    recorded = reading_from_rows(GRID, BASELINE, CURRENT, ALL)
    old, new = BASELINE.predictions.columns, CURRENT.predictions.columns
    names = list(GRID.by_name)
    for measure in WHOLE_ROWS:
        expected = getattr(drift, measure)({name: old[name] for name in names}, {name: new[name] for name in names})
        assert recorded.result(measure).estimate == expected
    live = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), ALL)
    counted = reading_from_rows(GRID, BASELINE.profile(GRID), CURRENT, ALL)
    assert {live.result(measure).estimate.reason for measure in WHOLE_ROWS} == {ROWS_ALONE}
    assert {counted.result(measure).estimate.reason for measure in WHOLE_ROWS} == {NO_ROWS}
    of_kept = reading_from_rows(GRID, BASELINE.profile(GRID), CURRENT, ALL, reference=SampledRows(old))
    assert [of_kept.result(name) for name in WHOLE_ROWS] == [recorded.result(name) for name in WHOLE_ROWS]


@pytest.mark.parametrize("rows", [0, 29])
def test_few_rows_say_nothing_of_how_columns_hang_together(rows: int) -> None:
    found = reading_from_rows(GRID, BASELINE, a_sample(GRID, 3, rows), ALL)
    for measure in WHOLE_ROWS:
        assert found.result(measure).estimate.reason == f"only {rows} current rows, and 30 are needed"


def test_more_dimensions_than_can_be_looked_at_together_are_told_and_not_tried() -> None:
    columns = {f"x{number}": np.arange(40.0) for number in range(251)}
    grid = fit_grid(columns, features=list(columns), classes=CLASSES, positive_class="yes")
    found = reading_from_rows(grid, rows_of(**columns), rows_of(**columns), ALL)
    reason = "these features make 502 dimensions, and at most 500 are looked at together"
    assert {found.result(measure).estimate.reason for measure in WHOLE_ROWS} == {reason}


def test_a_sample_is_so_many_rows_and_the_same_for_the_same_seed() -> None:
    rows = SAMPLED_ROWS + 5_000
    town = CategoryColumn(np.arange(rows, dtype=np.int32), tuple(map(str, range(rows))))
    columns = {"x": np.arange(float(rows)), "town": town}
    one, same, other = (drawn(columns, rows, seed=seed).columns for seed in (7, 7, 8))
    assert one is not None
    assert same is not None
    assert other is not None
    assert len(one["x"]) == len(set(one["x"].tolist())) == SAMPLED_ROWS  # type: ignore[union-attr]
    assert (one["x"] == same["x"]).all()  # type: ignore[union-attr]
    assert (one["x"] != other["x"]).any()  # type: ignore[union-attr]
    towns = one["town"]
    assert isinstance(towns, CategoryColumn)
    assert [towns.values[code] for code in towns.codes[:9]] == [str(int(x)) for x in one["x"][:9]]  # type: ignore[index]
    assert len(towns.values) == SAMPLED_ROWS
    missing = taken(CategoryColumn(np.array([-1, 0], dtype=np.int32), ("a",)), np.array([0]))
    assert isinstance(missing, CategoryColumn)
    assert (missing.codes.tolist(), missing.values) == ([-1], ())


def test_two_columns_without_a_value_are_not_alike_and_count_in_no_score() -> None:
    values = chance(1).normal(size=300)
    grid = fit_grid({"x": values, "y": values}, features=["x", "y"], classes=CLASSES, positive_class="yes")
    old, new = rows_of(x=np.full(300, np.nan), y=values), rows_of(x=np.full(200, np.nan), y=values[:200])
    asked = (*OVER_BINS, "drift_score")
    now = reading_from_rows(grid, old, new, ReadingRules(measures=asked, edition=2))
    for measure in OVER_BINS:
        found = now.result(measure, "x")
        assert (found.estimate.value, found.estimate.reason, found.estimate.rows) == (None, NO_VALUES, 200)
        assert found.definition["version"] == 2
        assert getattr(drift, measure)(old.predictions.columns["x"], new.predictions.columns["x"]).reason == NO_VALUES
    assert now.result("drift_score").estimate == now.result("jensen_shannon_distance", "y").estimate
    gone = reading_from_rows(grid, rows_of(x=values, y=values), new, ReadingRules(measures=asked, edition=2))
    assert gone.result("population_stability_index", "x").estimate.value is not None


def test_infinite_values_have_no_way_from_cells_either() -> None:
    values = chance(1).normal(size=300)
    grid = fit_grid({"x": values}, features=["x"], classes=CLASSES, positive_class="yes")
    infinite = values.copy()
    infinite[7] = -np.inf
    for old, new in ((values, infinite), (infinite, values)):
        now = reading_from_rows(grid, rows_of(x=old), rows_of(x=new), ReadingRules(measures=WAYS, edition=2))
        assert {now.result(measure, "x").estimate.reason for measure in WAYS} == {ENDLESS}
    finite = reading_from_rows(grid, rows_of(x=values), rows_of(x=values + 1), ReadingRules(measures=WAYS, edition=2))
    assert finite.result(WAYS[0], "x").estimate.value == pytest.approx(1, abs=1e-2)


def test_what_was_asked_for_before_there_were_editions_comes_to_what_it_came_to() -> None:
    values = chance(1).normal(size=300)
    grid = fit_grid({"x": values, "y": values}, features=["x", "y"], classes=CLASSES, positive_class="yes")
    nothing = np.full(300, np.nan)
    infinite = np.where(np.arange(300) == 7, np.inf, values)
    rules = ReadingRules(measures=(*OVER_BINS, *WAYS))
    found = reading_from_rows(grid, rows_of(x=nothing, y=values), rows_of(x=nothing, y=infinite), rules)
    for measure in OVER_BINS:
        assert (found.result(measure, "x").estimate.value, found.result(measure, "x").definition["version"]) == (0, 1)
    for measure in WAYS:
        assert found.result(measure, "y").estimate.value is not None
        assert found.result(measure, "y").definition["version"] == 1
