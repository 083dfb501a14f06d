"""Fairness of plain arrays is that of fairlearn, and where that has no such measure, of the textbook's loop."""

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from fairlearn import metrics as peer
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, precision_score

from cdt.measures import fairness

from .agreement import PAGE, Agreement, section
from .builders import chance

FAIRLEARN = "fairlearn 0.15"
LOOP = "the formula, row by row"


class People(NamedTuple):
    label: NDArray[np.int64]
    decision: NDArray[np.int64]
    score: NDArray[np.float64]
    sex: NDArray[np.str_]
    race: NDArray[np.str_]

    @property
    def both(self) -> list[NDArray[np.str_]]:
        return [self.sex, self.race]


def people(seed: int, rows: int) -> People:
    random = chance(seed)
    sex, race = random.choice(["f", "m"], rows), random.choice(["a", "b", "c"], rows, p=[0.5, 0.3, 0.2])
    score = np.clip(random.beta(2, 3, rows) + 0.1 * (sex == "m") - 0.05 * (race == "c"), 0, 1)
    label = (random.random(rows) < score).astype(np.int64)
    return People(label, (score > 0.45).astype(np.int64), score, sex, race)


CASES = [people(seed, rows) for seed, rows in enumerate((200, 2_000))]

Ours = Callable[..., Any]
Number = Callable[[People, Any], float]


def of_frame(name: str, kind: str, method: str = "between_groups") -> Number:
    def number(case: People, group: Any) -> float:
        frame = frame_of(case, group)
        found = frame.difference(method) if kind == "difference" else frame.ratio(method)
        return float(found[name])

    return number


def of_reference(name: str, kind: str) -> Number:
    def number(case: People, group: Any) -> float:
        rates = frame_of(case, group).by_group[name]
        if kind == "difference":
            return float((rates - rates.iloc[0]).abs().max())
        return float(min((rates / rates.iloc[0]).min(), (rates.iloc[0] / rates).min()))

    return number


def frame_of(case: People, group: Any) -> Any:
    """One frame of all rates, for it takes a while to make."""
    key = (id(case), id(group) if isinstance(group, np.ndarray) else None)
    if key not in FRAMES:
        FRAMES[key] = peer.MetricFrame(
            metrics=RATES, y_true=case.label, y_pred=case.decision, sensitive_features=np.array(group).T
        )
    return FRAMES[key]


def of_function(function: Callable[..., float]) -> Number:
    return lambda case, group: function(case.label, case.decision, sensitive_features=np.array(group).T)


def wrongly_chosen(truth: Any, decided: Any) -> float:
    return 1 - precision_score(truth, decided)


def missed_by_chosen(truth: Any, decided: Any) -> float:
    return float(((truth == 1) & (decided == 0)).sum() / ((truth == 0) & (decided == 1)).sum())


def groups_of(group: Any) -> Iterator[NDArray[np.bool_]]:
    columns = np.array(group).T.reshape(-1, 1 if isinstance(group, np.ndarray) else len(group)).tolist()
    for value in sorted({tuple(each) for each in columns}):
        yield np.array([tuple(each) == value for each in columns])


def calibration(kind: str) -> Number:
    def number(case: People, group: Any) -> float:
        if kind == "difference":
            gaps = [case.label[rows].mean() - case.score[rows].mean() for rows in groups_of(group)]
            return float(max(gaps) - min(gaps))
        ratios = [case.label[rows].sum() / case.score[rows].sum() for rows in groups_of(group)]
        return float(min(ratios) / max(ratios))

    return number


def entropy(alpha: float) -> Number:
    def number(case: People, _: Any) -> float:
        benefits = [int(decided) - int(label) + 1 for label, decided in zip(case.label, case.decision, strict=True)]
        mean = sum(benefits) / len(benefits)
        if alpha == 1:
            return sum(b / mean * math.log(b / mean) for b in benefits if b) / len(benefits)
        return sum((b / mean) ** alpha - 1 for b in benefits) / len(benefits) / alpha / (alpha - 1)

    return number


