"""Drift of plain arrays: what the arrays may be, and what holds of every measure."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from cdt.measures import CategoryColumn, Estimate, drift, fit_grid
from cdt.measures.bin_distances import chi_square_of_bins, l_infinity_of_bins, total_variation_of_bins
from cdt.measures.bins import bin_counts
from cdt.measures.divergences import (
    hellinger_of_bins,
    jensen_shannon_of_bins,
    kullback_leibler_of_bins,
    stability_of_bins,
)
from cdt.measures.drift.orders import NO_ORDER
from cdt.measures.folding import profile_predictions
from cdt.measures.wasserstein import NO_SPREAD

from .builders import CLASSES, HOSTILE, SHAPES, chance, people

Measure = Callable[..., Estimate]

OF_BINS: dict[str, tuple[Measure, Measure]] = {
    "population_stability_index": (drift.population_stability_index, stability_of_bins),
    "jensen_shannon_distance": (drift.jensen_shannon_distance, jensen_shannon_of_bins),
    "kullback_leibler_divergence": (drift.kullback_leibler_divergence, kullback_leibler_of_bins),
    "hellinger_distance": (drift.hellinger_distance, hellinger_of_bins),
    "total_variation_distance": (drift.total_variation_distance, total_variation_of_bins),
    "l_infinity_distance": (drift.l_infinity_distance, l_infinity_of_bins),
    "chi_square": (drift.chi_square, chi_square_of_bins),
}
OF_ORDER: dict[str, Measure] = {
    "kolmogorov_smirnov": drift.kolmogorov_smirnov,
    "wasserstein_distance": drift.wasserstein_distance,
    "normalized_wasserstein_distance": drift.normalized_wasserstein_distance,
}
ALL: dict[str, Measure] = {name: of_arrays for name, (of_arrays, _) in OF_BINS.items()} | OF_ORDER
IN_ONE = {
    "jensen_shannon_distance",
    "hellinger_distance",
    "total_variation_distance",
    "l_infinity_distance",
    "kolmogorov_smirnov",
}
TESTS = {"chi_square", "kolmogorov_smirnov"}

numbers = st.lists(
    st.sampled_from([-np.inf, -1e308, -3.0, 0.0, 5e-324, 0.5, 1.0, 1.0, 7.25, 1e308, np.inf, np.nan]), max_size=25
).map(lambda values: np.array(values, dtype=np.float64))
texts = st.lists(st.sampled_from(["a", "b", "c", "", "ü", None]), max_size=25)
truths = st.lists(st.sampled_from([True, False, None]), max_size=25)
columns = st.one_of(*(st.tuples(kind, kind) for kind in (numbers, texts, truths)))


@settings(deadline=None)
@given(sides=columns, name=st.sampled_from(sorted(ALL)))
def test_every_measure_of_any_column_is_a_number_in_its_range_or_a_reason(sides: tuple[Any, Any], name: str) -> None:
    found = ALL[name](*sides)
    if found.value is None:
        assert found.reason
        return
    assert 0 <= found.value <= (1 if name in IN_ONE else np.inf)
    if name != "chi_square":
        assert found.low <= found.value <= found.high
    if name in TESTS:
        assert 0 <= found.p_value <= 1
    else:
        assert found.p_value is UNSET


@settings(deadline=None)
@given(sides=columns, name=st.sampled_from(sorted(ALL)), seed=st.integers(0, 9))
def test_the_order_of_the_rows_does_not_matter(sides: tuple[Any, Any], name: str, seed: int) -> None:
    random = chance(seed)
    shuffled = [[side[place] for place in random.permutation(len(side))] for side in sides]
    one, other = ALL[name](*sides), ALL[name](*shuffled)
    assert (one.value is None) == (other.value is None)
    assert one.reason == other.reason
    if one.value is not None:
        assert other.value == pytest.approx(one.value, rel=1e-12, abs=1e-12)


@settings(deadline=None)
@given(sides=columns, name=st.sampled_from(sorted(ALL)))
def test_a_column_does_not_drift_from_itself(sides: tuple[Any, Any], name: str) -> None:
    found = ALL[name](sides[0], sides[0])
    assert found.value is None or found.value == pytest.approx(0.0, abs=1e-12)
    if found.value is not None and name in TESTS:
        assert found.p_value == pytest.approx(1.0, abs=1e-9)


@settings(deadline=None)
@given(sides=st.tuples(numbers, numbers), name=st.sampled_from(["kolmogorov_smirnov", "wasserstein_distance"]))
def test_an_order_is_symmetric(sides: tuple[Any, Any], name: str) -> None:
    one, other = ALL[name](*sides), ALL[name](*sides[::-1])
    assert one.value == (None if other.value is None else pytest.approx(other.value, rel=1e-9))


EDGES = [0.0, 0.5, 1.0]


@settings(deadline=None)
@given(sides=st.tuples(numbers, numbers), name=st.sampled_from(sorted(OF_BINS)))
def test_over_the_same_bins_a_measure_is_symmetric_unless_it_has_a_direction(sides: tuple[Any, Any], name: str) -> None:
    one, other = ALL[name](*sides, edges=EDGES), ALL[name](*sides[::-1], edges=EDGES)
    if name != "kullback_leibler_divergence" and one.value is not None:
        assert one.value == pytest.approx(other.value, rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(sides=columns, name=st.sampled_from(sorted(set(ALL) - {"chi_square"})))
def test_rows_that_are_all_there_twice_change_no_value(sides: tuple[Any, Any], name: str) -> None:
    options = {"edges": EDGES} if name in OF_BINS and isinstance(sides[0], np.ndarray) else {}
    twice = [[*side, *side] for side in sides]
    one, other = ALL[name](*sides, **options), ALL[name](*twice, **options)
    assert (one.value is None) == (other.value is None)
    if one.value is not None:
        assert other.value == pytest.approx(one.value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", sorted(set(ALL) - {"chi_square"}))
def test_four_times_the_rows_halve_the_interval(name: str) -> None:
    random = chance()
    old, new = random.normal(size=3_000), random.normal(1, 1, 3_000)
    one, other = ALL[name](old, new, confidence=0.9), ALL[name](np.tile(old, 4), np.tile(new, 4), confidence=0.9)
    assert (other.high - other.low) / (one.high - one.low) == pytest.approx(0.5, abs=0.02)


def test_the_statistic_of_rows_that_are_all_there_twice_is_twice_as_large() -> None:
    old, new = ["a", "b"] * 50, ["a"] * 30 + ["b"] * 70
    assert drift.chi_square(old * 2, new * 2).value == pytest.approx(2 * (drift.chi_square(old, new).value or 0))


@pytest.mark.parametrize("name", OF_BINS)
@pytest.mark.parametrize("column", ["age", "income", "height", "sex", "town"])
def test_a_measure_of_plain_arrays_is_that_of_profiles_on_the_grid(name: str, column: str) -> None:
    random = chance(4)
    old, new = people(random, 3_000)[column], people(random, 700)[column]
    grid = fit_grid({column: old}, features=[column], classes=CLASSES, positive_class="yes")
    counts = [
        bin_counts(grid.features[0], profile_predictions(grid, {column: side}, np.zeros(len(side), dtype=np.int32)))
        for side in (old, new)
    ]
    of_arrays, of_bins = OF_BINS[name]
    assert of_arrays(old, new) == of_bins(*counts)


SECOND = np.datetime64("2026-01-01T00:00:01")
SAME_COLUMNS: dict[str, list[Any]] = {
    "numbers": [np.array([1.0, 2.0, np.nan]), [1, 2, None], np.array([1, 2, None], dtype=object), (1.0, 2, np.nan)],
    "truths": [
        [True, False, None],
        np.array([True, False, None], dtype=object),
        (True, np.False_, np.nan),
    ],
    "texts": [
        ["a", "b", None],
        np.array(["a", "b", float("nan")], dtype=object),
        CategoryColumn(np.array([0, 1, -1], dtype=np.int32), ("a", "b")),
        [b"a", "b", None],
    ],
    "times": [
        np.array([SECOND, SECOND + 1, "NaT"], dtype="M8[ns]"),
        np.array([SECOND, SECOND + 1, "NaT"], dtype="M8[s]"),
        [datetime(2026, 1, 1, 0, 0, 1), datetime(2026, 1, 1, 0, 0, 2), None],  # noqa: DTZ001
        [datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC), None],
        [
            datetime(2026, 1, 1, 2, 0, 1, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC),
            np.datetime64("NaT"),
        ],
    ],
}


@pytest.mark.parametrize("kind", SAME_COLUMNS)
@pytest.mark.parametrize("name", sorted(OF_BINS))
def test_the_same_values_in_another_array_are_the_same_column(kind: str, name: str) -> None:
    first, *others = SAME_COLUMNS[kind]
    for other in others:
        assert ALL[name](first, other).value == pytest.approx(0.0, abs=1e-12)
        assert ALL[name](first, first) == ALL[name](other, first) == ALL[name](first, other)


def test_times_are_carried_in_seconds_and_dates_are_times() -> None:
    old = np.array([SECOND, SECOND + np.timedelta64(1, "s")])
    assert drift.wasserstein_distance(old, old + np.timedelta64(90, "s")).value == pytest.approx(90.0)
    days = [date(2026, 1, 1), None]
    assert drift.wasserstein_distance(days, [date(2026, 1, 2)]).value == pytest.approx(86_400.0)
    lengths = np.array([1, 3], dtype="m8[m]")
    assert drift.wasserstein_distance(lengths, lengths + np.timedelta64(60, "s")).value == pytest.approx(60.0)


def test_truths_have_an_order_and_a_rare_one_has_its_bin() -> None:
    old, new = np.arange(1_000) < 10, np.arange(1_000) < 60
    assert drift.kolmogorov_smirnov(old, new).value == pytest.approx(0.05)
    assert drift.wasserstein_distance(old, new).value == pytest.approx(0.05)
    assert drift.total_variation_distance(old, new).value == pytest.approx(0.05)


@pytest.mark.parametrize("name", OF_ORDER)
def test_categories_have_no_order(name: str) -> None:
    assert ALL[name](["a", "b"], ["a"]) == Estimate.missing(NO_ORDER, rows=1)


@pytest.mark.parametrize("name", ALL)
def test_a_side_without_rows_is_told(name: str) -> None:
    what = "" if name in OF_BINS else " with a value"
    assert ALL[name]([], [1.0]).reason == f"no baseline rows{what}"
    assert ALL[name]([1.0], []).reason == f"no current rows{what}"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_columns_have_a_finite_number_or_a_reason(name: str, hostile: str) -> None:
    values, usual = np.array(HOSTILE[hostile]), chance().normal(size=60)
    for sides in ((usual, values), (values, usual), (values, values)):
        found = ALL[name](*sides)
        assert (found.value is None) == (found.reason is not None)


def test_infinite_values_have_a_gap_and_no_way() -> None:
    old, new = np.array([1.0, 2.0]), np.array([1.0, np.inf])
    assert drift.kolmogorov_smirnov(old, new).value == pytest.approx(0.5)
    assert drift.wasserstein_distance(old, new).reason == "infinite values lie infinitely far"


def test_a_way_is_measured_by_the_spread_of_the_reference() -> None:
    random = chance()
    old, new = random.normal(5, 2, 4_000), random.normal(6, 3, 4_000)
    way, scaled = drift.wasserstein_distance(old, new), drift.normalized_wasserstein_distance(old, new)
    assert scaled.value == pytest.approx((way.value or 0) / np.std(old), rel=1e-12)
    for factor in (1e-200, 1e200):
        found = drift.normalized_wasserstein_distance(old * factor, new * factor)
        assert found.value == pytest.approx(scaled.value, rel=1e-9)
    assert drift.normalized_wasserstein_distance([3.1] * 9, [4.0]).reason == NO_SPREAD


def test_new_categories_share_a_bin_and_count_as_drift() -> None:
    old, new = ["a"] * 50 + ["b"] * 50, ["a"] * 50 + ["c"] * 25 + ["d"] * 25
    assert drift.binned(old, new).current.tolist() == [50, 0, 50, 0]
    assert drift.total_variation_distance(old, new).value == pytest.approx(0.5)


@pytest.mark.parametrize("shape", SHAPES)
def test_missing_values_have_a_bin_of_their_own(shape: str) -> None:
    random = chance()
    old = SHAPES[shape](random, 1_000)
    new = old.copy()
    new[:200] = np.nan
    found = drift.binned(old, new)
    assert (found.reference[-1], found.current[-1]) == (0, 200)
    assert found.reference.sum() == found.current.sum() == 1_000
    assert drift.total_variation_distance(old, new).value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ((["a"], [1.0]), "of the kind 'category', the current side of 'number'"),
        ((np.array(["2026-01-01"], dtype="M8[D]"), [True]), "of the kind 'time', the current side of 'truth'"),
        (([1, "a"], [1]), "one kind, not of category and number"),
        (([object()], [1]), "of the type object"),
        (([1j], [1]), "of the type complex"),
    ],
)
def test_what_can_not_be_compared_is_refused_in_words(sides: tuple[Any, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        drift.chi_square(*sides)


def test_broken_bins_are_refused() -> None:
    with pytest.raises(ValueError, match="2 bins or more"):
        drift.chi_square([1.0], [2.0], bins=1)
    for edges in ([2.0, 1.0], [1.0, 1.0], [np.nan]):
        with pytest.raises(ValueError, match="ascending numbers"):
            drift.chi_square([1.0], [2.0], edges=edges)
    with pytest.raises(TypeError, match="edges are of numbers"):
        drift.chi_square(["a"], ["b"], edges=[1.0])
    with pytest.raises(ValueError, match="not an array of 2 dimensions"):
        drift.chi_square([[1.0]], [[2.0]])


TRUE_SHARES = np.full(10, 0.1), np.linspace(0.05, 0.15, 10)
COVERED: dict[str, tuple[Measure, Callable[[], float]]] = {
    "kullback_leibler_divergence": (
        kullback_leibler_of_bins,
        lambda: float(np.sum(TRUE_SHARES[1] * np.log(TRUE_SHARES[1] / TRUE_SHARES[0]))),
    ),
    "hellinger_distance": (
        hellinger_of_bins,
        lambda: float(np.sqrt(np.sum((np.sqrt(TRUE_SHARES[1]) - np.sqrt(TRUE_SHARES[0])) ** 2) / 2)),
    ),
    "total_variation_distance": (
        total_variation_of_bins,
        lambda: float(np.abs(TRUE_SHARES[1] - TRUE_SHARES[0]).sum() / 2),
    ),
    "l_infinity_distance": (l_infinity_of_bins, lambda: float(np.abs(TRUE_SHARES[1] - TRUE_SHARES[0]).max())),
}


@pytest.mark.parametrize("name", COVERED)
@pytest.mark.parametrize("rows", [100, 3_000])
def test_the_interval_over_bins_holds_the_true_value_as_often_as_it_says(name: str, rows: int) -> None:
    measure, truth = COVERED[name]
    assert _misses(measure, truth(), rows, 300) <= 24  # 5 % of 300 are 15; 24 would be 2.4 standard errors more


def _misses(measure: Measure, truth: float, rows: int, rounds: int) -> int:
    random = chance()
    estimates = (
        measure(random.multinomial(20_000, TRUE_SHARES[0]), random.multinomial(rows, TRUE_SHARES[1]))
        for _ in range(rounds)
    )
    return sum(not each.low <= truth <= each.high for each in estimates)


@pytest.mark.parametrize(
    ("draw", "shift"),
    [("normal", 0.0), ("normal", 0.2), ("exponential", 0.0), ("exponential", 0.3)],
)
def test_the_interval_of_a_way_holds_the_true_one_as_often_as_it_says(draw: str, shift: float) -> None:
    random = chance()
    misses = 0
    for _ in range(200):
        old, new = getattr(random, draw)(size=2_000), getattr(random, draw)(size=400) + shift
        found = drift.wasserstein_distance(old, new)
        misses += not (found.low or 0) <= shift <= (found.high or 0)
    assert misses <= 17  # 5 % of 200 are 10; 17 would be 2.3 standard errors more


@pytest.mark.parametrize("name", sorted(TESTS))
def test_the_p_value_is_below_a_level_as_seldom_as_it_says_where_nothing_has_changed(name: str) -> None:
    random = chance()
    found = [ALL[name](random.normal(size=900), random.normal(size=400)).p_value for _ in range(400)]
    assert sum(each <= 0.05 for each in found) <= 32  # 5 % of 400 are 20; 32 would be 2.8 standard errors more
    assert 0.35 < float(np.mean(found)) < 0.65
