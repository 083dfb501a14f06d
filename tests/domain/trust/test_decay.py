"""What a score is worth a while after rows last came in."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.trust.decay import DAY_SECONDS, aged, weight_of
from cdt.domain.trust.decisions import Wanted, changed_policy
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy
from tests.domain.builders import ALL_WELL, a_ratio, a_score, an_index

AGES = st.floats(0, 1e12)


def test_evidence_counts_whole_for_a_week_and_then_half_as_much_with_each_month() -> None:
    ages = (0, 7, 37, 67, 97)

    assert [weight_of(days * DAY_SECONDS, DEFAULT_POLICY) for days in ages] == [1.0, 1.0, 0.5, 0.25, 0.125]


def test_a_score_of_which_enough_evidence_is_left_stands_and_says_how_old_it_is() -> None:
    found = aged(a_score(*ALL_WELL), DEFAULT_POLICY, age_seconds=22 * DAY_SECONDS)

    assert found.standing == "trusted"
    assert found.coverage == found.weight == pytest.approx(2**-0.5)
    assert found.sentence == "No rows have come in for 22 days, so the evidence counts 0.71."


def test_a_score_whose_evidence_is_too_old_is_trusted_no_more() -> None:
    found = aged(a_score(*ALL_WELL), DEFAULT_POLICY, age_seconds=38 * DAY_SECONDS)

    assert found.standing == "not_enough_evidence"
    assert found.sentence == (
        "No rows have come in for 38 days, so the evidence counts 0.49, and covers 0.49 of the weight; the policy asks"
        " for 0.50."
    )
    assert aged(a_score(*ALL_WELL), DEFAULT_POLICY, age_seconds=37 * DAY_SECONDS).standing == "trusted"


def test_evidence_that_covered_little_is_too_little_sooner() -> None:
    score = a_score(an_index("age", 0.0), a_ratio("sex", 0.9))
    assert (score.standing, score.coverage) == ("trusted", pytest.approx(2 / 3))

    assert aged(score, DEFAULT_POLICY, age_seconds=22 * DAY_SECONDS).standing == "not_enough_evidence"


def test_without_a_score_age_takes_nothing_more_and_what_is_below_its_threshold_stays_so() -> None:
    assert aged(a_score(), DEFAULT_POLICY, age_seconds=1e9).standing == "not_enough_evidence"
    bad = a_score(an_index("age", 0.5), a_ratio("sex", 0.1))
    assert aged(bad, DEFAULT_POLICY, age_seconds=8 * DAY_SECONDS).standing == "below_threshold"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(90, "1 minute"), (7_200, "2 hours"), (3_600, "1 hour"), (86_400, "1 day"), (1e9, "11,574 days")],
)
def test_the_age_is_told_in_words(seconds: float, words: str) -> None:
    policy = TrustPolicy(fresh_seconds=60, half_life_seconds=60)

    assert f" for {words}, so" in str(aged(a_score(*ALL_WELL), policy, age_seconds=seconds).sentence)


@given(one=AGES, other=AGES)
def test_evidence_never_counts_more_by_growing_older_and_never_nothing(one: float, other: float) -> None:
    young, old = sorted((one, other))

    assert 0 < weight_of(old, DEFAULT_POLICY) <= weight_of(young, DEFAULT_POLICY) <= 1


@given(AGES)
def test_the_coverage_that_is_left_is_a_share_of_what_there_was(age: float) -> None:
    score = a_score(an_index("age", 0.0), a_ratio("sex", 0.9))
    found = aged(score, DEFAULT_POLICY, age_seconds=age)

    assert 0 < found.coverage <= score.coverage
    assert math.isclose(found.coverage, score.coverage * found.weight)


@pytest.mark.parametrize(
    ("name", "field"), [("fresh_seconds", "freshSeconds"), ("half_life_seconds", "halfLifeSeconds")]
)
@pytest.mark.parametrize("seconds", [0, -1, 59, 3_650 * DAY_SECONDS + 1])
def test_a_time_that_nobody_means_is_refused(name: str, field: str, seconds: int) -> None:
    with pytest.raises(Invalid) as refused:
        changed_policy(DEFAULT_POLICY, Wanted(**{name: seconds}))

    assert refused.value.field == field


def test_to_want_what_holds_unsaid_changes_nothing() -> None:
    week, month = 7 * DAY_SECONDS, 30 * DAY_SECONDS

    assert changed_policy(DEFAULT_POLICY, Wanted(fresh_seconds=week, half_life_seconds=month)) == DEFAULT_POLICY
    other = changed_policy(DEFAULT_POLICY, Wanted(fresh_seconds=60))
    assert other == replace(DEFAULT_POLICY, fresh_seconds=60)
    assert changed_policy(other, Wanted(fresh_seconds=week)).fresh_for == week
