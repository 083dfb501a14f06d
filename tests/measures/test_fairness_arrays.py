"""Fairness of plain arrays: what any order, name, number of copies or missing value may change, and what not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cdt import measures
from cdt.measures import CategoryColumn, Estimate, fairness
from cdt.measures.fairness.disparity import disparity
from cdt.measures.fairness.entropy import entropy
from cdt.measures.fairness.kinds import FALSE_POSITIVE, TRUE_POSITIVE

from .builders import chance

PARITIES = (
    "equal_opportunity",
    "equalized_odds",
    "predictive_parity",
    "false_positive_rate",
    "false_negative_rate",
    "false_discovery_rate",
    "accuracy_parity",
    "treatment_equality",
)
OF_LABELS: dict[str, Callable[..., Estimate]] = {
    f"{parity}_{kind}": getattr(fairness, f"{parity}_{kind}") for parity in PARITIES for kind in ("difference", "ratio")
}
ALL: dict[str, Callable[..., Estimate]] = {
    **OF_LABELS,
    "demographic_parity_difference": lambda _, *rest, **terms: fairness.demographic_parity_difference(*rest, **terms),
    "demographic_parity_ratio": lambda _, *rest, **terms: fairness.demographic_parity_ratio(*rest, **terms),
    "calibration_parity_difference": lambda label, decision, group, **terms: fairness.calibration_parity_difference(
        label, np.asarray(decision) * 0.5 + 0.25, group, **terms
    ),
    "calibration_parity_ratio": lambda label, decision, group, **terms: fairness.calibration_parity_ratio(
        label, np.asarray(decision) * 0.5 + 0.25, group, **terms
    ),
}

rows = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from("abc")), max_size=60)
Rows = list[tuple[int, int, str]]


def columns_of(people: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.str_]]:
    label, decision, group = zip(*people, strict=True) if people else ((), (), ())
    return np.array(label, dtype=np.int64), np.array(decision, dtype=np.int64), np.array(group, dtype="<U1")


def value_of(name: str, people: Rows, **terms: Any) -> float | None:
    return ALL[name](*columns_of(people), draws=100, **terms).value


@settings(max_examples=60, deadline=None)
@given(rows, st.sampled_from(sorted(ALL)))
def test_a_value_lies_within_its_range_and_its_interval_or_has_a_reason(people: Rows, name: str) -> None:
    found = ALL[name](*columns_of(people), draws=100)
    measure = measures.BY_NAME[name]
    if found.value is None:
        assert found.reason
        assert found.low is found.high is None
        return
    assert found.low is not None
    assert found.high is not None
    assert measure.low is not None
    assert measure.low <= found.low <= found.value <= found.high <= (measure.high or np.inf)


@settings(max_examples=60, deadline=None)
@given(rows, st.sampled_from(sorted(ALL)), st.randoms(use_true_random=False))
def test_neither_order_nor_names_nor_copies_of_all_rows_change_a_value(people: Rows, name: str, random: Any) -> None:
    shuffled = random.sample(people, len(people))
    renamed = [(label, decision, {"a": "z", "b": "y", "c": "x"}[group]) for label, decision, group in people]
    value = value_of(name, people)
    assert value_of(name, shuffled) == pytest.approx(value)
    assert value_of(name, renamed) == pytest.approx(value)
    assert value_of(name, people * 3) == pytest.approx(value)


@settings(max_examples=30, deadline=None)
@given(rows)
def test_the_parities_of_what_was_not_done_are_those_of_what_was(people: Rows) -> None:
    missed = value_of("false_negative_rate_difference", people)
    assert missed == pytest.approx(value_of("equal_opportunity_difference", people))
    wrong = value_of("false_discovery_rate_difference", people)
    assert wrong == pytest.approx(value_of("predictive_parity_difference", people))


@pytest.mark.parametrize("name", sorted(ALL))
def test_groups_that_fare_alike_differ_by_nothing(name: str) -> None:
    people: Rows = [
        (label, decision, group) for label in (0, 1) for decision in (0, 1) for group in "abc" for _ in range(9)
    ]
    found = ALL[name](*columns_of(people))
    assert found.value == (1.0 if name.endswith("ratio") else 0.0)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.high


@pytest.mark.parametrize("name", sorted(ALL))
def test_one_group_none_and_those_that_are_too_small_have_a_reason(name: str) -> None:
    nobody: Rows = []
    assert ALL[name](*columns_of(nobody)).reason
    alone: Rows = [(label, decision, "a") for label in (0, 1) for decision in (0, 1)] * 20
    assert ALL[name](*columns_of(alone)).reason == "fewer than two groups"
    pair: Rows = [*alone, (0, 1, "b"), (1, 0, "b"), (1, 1, "b"), (0, 0, "b")]
    found = ALL[name](*columns_of(pair), minimum_group_size=10)
    assert found.reason == "fewer than two groups of at least 10 rows"
    missing = ALL[name](*columns_of(pair), minimum_group_size=10, reference="b")
    assert missing.reason == "fewer than two groups of at least 10 rows"


def test_labels_of_one_class_leave_out_what_needs_the_other() -> None:
    label, decision, group = [1, 1, 1, 1], [1, 0, 1, 1], ["a", "a", "b", "b"]
    assert fairness.equal_opportunity_difference(label, decision, group).value == 0.5
    for found in (
        fairness.false_positive_rate_difference(label, decision, group),
        fairness.equalized_odds_difference(label, decision, group),
    ):
        assert found.reason == "no labelled rows of the other class"
    assert fairness.treatment_equality_ratio(label, decision, group).reason == "fewer than two groups"
    wrong = fairness.treatment_equality_ratio([1, 1], [0, 0], ["a", "b"])
    assert wrong.reason == "no false positives in one of the groups"


def test_rows_that_lack_a_decision_a_label_or_a_group_do_not_count() -> None:
    label, decision, group = [1, 1, 1, 1], [1, 0, 1, 1], ["a", "a", "b", "b"]
    value = fairness.equal_opportunity_difference(label, decision, group)
    for more in ((None, 1, "a"), (1, None, "b"), (0, 0, None), (float("nan"), 1, "a"), (1, 1, float("nan"))):
        longer = [[*column, each] for column, each in zip((label, decision, group), more, strict=True)]
        arrays = [np.array(column, dtype=object) for column in longer]
        assert fairness.equal_opportunity_difference(*arrays) == value


def test_groups_may_be_texts_numbers_truths_codes_or_bands() -> None:
    decision = np.array([1, 1, 0, 1, 0, 0])
    value = fairness.demographic_parity_difference(decision, ["a", "a", "a", "b", "b", "b"])
    assert value.value == pytest.approx(1 / 3)
    codes = CategoryColumn.from_texts(["x", "x", "x", "y", "y", "y"])
    for group in (
        np.array([7, 7, 7, 9, 9, 9]),
        np.array([True] * 3 + [False] * 3),
        np.array([1.0] * 3 + [2.5] * 3),
        codes,
    ):
        assert fairness.demographic_parity_difference(decision, group).value == value.value
    ages = np.array([20.0, 30.0, 64.9, 65.0, 80.0, 99.0, np.nan])
    assert fairness.demographic_parity_difference([*decision, 1], ages, bands=[65]) == value
    assert fairness.demographic_parity_difference(decision.astype(bool), codes, positive=True) == value
    assert fairness.demographic_parity_difference(np.array(["no", "yes"])[decision], codes, positive="yes") == value


def test_several_attributes_are_compared_by_their_intersections() -> None:
    sex, race = np.array(["f", "f", "m", "m"] * 5), np.array(["a", "b"] * 10)
    decision = ((sex == "f") ^ (race == "a")).astype(int)
    assert fairness.demographic_parity_difference(decision, sex).value == 0
    assert fairness.demographic_parity_difference(decision, race).value == 0
    assert fairness.demographic_parity_difference(decision, [sex, race]).value == 1
    rates = fairness.selection_rate(decision, [sex, race])
    assert {name: each.value for name, each in rates.items()} == {"f & a": 0, "f & b": 1, "m & a": 1, "m & b": 0}


def test_a_group_that_is_not_there_is_no_reference() -> None:
    with pytest.raises(ValueError, match="there is no group 'c': there are 'a', 'b'"):
        fairness.demographic_parity_ratio([1, 0], ["a", "b"], reference="c")
    with pytest.raises(ValueError, match="not both"):
        fairness.demographic_parity_ratio([1, 0], ["a", "b"], reference="a", whole=True)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: fairness.demographic_parity_ratio([1, 0, 1], ["a", "b"]),
        lambda: fairness.equal_opportunity_ratio([1, 0, 1], [1, 0], ["a", "b"]),
        lambda: fairness.calibration_parity_ratio([1, 0], [0.5], ["a", "b"]),
        lambda: fairness.demographic_parity_ratio([[1, 0]], ["a", "b"]),
        lambda: fairness.demographic_parity_ratio([1, 0], [["a", "b"], ["c"]]),
        lambda: fairness.demographic_parity_ratio([1, 0], [20, 70], bands=[65, 30]),
        lambda: fairness.treatment_equality_ratio([1, 0], [1, 1], ["a", "b"], whole=True),
        lambda: fairness.generalized_entropy_index([1], [1], alpha=0),
    ],
)
def test_arrays_that_do_not_fit_are_refused(broken: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        broken()


def test_texts_need_the_positive_one_named() -> None:
    with pytest.raises(TypeError, match="name the positive one"):
        fairness.demographic_parity_ratio(["yes", "no"], ["a", "b"])


def test_scores_that_are_no_probabilities_say_nothing_of_calibration() -> None:
    found = fairness.calibration_parity_difference([1, 0], [3.5, -2.0], ["a", "b"])
    assert found.reason == "scores below 0 or above 1 are no probabilities"


def test_the_hundred_groups_of_two_attributes_cost_no_more_memory_than_some_at_a_time() -> None:
    random = chance()
    first, second = random.integers(0, 20, 20_000), random.integers(0, 20, 20_000)
    found = fairness.demographic_parity_difference(random.integers(0, 2, 20_000), [first, second], draws=100)
    assert found.low is not None
    assert found.value is not None
    assert found.low < 0.2 < found.value  # chance alone moves the farthest of 400 groups that far, and it says so


@pytest.mark.parametrize("terms", [{}, {"reference": "7"}, {"whole": True}])
def test_ten_thousand_groups_have_a_value_and_no_interval(terms: dict[str, Any]) -> None:
    group = np.arange(20_000) % 10_000
    decision = np.ones(20_000, dtype=np.int64)
    decision[[3, 10_003, 4]] = 0
    difference = fairness.demographic_parity_difference(decision, group, **terms)
    assert (difference.low, difference.high, difference.rows) == (None, None, 2)
    assert difference.value == (1.0 if "whole" not in terms else 1 - 3 / 20_000)
    assert fairness.demographic_parity_ratio(decision, group, **terms).value == 0.0


@pytest.mark.parametrize("against", ["groups", "whole", 0])
def test_the_interval_of_the_greatest_of_two_rates_holds_the_true_one(against: Any) -> None:
    random = chance(3)
    positives, others = np.array([400, 120, 160]), np.array([600, 180, 240])
    hits, alarms = np.array([0.7, 0.6, 0.6]), np.array([0.3, 0.25, 0.1])
    truths = []
    for share, sizes in ((hits, positives), (alarms, others)):
        side = share[0] if against == 0 else share @ sizes / sizes.sum()
        truths.append(share.max() - share.min() if against == "groups" else np.abs(share - side).max())
    misses = 0
    for seed in range(200):
        table = np.zeros((4, 2, 2), dtype=np.int64)
        table[:3, 1, 1], table[:3, 1, 0] = random.binomial(positives, hits), random.binomial(others, alarms)
        table[:3, 0, 1], table[:3, 0, 0] = positives - table[:3, 1, 1], others - table[:3, 1, 0]
        is_group = np.array([True, True, True, False])
        rates = [kind.of(table, is_group) for kind in (TRUE_POSITIVE, FALSE_POSITIVE)]
        found = disparity(*rates, minimum_group_size=30, draws=200, seed=seed, against=against).difference
        misses += not (found.low or 0) <= max(truths) + 1e-12 <= (found.high or 0) + 2e-12
    assert misses <= 25  # 5 % of 200 are 10; 25 would be 5 standard errors more


@pytest.mark.parametrize("shares", [(0.1, 0.8, 0.1), (0.01, 0.98, 0.01)])
def test_the_interval_of_inequality_holds_the_true_one(shares: tuple[float, float, float]) -> None:
    random = chance(4)
    truth = entropy(table_of(np.array(shares) * 1_000_000), alpha=1.0).value
    misses = 0
    for _ in range(300):
        found = entropy(table_of(random.multinomial(200, shares)), alpha=1.0)
        misses += not (found.low or 0) <= (truth or 0) <= (found.high or 0)
    assert misses <= 34  # 5 % of 300 are 15; 34 would be 5 standard errors more


def table_of(benefits: NDArray[Any]) -> NDArray[np.int64]:
    return np.array([[benefits[1], benefits[0]], [benefits[2], 0]], dtype=np.int64)
