import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from scipy.stats import wasserstein_distance as scipy_wasserstein

from cdt.measures import Estimate
from cdt.measures.cells import NumberCells
from cdt.measures.folding import profile_predictions
from cdt.measures.grid import NumberFeature
from cdt.measures.kolmogorov_smirnov import gap_bounds, kolmogorov_smirnov_of_cells, kolmogorov_smirnov_of_rows
from cdt.measures.profile import NumberCounts
from cdt.measures.wasserstein import wasserstein_of_cells

from .builders import HOSTILE, SHAPES, a_grid_of, chance

Values = NDArray[np.float64]


def counted(reference: Values, *sides: Values) -> tuple[NumberCells, list[NumberCounts]]:
    """The sides on a grid fitted to the reference."""
    grid = a_grid_of(reference)
    feature = grid.features[0]
    assert isinstance(feature, NumberFeature)
    profiles = [profile_predictions(grid, {"x": side}, np.zeros(len(side), dtype=np.int32)) for side in sides]
    return feature.cells, [profile.number("x") for profile in profiles]


def gap_by_scipy(old: Values, new: Values) -> float:
    with np.errstate(divide="ignore"):  # its p-value, which isn't asked for, divides by zero with one row
        return float(ks_2samp(old[~np.isnan(old)], new[~np.isnan(new)], method="asymp").statistic)


def moved(values: Values) -> Values:
    """Values of which some have moved a little, and none of an atom."""
    return np.where(values == 0, values, values * 1.02)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gap_of_rows_is_that_of_scipy_on_every_shape(shape: str) -> None:
    random = chance()
    old, new = SHAPES[shape](random, 20_000), moved(SHAPES[shape](random, 7_000))
    new[::50] = np.nan
    cells, _ = counted(old)
    assert kolmogorov_smirnov_of_rows(cells, old, new).value == pytest.approx(gap_by_scipy(old, new), abs=1e-9)


def test_ties_of_a_zero_inflated_column_do_not_count_as_a_gap() -> None:
    random = chance()
    old = SHAPES["zero-inflated"](random, 50_000)
    new = random.permutation(old)
    cells, _ = counted(old)
    assert kolmogorov_smirnov_of_rows(cells, old, new).value == pytest.approx(0.0, abs=1e-12)


few_values = st.lists(st.sampled_from([-np.inf, -2.0, 0.0, 0.5, 1.0, 1.0000001, 3.0, np.inf, np.nan]), max_size=30)


@settings(deadline=None)
@given(reference=few_values, old=few_values, new=few_values)
def test_the_gap_of_rows_is_that_of_scipy_with_ties_and_infinities_on_any_grid(
    reference: list[float], old: list[float], new: list[float]
) -> None:
    cells, (before, now) = counted(*(np.array(side, dtype=np.float64) for side in (reference, old, new)))
    one, other = np.array(old, dtype=np.float64), np.array(new, dtype=np.float64)
    estimate = kolmogorov_smirnov_of_rows(cells, one, other)
    if np.isnan(one).all() or np.isnan(other).all():
        which = "baseline" if np.isnan(one).all() else "current"
        assert estimate.reason == f"no {which} rows with a value"
        assert kolmogorov_smirnov_of_cells(cells, before, now).reason == estimate.reason
        return
    truth = gap_by_scipy(one, other)
    assert estimate.value == pytest.approx(truth, abs=1e-9)
    least, most = gap_bounds(cells, before, now)
    assert least - 1e-12 <= truth <= most + 1e-12


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gap_of_profiles_is_that_of_the_rows_within_the_stated_bound(shape: str) -> None:
    random = chance()
    old, new = SHAPES[shape](random, 30_000), moved(SHAPES[shape](random, 30_000))
    cells, (before, now) = counted(old, old, new)
    least, most = gap_bounds(cells, before, now)
    truth = gap_by_scipy(old, new)
    assert least - 1e-12 <= truth <= most + 1e-12
    if shape not in {"whole numbers", "constant", "quarters"}:  # these have left their steps
        assert most - least < 0.005


@pytest.mark.parametrize("shape", ["whole numbers", "quarters", "constant"])
def test_the_gap_of_profiles_is_exact_for_columns_of_steps(shape: str) -> None:
    random = chance()
    old, new = SHAPES[shape](random, 5_000), SHAPES[shape](random, 3_000)
    cells, (before, now) = counted(old, old, new)
    least, most = gap_bounds(cells, before, now)
    assert least == most
    assert kolmogorov_smirnov_of_cells(cells, before, now).value == pytest.approx(gap_by_scipy(old, new), abs=1e-9)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_columns_have_a_gap_or_a_reason(name: str) -> None:
    values = np.array(HOSTILE[name])
    cells, (before, now) = counted(chance().normal(size=100), chance().normal(size=100), values)
    for estimate in (kolmogorov_smirnov_of_cells(cells, before, now), wasserstein_of_cells(cells, before, now)):
        assert isinstance(estimate, Estimate)
        assert (estimate.value is None) == bool(np.isnan(values).all())


def test_the_interval_holds_the_true_gap_and_what_cells_hide() -> None:
    random = chance()
    cells, (before, now) = counted(random.normal(size=9_000), random.normal(size=9_000), random.normal(0.1, 1, 400))
    estimate = kolmogorov_smirnov_of_cells(cells, before, now)
    truth = 0.0398776  # of two normal distributions 0.1 apart
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low <= truth <= estimate.high
    assert estimate.rows == 400


def test_equal_profiles_have_no_gap_at_the_borders() -> None:
    values = chance().lognormal(size=1_000)
    cells, (before, now) = counted(values, values, values)
    assert kolmogorov_smirnov_of_cells(cells, before, now).value == 0.0


@pytest.mark.parametrize("shape", SHAPES)
def test_the_way_to_carry_values_is_that_of_scipy_to_the_width_of_a_cell(shape: str) -> None:
    random = chance()
    old, new = SHAPES[shape](random, 20_000), SHAPES[shape](random, 9_000) * 1.5
    cells, (before, now) = counted(old, old, new)
    truth = scipy_wasserstein(old, new)
    tolerance = 0.05 * truth + (0.5 / cells.steps_per_unit if cells.spacing == "stepped" else 0)
    assert wasserstein_of_cells(cells, before, now).value == pytest.approx(truth, abs=tolerance)
