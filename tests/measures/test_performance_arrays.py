"""Performance of plain arrays: its edges, and how often its intervals hold what is true."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt import measures
from cdt.measures import Estimate, performance
from cdt.measures.performance.confusion import averaged_of, balanced_accuracy_of, matthews_of
from cdt.measures.performance.ranking import average_precision_of, lift_of, ties_of

from .builders import chance

OF_DECISIONS: dict[str, Callable[..., Estimate]] = {
    "accuracy": performance.accuracy,
    "balanced_accuracy": performance.balanced_accuracy,
    "precision": performance.precision,
    "recall": performance.recall,
    "f1": performance.f1,
    "matthews_correlation": performance.matthews_correlation,
    "macro_f1": lambda *rows: performance.f1(*rows, average="macro"),
    "weighted_precision": lambda *rows: performance.precision(*rows, average="weighted"),
}
OF_SCORES: dict[str, Callable[..., Estimate]] = {
    "roc_auc": performance.roc_auc,
    "average_precision": performance.pr_auc,
    "lift": performance.lift,
    "log_loss": performance.log_loss,
    "brier_score": performance.brier_score,
    "expected_calibration_error": performance.expected_calibration_error,
}
OF_NUMBERS: dict[str, Callable[..., Estimate]] = {
    "mean_absolute_error": performance.mean_absolute_error,
    "root_mean_squared_error": performance.root_mean_squared_error,
    "r_squared": performance.r_squared,
    "mean_absolute_percentage_error": performance.mean_absolute_percentage_error,
}
ALL = OF_DECISIONS | OF_SCORES | OF_NUMBERS

truths = st.integers(0, 1)
rows = st.one_of(
    st.tuples(
        st.sampled_from(sorted(OF_DECISIONS)), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=50)
    ),
    st.tuples(
        st.sampled_from(sorted(OF_SCORES)),
        st.lists(st.tuples(truths, st.sampled_from([0.0, 0.1, 0.5, 0.50001, 1.0])), max_size=50),
    ),
    st.tuples(
        st.sampled_from(sorted(OF_NUMBERS)),
        st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=50),
    ),
)


def found_of(name: str, pairs: list[tuple[float, float]]) -> Estimate:
    return ALL[name](np.array([each for each, _ in pairs]), np.array([each for _, each in pairs]))


@settings(max_examples=150, deadline=None)
@given(rows)
def test_a_value_lies_within_its_range_and_its_interval_or_has_a_reason(
    drawn: tuple[str, list[tuple[float, float]]],
) -> None:
    name, pairs = drawn
    found, measure = found_of(name, pairs), measures.BY_NAME[name]
    if found.value is None:
        assert found.reason
        return
    low, high = (-np.inf if measure.low is None else measure.low), (np.inf if measure.high is None else measure.high)
    assert low - 1e-12 <= found.value <= high + 1e-12
    if found.low is not None and found.high is not None:
        assert low - 1e-12 <= found.low <= found.value <= found.high <= high + 1e-12


@settings(max_examples=100, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_neither_order_nor_copies_of_all_rows_change_a_value(
    drawn: tuple[str, list[tuple[float, float]]], random: Any
) -> None:
    name, pairs = drawn
    value = found_of(name, pairs).value
    for other in (random.sample(pairs, len(pairs)), pairs * 2):
        again = found_of(name, other).value
        assert again == value or again == pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_rows_and_rows_that_lack_a_value_are_nothing(name: str) -> None:
    assert found_of(name, []).reason
    nothing = np.array([None, np.nan], dtype=object)
    assert ALL[name](nothing, np.array([0.5, 0.5])).reason


def test_labels_of_one_class_say_why_they_rank_nothing() -> None:
    alike, score = np.ones(5), np.linspace(0, 1, 5)
    for name in ("roc_auc", "average_precision", "lift"):
        assert OF_SCORES[name](alike, score).reason == "no labelled rows of the other class"
    assert performance.matthews_correlation(alike, alike).reason == "all rows are decided or labelled alike"
    assert performance.balanced_accuracy(alike, alike).value == 1
    assert performance.precision(np.zeros(5), np.zeros(5)).reason == "no labelled rows decided positively"
    assert performance.f1(np.zeros(5), np.zeros(5)).reason == "no labelled rows positive by decision or label"


def test_numbers_that_can_not_be_compared_have_a_reason() -> None:
    assert performance.r_squared([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]).reason == "all labels are one number"
    assert performance.mean_absolute_percentage_error([0.0, 0.0], [1.0, 2.0]).reason == "all labels are 0"
    assert performance.mean_absolute_error([np.inf, 1.0], [1.0, 1.0]).reason == "a label or a prediction is infinite"
    for function in (performance.root_mean_squared_error, performance.r_squared):
        assert function([1e200, -1e200], [-1e200, 3.0]).reason == "a distance is too large for a number"
    assert performance.mean_absolute_error([1.0], [3.0]) == Estimate(value=2.0, rows=1)


def test_scores_that_are_no_probabilities_rank_and_are_not_called_chances() -> None:
    label, margin = [0, 1, 0, 1], [-3.0, 2.0, 0.5, 7.0]
    assert performance.roc_auc(label, margin).value == 1
    for name in ("log_loss", "brier_score", "expected_calibration_error"):
        assert OF_SCORES[name](label, margin).reason == "scores below 0 or above 1 are no probabilities"


def test_what_was_sure_and_wrong_costs_much_and_not_everything() -> None:
    assert performance.log_loss([0, 1], [1.0, 1.0]).value == pytest.approx(18.0218, abs=1e-4)


def test_a_flawless_table_is_not_certain() -> None:
    label = [0, 1] * 20
    for name, function in OF_DECISIONS.items():
        found = function(label, label)
        assert found.value == pytest.approx(1)
        assert found.low is not None
        assert 0.5 < found.low < 0.99, name


def test_truths_are_the_classes_0_and_1() -> None:
    label, decision = np.array([True, False, True]), np.array([True, True, False])
    for truths in (label, [True, False, True], [1, 0, 1], [1.0, 0.0, 1.0]):
        assert performance.accuracy(truths, decision).value == 1 / 3
        assert performance.precision(truths, decision).value == performance.recall(truths, decision).value == 0.5
        assert performance.f1(truths, decision, positive=True).value == 0.5
    worth = {(True, True): 6.0, (True, False): -3.0, (False, True): 0.0}
    assert performance.business_value(label, decision, worth).value == 1.0


def test_classes_of_many_digits_are_told_apart_and_found_again_whatever_their_type() -> None:
    label = np.array([1_000_001, 1_000_002, 1_000_003])
    assert performance.accuracy(label, np.array([1_000_001.0, 1_000_001.0, np.nan])).value == 0.5
    found = performance.confusion_matrix(label, [1_000_002.0, None, 2_000_000.0])
    assert found.classes == ("1000001", "1000002", "1000003", "2000000")


def test_texts_need_the_positive_one_named() -> None:
    label = np.array(["yes", "no", "yes"])
    assert performance.recall(label, label, positive="yes").value == 1
    assert performance.recall(label, label, positive="maybe").reason == "no labelled rows of the positive class"
    with pytest.raises(TypeError, match="name the positive one"):
        performance.recall(label, label)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: performance.accuracy([1, 0], [1]),
        lambda: performance.roc_auc([1, 0], [0.5]),
        lambda: performance.mean_absolute_error([1.0], [1.0, 2.0]),
        lambda: performance.lift([1, 0], [0.1, 0.2], share=0),
        lambda: performance.expected_calibration_error([1], [0.5], bins=0),
        lambda: performance.business_value([1, 0], [1, 1], {(1, 1): 3}),
        lambda: performance.business_value([1], [1], {(1, 1): np.inf}),
        lambda: performance.precision([1], [1], average="harmonic"),  # type: ignore[arg-type]
    ],
)
def test_arrays_that_do_not_fit_are_refused(broken: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        broken()


@pytest.mark.parametrize("cells", [3, 20, 500])
def test_rankings_from_cells_are_those_of_the_rows_within_their_wider_interval(cells: int) -> None:
    random = chance(cells)
    score = random.beta(2, 4, 3_000)
    positive = random.random(3_000) < score
    place = (score * cells).astype(int)
    ranking = np.stack([np.bincount(place[positive == side], minlength=cells) for side in (False, True)], axis=1)
    for measure in (average_precision_of, lift_of):
        exact, counted = measure(ties_of(score, positive)), measure(ranking, is_exact=False)
        narrow = measure(ranking)
        assert counted.value == narrow.value
        assert exact.value is not None
        assert counted.low is not None
        assert counted.high is not None
        assert counted.low <= exact.value <= counted.high
        assert (narrow.high or 0) - (narrow.low or 0) < counted.high - counted.low


def misses_of(draw: Callable[[], Estimate], truth: float, times: int = 200) -> int:
    found = [draw() for _ in range(times)]
    return sum(not (each.low or 0) <= truth <= (each.high or 0) for each in found if each.value is not None)


SHARES = np.array([[0.40, 0.05, 0.03], [0.05, 0.20, 0.05], [0.02, 0.05, 0.15]])


@pytest.mark.parametrize(
    "measure",
    [balanced_accuracy_of, matthews_of, lambda table: averaged_of(table, "f1", "macro")],
    ids=["balanced accuracy", "Matthews", "macro F1"],
)
def test_the_interval_of_a_confusion_holds_the_true_value(measure: Callable[..., Estimate]) -> None:
    random = chance(6)
    truth = measure((SHARES * 1_000_000).astype(np.int64)).value
    assert truth is not None
    misses = misses_of(lambda: measure(random.multinomial(200, SHARES.ravel()).reshape(3, 3)), truth)
    assert misses <= 25  # 5 % of 200 are 10; 25 would be 5 standard errors more


@pytest.mark.parametrize("name", ["average_precision", "lift", "log_loss", "brier_score", "expected_calibration_error"])
def test_the_interval_of_scores_holds_the_true_value(name: str) -> None:
    random = chance(7)

    def draw(rows: int) -> Estimate:
        score = random.beta(1.2, 2.8, rows)
        return OF_SCORES[name](random.random(rows) < score, score)

    truth = 0.0 if name == "expected_calibration_error" else draw(500_000).value
    assert truth is not None
    assert misses_of(lambda: draw(500), truth) <= 25


@pytest.mark.parametrize("rows", [2, 3, 7, 10, 1_000])
@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-300, 1e100])
def test_labels_that_are_all_one_number_explain_nothing(rows: int, value: float) -> None:
    found = performance.r_squared(np.full(rows, value), np.linspace(0.0, 1.0, rows))
    assert found.reason is not None
