"""How likely rows are: what hangs together is found, and the reference itself is likely."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.measures import CategoryColumn, Column, Grid, fit_grid, merge
from cdt.measures.folding import profile_predictions
from cdt.measures.likelihood import LEAST_ROWS, ROOT, Likelihood, fit_likelihood
from cdt.measures.row_bins import row_bins, sizes_of

from .builders import CLASSES, a_grid, a_sample, chance, part_of, people

FEATURES = ["age", "income", "height", "sex", "town"]


def a_fitted_grid(columns: dict[str, Column], features: list[str] = FEATURES) -> Grid:
    return fit_grid(columns, features=features, classes=CLASSES, positive_class="yes")


def chained_bins(rows: int) -> np.ndarray:
    """Four columns, each mostly a copy of the one before, in the order 2, 0, 3, 1."""
    random = chance()
    bins = np.empty((4, rows), dtype=np.uint8)
    before = random.integers(0, 5, rows)
    for place in (2, 0, 3, 1):
        before = np.where(random.random(rows) < 0.7, before, random.integers(0, 5, rows))
        bins[place] = before
    return bins


def test_the_columns_that_hang_together_most_are_neighbours() -> None:
    fitted = fit_likelihood(chained_bins(4_000), (5, 5, 5, 5))
    assert fitted is not None
    edges = {frozenset((own, parent)) for own, parent in enumerate(fitted.parents) if parent != ROOT}
    assert edges == {frozenset({2, 0}), frozenset({0, 3}), frozenset({3, 1})}


def test_columns_that_tell_nothing_of_each_other_stand_alone() -> None:
    fitted = fit_likelihood(chance().integers(0, 5, (3, 20_000)).astype(np.uint8), (5, 5, 5))
    assert fitted is not None
    assert fitted.parents == (ROOT, ROOT, ROOT)


def test_of_rows_like_the_reference_one_in_a_hundred_is_unlikely() -> None:
    grid = a_fitted_grid(people(chance(1), 20_000))
    assert isinstance(grid.likelihood, Likelihood)
    new = people(chance(2), 20_000)
    share = grid.likelihood.is_unlikely(row_bins(grid, new, 20_000)).mean()
    assert 0.005 < share < 0.015


def test_a_small_reference_tells_nothing_of_whole_rows() -> None:
    rows = LEAST_ROWS - 1
    assert a_fitted_grid(people(chance(), rows)).likelihood is msgspec.UNSET
    assert isinstance(a_fitted_grid(people(chance(), LEAST_ROWS)).likelihood, Likelihood)
    assert fit_likelihood(np.empty((0, 900), dtype=np.uint8), ()) is None


def test_the_digest_of_a_grid_without_a_likelihood_is_what_it_was() -> None:
    grid = a_fitted_grid(people(chance(), 50))
    assert b"likelihood" not in grid.as_json()
    assert Grid.from_json(grid.as_json()) == grid


def test_a_grid_with_a_likelihood_comes_back_from_its_json() -> None:
    grid = a_grid()
    again = Grid.from_json(grid.as_json())
    assert again == grid
    assert again.digest == grid.digest
    assert a_sample(again, 3, 500).profile(again) == a_sample(grid, 3, 500).profile(grid)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000), cut=st.integers(0, 200))
def test_rows_cut_anywhere_are_as_unlikely(seed: int, cut: int) -> None:
    grid = a_grid()
    sample = a_sample(grid, seed, 200)
    parts = [part_of(sample, slice(None, cut)).profile(grid), part_of(sample, slice(cut, None)).profile(grid)]
    whole = sample.profile(grid)
    assert (merge(*parts).unlikely, merge(*parts).scored) == (whole.unlikely, 200)


def test_each_value_lies_in_the_bin_of_the_stability_measures() -> None:
    grid = a_grid()
    columns = people(chance(5), 3_000)
    bins = row_bins(grid, columns, 3_000)
    age = grid.by_name["age"]
    values = np.asarray(columns["age"])
    assert bins[0].tolist() == np.searchsorted(age.edges, values, side="right").tolist()  # type: ignore[union-attr]
    income = np.asarray(columns["income"])
    assert (bins[1][np.isnan(income)] == sizes_of(grid)[1] - 1).all()
    assert (row_bins(grid, {}, 2) == np.array(sizes_of(grid)).reshape(-1, 1) - 1).all()


def test_many_categories_share_a_bin_of_the_rarer_ones() -> None:
    towns = CategoryColumn.from_texts([f"town {number % 40:02}" for number in range(4_000)] + [None, "Atlantis"])
    grid = a_fitted_grid({"town": towns}, ["town"])
    bins = row_bins(grid, {"town": towns}, 4_002)[0]
    assert sizes_of(grid) == (16,)
    assert (bins[0], bins[39], bins[4_000], bins[4_001]) == (0, 14, 15, 14)


def test_a_thousand_columns_are_fitted_in_one_tree_of_a_hundred() -> None:
    bins = chance().integers(0, 3, (300, 600)).astype(np.uint8)
    bins[250] = bins[1] = bins[0]
    fitted = fit_likelihood(bins, (3,) * 300)
    assert fitted is not None
    assert fitted.parents[1] == 0
    assert fitted.parents[250] == ROOT


@pytest.mark.parametrize("broken", [{"costs": ((1,),)}, {"costs": ((1, 2), (3,))}, {"bins": (3,)}])
def test_a_likelihood_that_is_not_whole_is_refused(broken: dict[str, object]) -> None:
    whole = {"parents": (ROOT,), "bins": (2,), "costs": ((1, 2),), "limit": 3}
    assert Likelihood(**whole).cost_of(np.array([[0, 1]], dtype=np.uint8)).tolist() == [1, 2]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"a cost for each bin|zip"):
        Likelihood(**{**whole, **broken})  # type: ignore[arg-type]


def test_nothing_is_asked_of_no_rows() -> None:
    grid = a_grid()
    nothing = profile_predictions(grid, {}, np.empty(0, dtype=np.int32))
    assert (nothing.scored, nothing.unlikely) == (0, 0)