RATES: dict[str, Callable[..., float]] = {
    "demographic_parity": peer.selection_rate,
    "equal_opportunity": peer.true_positive_rate,
    "false_positive_rate": peer.false_positive_rate,
    "false_negative_rate": peer.false_negative_rate,
    "predictive_parity": precision_score,
    "false_discovery_rate": wrongly_chosen,
    "accuracy_parity": accuracy_score,
    "treatment_equality": missed_by_chosen,
}
FRAMES: dict[tuple[int, int | None], Any] = {}
FUNCTIONS = ("demographic_parity", "equal_opportunity", "equalized_odds", "false_positive_rate", "false_negative_rate")


@cache
def agreements() -> tuple[Agreement, ...]:
    return tuple(_agreements())


def _agreements() -> Iterator[Agreement]:
    for kind in ("difference", "ratio"):
        for parity in FUNCTIONS:
            name = f"{parity}_{kind}"
            yield agreement(name, f"{FAIRLEARN}, `{name}`", of_function(getattr(peer, name)))
        for parity in RATES:
            name = f"{parity}_{kind}"
            if parity == "treatment_equality":
                continue
            if parity not in FUNCTIONS:
                yield agreement(name, f"{FAIRLEARN}, `MetricFrame`", of_frame(parity, kind))
            yield agreement(
                name, f"{FAIRLEARN}, `MetricFrame`, to the whole", of_frame(parity, kind, "to_overall"), whole=True
            )
            yield agreement(
                name, f"{FAIRLEARN}, `MetricFrame`, to the first group", of_reference(parity, kind), reference=True
            )
        yield agreement(
            f"treatment_equality_{kind}", f"{FAIRLEARN}, `MetricFrame`", of_frame("treatment_equality", kind)
        )
        yield agreement(f"calibration_parity_{kind}", LOOP, calibration(kind))
    yield agreement("theil_index", LOOP, entropy(1.0))
    yield agreement("generalized_entropy_index", LOOP, entropy(2.0))


def agreement(name: str, whose: str, theirs: Number, *, whole: bool = False, reference: bool = False) -> Agreement:
    differences = []
    for case in CASES:
        for group, first in ((case.sex, "f"), (case.race, "a"), (case.both, "f & a")):
            terms: dict[str, Any] = {"whole": True} if whole else {"reference": first} if reference else {}
            differences.append(abs(ours_of(name, case, group, terms) - theirs(case, group)))
    return Agreement(name, whose, len(differences), max(differences))


def ours_of(name: str, case: People, group: Any, terms: dict[str, Any]) -> float:
    ours = getattr(fairness, name)
    if name in {"theil_index", "generalized_entropy_index"}:
        found = ours(case.label, case.decision)
    elif name.startswith("demographic_parity"):
        found = ours(case.decision, group, draws=100, **terms)
    elif name.startswith("calibration"):
        found = ours(case.label, case.score, group, draws=100, **terms)
    else:
        found = ours(case.label, case.decision, group, draws=100, **terms)
    assert found.value is not None
    return found.value


SECTION = (
    "How far fairness agrees",
    "Each case is one of two sets, of 200 and of 2,000 people, by sex, by race, or by both together; all is counted.",
)


def test_fairness_agrees_with_independent_implementations() -> None:
    assert [each for each in agreements() if not each.holds] == []


def test_the_page_says_how_far_fairness_agrees() -> None:
    written = section(*SECTION, agreements())
    print(written)  # noqa: T201
    assert written in PAGE.read_text(encoding="utf-8")


def test_the_rates_of_groups_are_those_of_fairlearn() -> None:
    case = CASES[1]
    for ours, theirs, arguments in (
        (fairness.selection_rate, peer.selection_rate, (case.decision,)),
        (fairness.true_positive_rate, peer.true_positive_rate, (case.label, case.decision)),
        (fairness.false_positive_rate, peer.false_positive_rate, (case.label, case.decision)),
        (fairness.false_negative_rate, peer.false_negative_rate, (case.label, case.decision)),
    ):
        frame = peer.MetricFrame(
            metrics=theirs, y_true=case.label, y_pred=case.decision, sensitive_features=case.race
        ).by_group
        found = ours(*arguments, case.race)  # type: ignore[operator]
        assert {name: each.value for name, each in found.items()} == pytest.approx(dict(frame), abs=1e-12)
