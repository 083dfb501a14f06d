"""Performance of plain arrays is that of scikit-learn, and where that has no such measure, of the textbook's loop."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics as peer

from cdt.measures import performance

from .agreement import PAGE, Agreement, section
from .builders import chance

SCIKIT = "scikit-learn 1.9"
LOOP = "the formula, row by row"


class Rows(NamedTuple):
    label: NDArray[Any]
    decision: NDArray[Any]
    score: NDArray[np.float64]


def two_classes(seed: int, rows: int, decimals: int) -> Rows:
    random = chance(seed)
    score = random.beta(1, 3, rows).round(decimals)  # the fewer decimals, the more ties
    return Rows((random.random(rows) < score).astype(int), (score > 0.3).astype(int), score)


def some_classes(seed: int, rows: int, classes: int) -> Rows:
    random = chance(seed)
    label = random.choice(classes, rows, p=np.arange(1, classes + 1) / sum(range(classes + 1)))
    decision = np.where(random.random(rows) < 0.7, label, random.integers(0, classes, rows))
    names = np.array([f"class {place}" for place in range(classes)])
    return Rows(names[label], names[decision], np.zeros(rows))


def numbers(seed: int, rows: int) -> Rows:
    random = chance(seed)
    label = random.lognormal(2, 1, rows)
    return Rows(label, label * random.normal(1, 0.3, rows), np.zeros(rows))


NEVER_DECIDED = Rows(np.array([*"aabbc"]), np.array([*"abbba"]), np.zeros(5))
BINARY = [two_classes(1, 200, 2), two_classes(2, 2_000, 1), two_classes(3, 2_000, 12)]
SEVERAL = [some_classes(1, 300, 3), some_classes(2, 2_000, 7), NEVER_DECIDED]
REGRESSION = [numbers(1, 50), numbers(2, 2_000)]


def in_bins(case: Rows) -> float:
    found = 0.0
    for place in range(10):
        inside = [min(int(score * 10), 9) == place for score in case.score.tolist()]
        if any(inside):
            found += abs(case.label[inside].mean() - case.score[inside].mean()) * sum(inside) / len(inside)
    return found


def of_the_top(case: Rows) -> float:
    """Of scores without ties."""
    best = np.argsort(-case.score)[: len(case.score) // 10]
    return float(case.label[best].mean() / case.label.mean())


def worth(case: Rows) -> float:
    values = {(1, 1): 7.5, (1, 0): -2.0, (0, 1): -11.0, (0, 0): 0.5}
    pairs = zip(case.decision.tolist(), case.label.tolist(), strict=True)
    return sum(values[pair] for pair in pairs) / len(case.label)


VALUES = {(1, 1): 7.5, (1, 0): -2.0, (0, 1): -11.0, (0, 0): 0.5}
Number = Callable[[Rows], Any]


def decided(function: Callable[..., Any], **terms: Any) -> Number:
    return lambda case: function(case.label, case.decision, **terms)


def scored(function: Callable[..., Any]) -> Number:
    return lambda case: function(case.label, case.score)


@cache
def agreements() -> tuple[Agreement, ...]:
    return tuple(_agreements())


def _agreements() -> Iterator[Agreement]:
    for name, theirs in (
        ("accuracy", peer.accuracy_score),
        ("balanced_accuracy", peer.balanced_accuracy_score),
        ("matthews_correlation", peer.matthews_corrcoef),
    ):
        ours = getattr(performance, name)
        yield agreement(name, f"{SCIKIT}, `{theirs.__name__}`", BINARY + SEVERAL, decided(ours), decided(theirs))
    for name, theirs in (("precision", peer.precision_score), ("recall", peer.recall_score), ("f1", peer.f1_score)):
        ours, whose = getattr(performance, name), f"{SCIKIT}, `{theirs.__name__}`"
        yield agreement(name, whose, BINARY, decided(ours), decided(theirs))
        for average in ("macro", "micro", "weighted"):
            yield agreement(
                f"{average}_{name}",
                f"{whose}, `{average}`",
                BINARY + SEVERAL,
                decided(ours, average=average),
                decided(theirs, average=average, zero_division=0.0),
            )
    for name, theirs in (
        ("roc_auc", peer.roc_auc_score),
        ("average_precision", peer.average_precision_score),
        ("log_loss", peer.log_loss),
        ("brier_score", peer.brier_score_loss),
    ):
        ours = getattr(performance, name)
        yield agreement(name, f"{SCIKIT}, `{theirs.__name__}`", BINARY, scored(ours), scored(theirs))
    yield agreement("expected_calibration_error", LOOP, BINARY, scored(performance.expected_calibration_error), in_bins)
    yield agreement("lift", LOOP, BINARY[2:], scored(performance.lift), of_the_top)
    for name, theirs in (
        ("mean_absolute_error", peer.mean_absolute_error),
        ("root_mean_squared_error", peer.root_mean_squared_error),
        ("r_squared", peer.r2_score),
        ("mean_absolute_percentage_error", peer.mean_absolute_percentage_error),
    ):
        ours = getattr(performance, name)
        yield agreement(name, f"{SCIKIT}, `{theirs.__name__}`", REGRESSION, decided(ours), decided(theirs))
    yield agreement("business_value", LOOP, BINARY, decided(performance.business_value, values=VALUES), worth)


def agreement(name: str, whose: str, cases: list[Rows], ours: Number, theirs: Number) -> Agreement:
    return Agreement(name, whose, len(cases), max(abs(ours(case).value - theirs(case)) for case in cases))


SECTION = (
    "How far performance agrees",
    "Cases are of 5 to 2,000 rows: of two classes, with and without ties among scores, of 3 to 7 classes, of numbers.",
)


def test_performance_agrees_with_independent_implementations() -> None:
    assert [each for each in agreements() if not each.holds] == []


def test_the_page_says_how_far_performance_agrees() -> None:
    written = section(*SECTION, agreements())
    print(written)  # noqa: T201
    assert written in PAGE.read_text(encoding="utf-8")


def test_the_confusion_is_that_of_scikit_learn_turned_over() -> None:
    for case in BINARY + SEVERAL:
        found = performance.confusion_matrix(case.label, case.decision)
        assert found.counts.T.tolist() == peer.confusion_matrix(case.label, case.decision).tolist()
