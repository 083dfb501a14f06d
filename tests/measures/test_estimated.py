"""Performance before labels are known, and what labels say of concepts that move."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from cdt.measures import (
    LabelRows,
    PredictionRows,
    ReadingRules,
    Sample,
    fit_grid,
    reading_from_profiles,
    reading_from_rows,
)
from cdt.measures import performance as measures
from cdt.measures.performance.estimated import FORMULAS

from .builders import CLASSES, chance

NAMES = tuple(f"estimated_{name}" for name in FORMULAS)
CONCEPT = ("performance_drift", "calibration_drift")
GRID = fit_grid({}, features=[], classes=CLASSES, positive_class="yes")


def rows(seed: int, count: int, *, centre: float = 0.0, tilt: float = 1.4) -> tuple[NDArray[Any], NDArray[Any]]:
    """Scores, and labels that they don't quite call."""
    random = chance(seed)
    strength = random.normal(centre, 1.5, count)
    score = (1 / (1 + np.exp(-strength))).round(3)
    return score, (random.random(count) < 1 / (1 + np.exp(0.3 - tilt * strength))).astype(int)


def a_sample(score: NDArray[Any], decision: NDArray[Any], label: NDArray[Any] | None = None) -> Sample:
    codes = decision.astype(np.int32)
    labels = None if label is None else LabelRows(codes, score, label.astype(np.int32), {})
    return Sample(PredictionRows({}, codes, score), labels)


def test_an_estimate_is_what_the_chances_of_an_independent_isotonic_regression_expect() -> None:
    (known, label), (others, _) = rows(1, 2_000), rows(2, 900, centre=0.7)
    score = chance(3).choice(known, len(others))
    decision = (score + chance(4).normal(0, 0.1, len(score)) > 0.5).astype(int)
    likely = IsotonicRegression(out_of_bounds="clip").fit(known, label).predict(score)
    found, wrong = likely[decision == 1].sum(), (1 - likely)[decision == 1].sum()
    missed, spared = likely[decision == 0].sum(), (1 - likely)[decision == 0].sum()
    pairs = likely[:, None] * (1 - likely)[None, :]
    rightly = (pairs * ((likely[:, None] > likely[None, :]) + (likely[:, None] == likely[None, :]) / 2)).sum()
    expected = {
        "accuracy": (found + spared) / len(score),
        "precision": found / (found + wrong),
        "recall": found / (found + missed),
        "f1": 2 * found / (2 * found + wrong + missed),
        "balanced_accuracy": (found / (found + missed) + spared / (spared + wrong)) / 2,
    }
    for name, value in expected.items():
        estimate = getattr(measures, f"estimated_{name}")(label, known, decision, score)
        assert estimate.value == pytest.approx(value, abs=1e-9)
        assert estimate.rows == len(score)
    assert measures.estimated_roc_auc(label, known, score).value == pytest.approx(rightly / pairs.sum(), abs=1e-9)


def test_the_interval_holds_what_the_labels_turn_out_to_say_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(60):
        (known, label), (score, truth) = rows(seed, 1_000), rows(1_000 + seed, 500, centre=0.5)
        decision = (score > 0.5).astype(int)
        estimate = measures.estimated_accuracy(label, known, decision, score, draws=300)
        realised = measures.accuracy(truth, decision).value
        assert estimate.low is not None
        assert estimate.high is not None
        assert realised is not None
        held += estimate.low <= realised <= estimate.high
    assert held >= 53


