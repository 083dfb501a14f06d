import numpy as np
import pytest

from cdt.measures import CategoryColumn, Grid, Profile, empty, fit_grid
from cdt.measures.distribution import MOST_BINS, Distribution, distribution
from cdt.measures.folding import profile_predictions

from .builders import CLASSES, HOSTILE, SHAPES, a_grid_of, chance


def of(grid: Grid, values: np.ndarray) -> Profile:
    return profile_predictions(grid, {"x": values}, np.zeros(len(values), dtype=np.int32))


@pytest.mark.parametrize("shape", SHAPES)
def test_each_side_adds_up_to_one_in_few_bins(shape: str) -> None:
    random = chance()
    values = SHAPES[shape](random, 4_000)
    grid = a_grid_of(values)
    current = SHAPES[shape](random, 300) * 2
    current[:5] = np.nan
    seen = distribution(grid.features[0], of(grid, values), of(grid, current))
    assert len(seen.labels) == len(seen.baseline) == len(seen.current) == len(set(seen.labels)) <= MOST_BINS
    assert (sum(seen.baseline), sum(seen.current)) == pytest.approx((1, 1))
    assert seen.labels[-1] == "(missing)"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_column_can_be_looked_at(name: str) -> None:
    values = np.array(HOSTILE[name])
    grid = a_grid_of(values)
    seen = distribution(grid.features[0], of(grid, values), empty(grid))
    assert 1 <= len(seen.labels) <= MOST_BINS
    assert sum(seen.baseline) == pytest.approx(1 if len(values) else 0)
    assert set(seen.current) == {0.0}


@pytest.mark.parametrize("values", [[2.0**53] * 50, [2.0**53 - 1] * 50, [2.0**53, -np.inf], [1.7e308, -1.7e308]])
def test_a_column_between_whose_ends_no_other_number_lies_can_be_looked_at(values: list[float]) -> None:
    grid = a_grid_of(np.array(values))
    seen = distribution(grid.features[0], of(grid, np.array(values)), of(grid, np.array([2.0**53])))
    assert (sum(seen.baseline), sum(seen.current)) == pytest.approx((1, 1))


def test_whole_numbers_are_named_by_first_and_last() -> None:
    values = np.repeat(np.arange(100.0), 3)
    grid = a_grid_of(values)
    seen = distribution(grid.features[0], of(grid, values), of(grid, values))
    assert seen.labels == tuple(f"{low}-{low + 9}" for low in range(0, 100, 10))
    assert seen.baseline == pytest.approx([0.1] * 10)


def test_bins_at_the_ends_appear_when_something_is_there() -> None:
    values = np.repeat(np.arange(100.0), 3)
    grid = a_grid_of(values)
    seen = distribution(grid.features[0], of(grid, values), of(grid, np.array([-5.0])))
    assert seen.labels[0] == "under 0"
    assert seen.current[0] == 1.0


def test_categories_are_shown_most_frequent_first_with_others_together() -> None:
    column = CategoryColumn.from_texts([f"c{number}" for number in range(30) for _ in range(60 - number)])
    grid = fit_grid({"x": column}, features=["x"], classes=CLASSES, positive_class="yes")
    profile = profile_predictions(grid, {"x": column}, np.zeros(len(column), dtype=np.int32))
    seen: Distribution = distribution(grid.features[0], profile, profile)
    assert seen.labels == (*(f"c{number}" for number in range(18)), "(other)")
    assert seen.baseline[0] == 60 / len(column)
    assert sum(seen.baseline) == pytest.approx(1)
