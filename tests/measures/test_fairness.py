import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.measures import Estimate, GroupRates
from cdt.measures.estimates import wilson_interval
from cdt.measures.fairness import Disparity, disparity, disparity_values
from cdt.measures.fairness.shares import Shares
from cdt.measures.rates import group_rates, selections, true_positives

from .builders import a_grid, a_profile, a_sample, chance

GRID = a_grid()


def shares_of(*groups: tuple[int, int], missing: tuple[int, int] = (0, 0)) -> Shares:
    """Groups as (parts, rows), and the rows whose attribute is missing."""
    pairs = np.array([*groups, missing], dtype=np.int64)
    return Shares(parts=pairs[:, 0], rows=pairs[:, 1], is_group=np.array([True] * len(groups) + [False]))


def bounds(estimate: Estimate) -> tuple[float, float, float]:
    assert estimate.low is not None
    assert estimate.value is not None
    assert estimate.high is not None
    return estimate.low, estimate.value, estimate.high


def test_rates_by_group_are_those_of_the_rows() -> None:
    sample = a_sample(GRID, 5, 3_000)
    profile = sample.profile(GRID)
    labels = sample.labels
    assert labels is not None
    ages = labels.groups["age group"]
    for place, rates in enumerate(group_rates(GRID, profile, "age group", minimum_group_size=1)):
        decided = (ages == place) & (sample.predictions.decision >= 0)
        positive = decided & (labels.label == 1)
        chosen = sample.predictions.decision == 1
        assert rates.group == GRID.attributes["age group"].labels[place]
        assert rates.rows == decided.sum()
        assert rates.labelled == (decided & (labels.label >= 0)).sum()
        assert rates.positives == positive.sum()
        assert rates.selection.value == (decided & chosen).sum() / decided.sum()
        assert rates.true_positive.value == (positive & chosen).sum() / positive.sum()
        low, high = wilson_interval(rates.selection.value, rates.rows)
        assert (rates.selection.low, rates.selection.high) == (low, high)


def test_a_group_without_rows_is_not_listed_and_a_small_one_is() -> None:
    sample = a_sample(GRID, 5, 40)
    listed: tuple[GroupRates, ...] = group_rates(GRID, sample.profile(GRID), "sex", minimum_group_size=15)
    assert {rates.group for rates in listed} == {"female", "male", "(missing)"}
    assert all(rates.rows > 0 for rates in listed)
    assert {rates.is_large_enough for rates in listed if rates.group == "(missing)"} == {False}


def test_the_difference_and_the_ratio_are_those_of_the_extremes() -> None:
    found = disparity(shares_of((60, 100), (50, 100), (30, 100)), minimum_group_size=30)
    assert found.difference.value == pytest.approx(0.3)
    assert found.ratio.value == pytest.approx(0.5)
    assert (found.highest, found.lowest) == (0, 2)


def test_small_and_missing_groups_are_left_out() -> None:
    with_them = disparity(shares_of((60, 100), (50, 100), (0, 29), missing=(0, 500)), minimum_group_size=30)
    without = disparity(shares_of((60, 100), (50, 100)), minimum_group_size=30)
    assert with_them == without


@pytest.mark.parametrize(
    ("shares", "reason"),
    [
        (shares_of(), "no rows"),
        (shares_of((1, 50)), "fewer than two groups"),
        (shares_of((1, 50), missing=(3, 80)), "fewer than two groups"),
        (shares_of((1, 50), (1, 29)), "fewer than two groups of at least 30 rows"),
    ],
)
def test_what_can_not_be_compared_has_a_reason(shares: Shares, reason: str) -> None:
    found = disparity(shares, minimum_group_size=30)
    assert (found.difference.reason, found.ratio.reason) == (reason, reason)


def test_a_ratio_of_nothing_is_missing_while_the_difference_is_none() -> None:
    found = disparity(shares_of((0, 50), (0, 50)), minimum_group_size=30)
    assert found.difference.value == 0.0
    assert found.ratio.reason == "no positive decisions in any group"


def test_the_same_seed_gives_the_same_bits_and_another_other_ones() -> None:
    shares = shares_of((60, 100), (50, 100), (30, 100))
    first, again, other = (disparity(shares, minimum_group_size=30, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.difference.low != other.difference.low


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 400).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))), max_size=6),
)
def test_intervals_are_finite_in_range_and_hold_their_value(groups: list[tuple[int, int]]) -> None:
    found: Disparity = disparity(shares_of(*groups), minimum_group_size=1, draws=200)
    values = disparity_values(shares_of(*groups), minimum_group_size=1)
    assert (found.difference.value, found.ratio.value) == values
    for estimate in (found.difference, found.ratio):
        if estimate.value is not None:
            low, value, high = bounds(estimate)
            assert 0 <= low <= value <= high <= 1


@pytest.mark.parametrize(
    ("rows", "rates"),
    [
        ([500, 500], [0.5, 0.5]),
        ([2_000, 400, 100, 60, 300], [0.5, 0.5, 0.5, 0.5, 0.5]),
        ([5_000, 500, 3_000], [0.5, 0.4, 0.3]),
    ],
)
def test_the_intervals_hold_the_true_values_as_often_as_they_say(rows: list[int], rates: list[float]) -> None:
    random = chance()
    difference, ratio = max(rates) - min(rates), min(rates) / max(rates)
    misses = 0
    for _ in range(150):
        groups = zip(random.binomial(rows, rates).tolist(), rows, strict=True)
        found = disparity(shares_of(*groups), minimum_group_size=30, draws=300)
        low, _, high = bounds(found.difference)
        misses += not low <= difference + 1e-12 <= high + 1e-12
        low, _, high = bounds(found.ratio)
        misses += not low <= ratio + 1e-12 <= high + 1e-12
    assert misses <= 34  # 5 % of 300 are 15; 34 would be 5 standard errors more


def test_parity_is_of_decisions_and_opportunity_of_positive_labels() -> None:
    profile = a_profile(GRID, 6, 900)
    decided = profile.group_decisions("sex")
    assert selections(GRID, profile, "sex").rows.tolist() == decided[:, :2].sum(axis=1).tolist()
    confusion = profile.group_confusions("sex")
    opportunity = true_positives(GRID, profile, "sex")
    assert opportunity.parts.tolist() == confusion[:, 1, 1].tolist()
    assert opportunity.rows.tolist() == (confusion[:, 0, 1] + confusion[:, 1, 1]).tolist()
    assert opportunity.is_group.tolist() == [True, True, True, False]