@given(st.lists(st.tuples(st.booleans(), st.floats(-1e300, 1e300)), max_size=40), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_estimates_lie_between_0_and_1_whatever_the_window_holds(window: list[tuple[bool, float]], seed: int) -> None:
    known, label = rows(seed, 200)
    decision, score = np.array([each[0] for each in window], dtype=int), np.array([each[1] for each in window])
    for name in ("accuracy", "f1", "balanced_accuracy"):
        estimate = getattr(measures, f"estimated_{name}")(label, known, decision, score, draws=100)
        if estimate.value is None:
            assert estimate.reason
        else:
            assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize(
    ("score", "label", "reason"),
    [
        ([], [], "no labelled rows with a score in the baseline"),
        ([np.nan] * 200, [0, 1] * 100, "no labelled rows with a score in the baseline"),
        ([0.1, 0.9] * 49, [0, 1] * 49, "only 98 labelled rows in the baseline; 100 are needed"),
        (
            [0.1, 0.9] * 100,
            [0] * 200,
            "only 0 of the baseline's labelled rows are of the rarer class; 10 are needed",
        ),
        ([0.5] * 200, [0, 1] * 100, "the scores of the baseline's labelled rows tell nothing of their labels"),
        ([0.9, 0.1] * 100, [0, 1] * 100, "the scores of the baseline's labelled rows tell nothing of their labels"),
    ],
)
def test_a_baseline_that_teaches_nothing_says_why(score: list[float], label: list[int], reason: str) -> None:
    assert measures.estimated_accuracy(label, score, [1], [0.5]).reason == reason
    assert measures.calibration_drift(label, score, [1], [0.5]).reason == reason


@pytest.mark.parametrize(
    "pair", [(0.5, np.nextafter(0.5, 1)), (0.0, 5e-324), (-np.inf, 0.0), (0.0, np.inf), (-np.inf, np.inf)]
)
def test_two_scores_between_which_no_number_lies_mean_what_each_of_them_meant(pair: tuple[float, float]) -> None:
    score, label = np.repeat(pair, 100), np.repeat([0, 1, 0, 1], [90, 10, 10, 90])

    # 90 of 100 rows of either score turn out as it says
    assert measures.estimated_accuracy(label, score, np.repeat([0, 1], 100), score).value == pytest.approx(0.9)
    assert measures.estimated_accuracy(label, score, np.zeros(200), score).value == pytest.approx(0.5)
    assert measures.calibration_drift(label, score, label, score).value == 0


def test_counts_estimate_what_rows_do_where_decisions_follow_the_score() -> None:
    (known, label), (score, _) = rows(1, 3_000), rows(2, 1_000, centre=0.7)
    before, now = a_sample(known, known > 0.5, label), a_sample(score, score > 0.5)
    rules = ReadingRules(measures=NAMES, draws=200)
    recorded = reading_from_rows(GRID, before, now, rules)
    live = reading_from_profiles(GRID, before.profile(GRID), now.profile(GRID), rules)
    assert [each.measure for each in recorded.results] == list(NAMES)
    for of_rows, of_counts in zip(recorded.results, live.results, strict=True):
        assert of_counts.estimate.value == pytest.approx(of_rows.estimate.value, abs=0.003)
        assert of_rows.baseline == of_counts.baseline == reading_realised(before, of_rows.measure)
        assert (of_rows.definition["counted_from"], of_counts.definition["counted_from"]) == ("rows", "profile")


def reading_realised(sample: Sample, estimated: str) -> float | None:
    name = estimated.removeprefix("estimated_")
    profile = sample.profile(GRID)
    rules = ReadingRules(measures=(name,))
    return reading_from_profiles(GRID, profile, profile, rules).result(name).estimate.value


def test_counts_say_that_they_cannot_tell_where_decisions_do_not_follow_the_score() -> None:
    (known, label), (score, _) = rows(1, 3_000), rows(2, 1_000)
    before, now = a_sample(known, known < 0.5, label), a_sample(score, score < 0.5)
    rules = ReadingRules(measures=NAMES, draws=200)
    live = reading_from_profiles(GRID, before.profile(GRID), now.profile(GRID), rules)
    assert {each.estimate.reason for each in live.results[:5]} == {
        "counts don't tell which scores were decided positively; an evaluation of rows can"
    }
    assert live.result("estimated_roc_auc").estimate.value is not None
    recorded = reading_from_rows(GRID, before, now, rules)
    assert all(each.estimate.value is not None for each in recorded.results)


def test_a_window_without_scores_and_a_baseline_of_three_classes_say_so() -> None:
    known, label = rows(1, 300)
    rules = ReadingRules(measures=(*NAMES, *CONCEPT), draws=200)
    before = a_sample(known, known > 0.5, label)
    nothing = reading_from_rows(GRID, before, a_sample(np.full(9, np.nan), np.ones(9)), rules)
    assert {nothing.result(name).estimate.reason for name in NAMES} == {"no rows with a score"}
    three = fit_grid({}, features=[], classes=("no", "yes", "perhaps"), positive_class="yes")
    reading = reading_from_rows(three, before, before, rules)
    assert reading.result("estimated_f1").estimate.reason == "it is told of two classes alone"
    assert reading.result("performance_drift").estimate.value == 0.0


def test_other_rows_are_no_concept_drift_and_the_same_rows_turning_out_otherwise_are() -> None:
    known, label = rows(1, 8_000)
    score, truth = rows(2, 4_000, centre=1.0)
    moved_rows = measures.calibration_drift(label, known, truth, score)
    assert moved_rows.p_value > 0.01  # type: ignore[operator]
    assert moved_rows.low == 0.0
    score, truth = rows(3, 4_000, tilt=0.3)
    moved_concept = measures.calibration_drift(label, known, truth, score)
    assert moved_concept.p_value < 1e-12  # type: ignore[operator]
    assert moved_concept.low > 0.05  # type: ignore[operator]


def test_performance_drift_is_newcombes_difference_of_two_shares() -> None:
    # the example of Newcombe 1998: 56 of 70 and 48 of 80, 0.2 with 0.0524 to 0.3339
    before = np.array([1] * 48 + [0] * 32)
    now = np.array([1] * 56 + [0] * 14)
    drift = measures.performance_drift(np.zeros(80, dtype=int), before, np.zeros(70, dtype=int), now)
    assert [round(each, 4) for each in (drift.value, drift.low, drift.high)] == [0.2, 0.0524, 0.3339]  # type: ignore[arg-type]
    assert drift.rows == 70
    assert measures.performance_drift([], [], [1], [1]).reason is not None
