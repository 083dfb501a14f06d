import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon

from cdt.measures import Estimate, merge
from cdt.measures.bins import bin_counts, number_bins
from cdt.measures.divergences import jensen_shannon_of_bins, kullback_leibler_of_bins, stability_of_bins
from cdt.measures.folding import profile_predictions
from cdt.measures.grid import NumberFeature

from .builders import SHAPES, a_grid, a_grid_of, a_profile, chance

Counts = NDArray[np.int64]
MEASURES = [stability_of_bins, jensen_shannon_of_bins]

counts_of_bins = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12).map(
    lambda pairs: (np.array([old for old, _ in pairs]), np.array([new for _, new in pairs]))
)


def value_of(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value


@given(counts_of_bins)
def test_the_index_is_the_sum_over_bins_in_plain_python(sides: tuple[Counts, Counts]) -> None:
    old, new = sides
    estimate = stability_of_bins(old, new, epsilon=1e-4)
    if not old.sum() or not new.sum():
        assert estimate.reason == ("no current rows" if old.sum() else "no baseline rows")
        return
    expected = 0.0
    for before, now in zip(old.tolist(), new.tolist(), strict=True):
        p, q = max(before / old.sum(), 1e-4), max(now / new.sum(), 1e-4)
        expected += (q - p) * math.log(q / p)
    assert value_of(estimate) == pytest.approx(expected, abs=1e-12)


@given(counts_of_bins)
def test_the_distance_is_that_of_scipy(sides: tuple[Counts, Counts]) -> None:
    old, new = sides
    if old.sum() and new.sum():
        expected = jensenshannon(old / old.sum(), new / new.sum(), base=2)
        assert value_of(jensen_shannon_of_bins(old, new)) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("measure", MEASURES)
@given(sides=counts_of_bins)
def test_a_divergence_is_symmetric_and_lies_in_its_interval(measure: type, sides: tuple[Counts, Counts]) -> None:
    one, other = measure(*sides), measure(*sides[::-1])
    assert one.value == pytest.approx(other.value, abs=1e-12)
    if one.value is not None:
        assert 0 <= one.low <= one.value <= one.high
        assert one.rows == min(sides[0].sum(), sides[1].sum())


@pytest.mark.parametrize("measure", MEASURES)
def test_equal_distributions_do_not_differ_but_are_not_certain(measure: type) -> None:
    estimate = measure(np.array([50, 50]), np.array([5, 5]))
    assert (estimate.value, estimate.low) == (0.0, 0.0)
    assert estimate.high > 0


def test_distributions_without_a_common_bin_are_one_apart() -> None:
    estimate = jensen_shannon_of_bins(np.array([1_000, 0]), np.array([0, 1_000]))
    assert estimate.value == estimate.high == 1.0


@pytest.mark.parametrize("measure", [jensen_shannon_of_bins, kullback_leibler_of_bins])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([138711982, 106099040, 6311781, 346625900], [277423964, 212198080, 12623563, 693251801]),
        ([7264796, 47693390, 22294255], [21794388, 143080170, 66882765]),
        ([0, 28263615], [1, 84790845]),
        (
            [138711982, 106099040, 6311781, 346625900, 87130602, 162140686, 78774496, 11668167, 38215865],
            [277423964, 212198080, 12623562, 693251800, 174261204, 324281373, 157548992, 23336334, 76431730],
        ),
    ],
)
def test_many_rows_that_differ_by_less_than_rounding_have_a_number(
    measure: type, old: list[int], new: list[int]
) -> None:
    estimate = measure(np.array(old), np.array(new))
    assert 0 <= estimate.low <= estimate.value <= estimate.high < 1e-3


def test_an_empty_bin_makes_the_interval_wide_but_not_certain() -> None:
    estimate = stability_of_bins(np.array([100] * 10), np.array([2, 3, 1, 2, 2, 0, 2, 3, 2, 1]))
    assert value_of(estimate) > 1
    assert estimate.low is not None
    assert estimate.low < 0.01


def test_the_interval_narrows_with_the_rows() -> None:
    old, new = np.array([500, 300, 200]), np.array([400, 350, 250])
    few, many = stability_of_bins(old, new), stability_of_bins(old * 100, new * 100)
    assert (few.high or 0) - value_of(few) > 9 * ((many.high or 0) - value_of(many))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("rows", [100, 3_000])
def test_the_interval_holds_the_true_value_as_often_as_it_says(measure: type, rows: int) -> None:
    random = chance()
    old = np.full(10, 0.1)
    new = np.linspace(0.05, 0.15, 10)
    truth = measure((old * 1e9).astype(np.int64), (new * 1e9).astype(np.int64)).value
    misses = {"low": 0, "high": 0}
    for _ in range(300):
        estimate = measure(random.multinomial(50_000, old), random.multinomial(rows, new))
        misses["low"] += estimate.low > truth
        misses["high"] += estimate.high < truth
    assert max(misses.values()) <= 20  # 2.5 % of 300 are 7.5; 20 would be 4.6 standard errors more


def test_sides_of_different_bins_are_refused() -> None:
    with pytest.raises(ValueError, match="same bins"):
        stability_of_bins(np.array([1, 2]), np.array([1, 2, 3]))


@pytest.mark.parametrize("shape", SHAPES)
def test_bins_counted_from_cells_are_bins_counted_from_values(shape: str) -> None:
    random = chance()
    values = SHAPES[shape](random, 3_000)
    grid = a_grid_of(values)
    feature = grid.features[0]
    assert isinstance(feature, NumberFeature)
    current = np.concatenate((SHAPES[shape](random, 500) * 1.3, feature.edges, [np.nan] * 3))
    profile = profile_predictions(grid, {"x": current}, np.zeros(len(current), dtype=np.int32))
    place = np.searchsorted(feature.edges, current[:-3], side="right")
    assert bin_counts(feature, profile).tolist() == [*np.bincount(place, minlength=len(feature.edges) + 1), 3]


def test_bins_of_merged_profiles_are_merged_bins() -> None:
    grid = a_grid()
    one, other = a_profile(grid, 1, 80), a_profile(grid, 2, 90)
    for feature in grid.features:
        together = bin_counts(feature, merge(one, other))
        assert together.tolist() == (bin_counts(feature, one) + bin_counts(feature, other)).tolist()
    assert number_bins(grid.score, merge(one, other).score).sum() == 170
