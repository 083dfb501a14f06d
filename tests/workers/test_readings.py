"""A baseline of few labels decides nothing: not the verdict, not the trust score."""

import numpy as np
import pytest

from cdt.domain.evaluations.plan import DEFAULT_POLICY
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.trust.components import component_of, performance_of
from cdt.measures import Grid, LabelRows, PredictionRows, Sample, fit_grid, reading_from_profiles, reading_from_rows
from cdt.workers.readings import judged, rules_of
from tests.measures.builders import CLASSES


def a_grid() -> Grid:
    return fit_grid({"x": np.arange(100.0)}, features=["x"], classes=CLASSES, positive_class="yes")


def decided(rows: int, *, right: int) -> Sample:
    """So many labelled decisions, of which so many are right; every other one was yes."""
    decision = np.arange(rows, dtype=np.int32) % 2
    label = np.where(np.arange(rows) < right, decision, 1 - decision).astype(np.int32)
    score = decision * 0.5 + 0.25
    return Sample(
        PredictionRows({"x": np.arange(float(rows)) % 100}, decision, score), LabelRows(decision, score, label, {})
    )


def performance(labelled: int, *, of: str) -> dict[str, MeasureResult]:
    """Of 10,000 rows that are right in nine of ten, against a baseline of so many, all right."""
    return held_against(decided(labelled, right=labelled), of=of)


def held_against(before: Sample, *, of: str) -> dict[str, MeasureResult]:
    """The same against any baseline."""
    grid = a_grid()
    now = decided(10_000, right=9_000)
    rules = rules_of(DEFAULT_POLICY, grid)
    if of == "profiles":
        reading = reading_from_profiles(grid, before.profile(grid), now.profile(grid), rules)
    else:
        reading = reading_from_rows(grid, before.profile(grid), now, rules)
    results = judged(reading, DEFAULT_POLICY).results
    return {each.measure: each for each in results if each.measure in {"accuracy", "precision", "recall", "roc_auc"}}


@pytest.mark.parametrize("of", ["profiles", "rows"])
def test_a_baseline_of_five_labels_fails_nothing_and_says_why(of: str) -> None:
    results = performance(5, of=of)

    assert results["accuracy"].value == 0.9
    for result in results.values():
        assert (result.verdict, result.baseline, result.limit) == ("inconclusive", None, None)
    assert results["accuracy"].reason == ("The baseline's number rests on only 5 labelled rows; the plan asks for 200.")
    component = component_of("performance", performance_of(results.values()), weight=1)
    assert (component.value, component.evidence) == (None, 0.0)
    assert component.reason == (
        "accuracy: The baseline's number rests on only 5 labelled rows; the plan asks for 200 (2 of 2 are missing)."
    )


@pytest.mark.parametrize(("labelled", "verdict"), [(199, "inconclusive"), (200, "fail")])
def test_a_baseline_counts_from_the_plans_rows_on(labelled: int, verdict: str) -> None:
    assert performance(labelled, of="rows")["accuracy"].verdict == verdict


def test_each_number_counts_the_rows_that_it_rests_on_itself() -> None:
    results = performance(300, of="profiles")

    assert results["accuracy"].baseline == 1.0
    assert results["precision"].reason == (  # of 300 rows, 150 were decided yes
        "The baseline's number rests on only 150 labelled rows; the plan asks for 200."
    )


@pytest.mark.parametrize("of", ["profiles", "rows"])
@pytest.mark.parametrize(
    ("positives", "reason"),
    [
        (0, "The baseline has no such number to hold it against: no labelled rows of the positive class."),
        (1, "The baseline's number rests on only 1 labelled rows of the rarer class; the plan asks for 100."),
    ],
)
def test_a_baseline_of_one_class_ranks_nothing_and_says_why(of: str, positives: int, reason: str) -> None:
    decision = (np.arange(1_000) < positives).astype(np.int32)
    score = decision * 0.5 + 0.25
    before = Sample(
        PredictionRows({"x": np.arange(1_000.0) % 100}, decision, score), LabelRows(decision, score, decision, {})
    )

    ranking = held_against(before, of=of)["roc_auc"]

    assert (ranking.verdict, ranking.baseline, ranking.limit, ranking.reason) == ("inconclusive", None, None, reason)
