"""A score in one sentence."""

import pytest

from cdt.domain.trust.sentences import sentence
from tests.builders import NOON
from tests.domain.builders import a_policy, a_ratio, a_score, an_accuracy, an_auc, an_index

LOW_THRESHOLD = a_policy(threshold=0.5)


def stable(*drifted: str) -> list:
    return [an_index(name, 1.0 if name in drifted else 0.0) for name in ("age", "school", "sex", "job")]


def told(before: list, now: list, **options) -> str:
    previous = a_score(*before, policy=LOW_THRESHOLD)
    return sentence(a_score(*now, policy=LOW_THRESHOLD, previous=previous), previous, **options)


WELL = [a_ratio("race", 0.8), a_ratio("sex", 0.8), an_accuracy(0.8)]


def test_the_first_score_has_no_trend() -> None:
    assert sentence(a_score()) == "Trusted at 1.00, its first score."


def test_a_score_of_any_window_follows_on_none_and_is_not_called_the_first() -> None:
    assert sentence(a_score(), is_first=False) == "Trusted at 1.00."


def test_a_score_below_its_threshold_is_said_to_be() -> None:
    score = a_score(*stable("age", "school"), a_ratio("sex", 0.2), an_accuracy(0.8))

    assert sentence(score) == "Below its threshold of 0.70, at 0.58, its first score. Drifted: age and school."


def test_a_fall_names_the_attribute_that_fell_most() -> None:
    now = [a_ratio("race", 0.4), a_ratio("sex", 0.76), an_accuracy(0.8)]

    assert told([*stable(), *WELL], [*stable(), *now], since=NOON) == (
        "Trusted at 0.91, down 0.09 since 2026-03-02, because fairness for race fell."
    )


def test_a_rise_names_the_measure_that_rose() -> None:
    before = [a_ratio("race", 0.8), a_ratio("sex", 0.8), an_accuracy(0.8), an_auc(0.45)]

    assert told([*stable(), *before], [*stable(), *before[:3], an_auc(0.9)]) == (
        "Trusted at 1.00, up 0.08, because ROC AUC rose."
    )


@pytest.mark.parametrize(
    ("before", "now", "cause"),
    [
        ([], ["age"], "down 0.08, because age drifted."),
        (
            ["age"],
            ["age", "school", "sex"],
            "down 0.17, because school and sex drifted. Drifted: age and 2 more features.",
        ),
        ([], ["age", "school", "sex"], "down 0.25, because age and 2 more features drifted."),
        (["age"], [], "up 0.08, because age no longer drifted."),
    ],
)
def test_drift_names_the_features(before: list[str], now: list[str], cause: str) -> None:
    assert told([*stable(*before), *WELL], [*stable(*now), *WELL]).endswith(cause)


def test_evidence_that_came_or_went_is_the_cause() -> None:
    assert told([*stable("age"), *WELL[:2]], [*stable("age"), *WELL]).endswith(
        "because performance can be judged now. Drifted: age."
    )
    assert told([*stable("age"), *WELL], [*stable("age"), *WELL[:2]]).endswith(
        "because performance can no longer be judged. Drifted: age."
    )


def test_another_policy_is_the_cause() -> None:
    previous = a_score(*stable("age"), *WELL)
    changed = a_policy(version=2, weights=type(LOW_THRESHOLD.weights)(stability=1, fairness=0, performance=0))

    now = a_score(*stable("age"), *WELL, policy=changed, previous=previous)

    assert sentence(now, previous) == "Trusted at 0.75, down 0.17, because the trust policy changed. Drifted: age."


def test_another_threshold_that_turns_the_verdict_is_told_though_the_score_is_steady() -> None:
    previous = a_score(*stable("age"), *WELL)

    now = a_score(*stable("age"), *WELL, policy=a_policy(version=2, threshold=0.95), previous=previous)

    assert (
        sentence(now, previous)
        == "Below its threshold of 0.95, at 0.92, steady; the trust policy changed. Drifted: age."
    )


def test_a_steady_score_needs_no_cause() -> None:
    assert told([*stable(), *WELL], [*stable(), *WELL], since=NOON) == "Trusted at 1.00, steady since 2026-03-02."


def test_a_change_that_rounds_to_nothing_is_none() -> None:
    before, now = ([a_ratio("race", ratio), a_ratio("sex", 0.08), an_accuracy(0.08)] for ratio in (0.0800, 0.0700))
    policy = a_policy(threshold=0.1, weights=type(LOW_THRESHOLD.weights)(stability=0.1, fairness=1, performance=1))
    previous = a_score(*stable("age", "school", "sex", "job"), *before, policy=policy)
    score = a_score(*stable("age", "school", "sex", "job"), *now, policy=policy, previous=previous)

    assert score.trend.direction == "down"
    assert sentence(score, previous, since=NOON).endswith(
        ", unchanged since 2026-03-02. Drifted: age and 3 more features."
    )


def test_without_evidence_there_is_no_score_but_a_reason() -> None:
    assert sentence(a_score(an_index("age", 0.0))) == (
        "Not enough evidence for a score. Only 0.33 of the weight has evidence; the policy asks for 0.50."
        " Missing: fairness, performance."
    )


def test_the_first_score_after_too_little_evidence_says_so() -> None:
    assert told([an_index("age", 0.0)], [*stable(), *WELL]) == "Trusted at 1.00; there was not enough evidence before."


def test_of_the_worst_component_the_cause_is_the_one_that_was_or_is_the_worst() -> None:
    policy = a_policy(aggregation="worst")
    previous = a_score(*stable("age"), a_ratio("sex", 0.7), an_accuracy(0.8), policy=policy)
    now = a_score(*stable("age"), a_ratio("sex", 0.72), an_accuracy(0.4), policy=policy, previous=previous)

    assert sentence(now, previous).endswith("because accuracy fell. Drifted: age.")


def test_what_has_drifted_is_told_though_the_score_rose_for_another_reason() -> None:
    before = [a_ratio("race", 0.1), a_ratio("sex", 0.8), an_accuracy(0.8), an_auc(0.9)]

    assert told([*stable(), *before], [*stable("age"), *WELL]).endswith("because fairness for race rose. Drifted: age.")
