"""Drift in readings: every measure of features and outputs, from profiles and from rows."""

import numpy as np
import pytest

from cdt.measures import (
    PredictionRows,
    Reading,
    ReadingRules,
    Sample,
    drift,
    fit_grid,
    reading_from_profiles,
    reading_from_rows,
)
from cdt.measures.drift_answers import NO_SCORE_BINS, OVER_BINS

from .builders import CLASSES, a_grid, a_sample, chance, people

GRID = a_grid()
BASELINE, CURRENT = a_sample(GRID, 1, 3_000), a_sample(GRID, 2, 900)
ORDERS = ("kolmogorov_smirnov", "wasserstein_distance", "normalized_wasserstein_distance")
OUTPUTS = ("decision", "score", "label")
SUBJECTS = tuple(f"({output})" for output in OUTPUTS)
RULES = ReadingRules(measures=(*OVER_BINS, *ORDERS), outputs=OUTPUTS)
RECORDED = reading_from_rows(GRID, BASELINE, CURRENT, RULES)
LIVE = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), RULES)


def test_every_measure_is_taken_of_every_feature_and_output_that_it_can_be_taken_of() -> None:
    features, numbers = ["age", "income", "height", "sex", "town"], ["age", "income", "height"]
    expected = [(measure, name) for name in (*features, *SUBJECTS) for measure in OVER_BINS]
    expected += [("kolmogorov_smirnov", name) for name in (*numbers, "(score)")]
    expected += [(measure, name) for name in (*numbers, "(score)") for measure in ORDERS[1:]]
    for reading in (LIVE, RECORDED):
        assert [(each.measure, each.subject) for each in reading.results] == expected


def test_outputs_are_measured_where_they_are_asked_for_alone() -> None:
    for outputs in ((), ("score",)):
        reading = reading_from_rows(GRID, BASELINE, CURRENT, ReadingRules(outputs=outputs))
        found = {each.subject for each in reading.results if each.subject in SUBJECTS}
        assert found == {f"({output})" for output in outputs}
    some = reading_from_rows(GRID, BASELINE, CURRENT, ReadingRules(outputs=("label",), features=("age",)))
    assert {each.subject for each in some.results if each.measure in OVER_BINS} == {"age", "(label)"}
    with pytest.raises(ValueError, match="the outputs are decision, score, label"):
        ReadingRules(outputs=("mood",))  # type: ignore[arg-type]


def test_live_and_recorded_numbers_differ_in_the_exact_gap_alone() -> None:
    for of_counts, of_rows in zip(LIVE.results, RECORDED.results, strict=True):
        assert of_counts == of_rows or of_counts.measure == "kolmogorov_smirnov"


def value_of(reading: Reading, measure: str, subject: str) -> float:
    value = reading.result(measure, subject).estimate.value
    assert value is not None
    return value


@pytest.mark.parametrize("measure", OVER_BINS)
def test_the_drift_of_outputs_is_that_of_their_values(measure: str) -> None:
    of_arrays = getattr(drift, measure)
    for subject, old, new in (
        ("(decision)", BASELINE.predictions.decision, CURRENT.predictions.decision),
        ("(label)", *(side.labels.label[side.labels.label >= 0] for side in (BASELINE, CURRENT) if side.labels)),
    ):
        texts = [[None if code < 0 else CLASSES[code] for code in side.tolist()] for side in (old, new)]
        assert value_of(RECORDED, measure, subject) == pytest.approx(of_arrays(*texts).value, abs=1e-12)


def test_the_drift_of_scores_is_that_of_their_values() -> None:
    grid = fit_grid(
        people(chance(1), 500),
        features=["age"],
        classes=CLASSES,
        positive_class="yes",
        score=BASELINE.predictions.score,
    )
    reading = reading_from_rows(grid, BASELINE, CURRENT, RULES)
    old, new = BASELINE.predictions.score, CURRENT.predictions.score
    assert old is not None
    assert new is not None
    edges = grid.score.edges
    for measure in OVER_BINS:
        expected = getattr(drift, measure)(old, new, edges=edges).value
        assert value_of(reading, measure, "(score)") == pytest.approx(expected, abs=1e-12)
    for measure in ORDERS:
        exact = getattr(drift, measure)(old, new).value
        tolerance = 1e-12 if measure == "kolmogorov_smirnov" else 1e-3
        assert value_of(reading, measure, "(score)") == pytest.approx(exact, abs=tolerance)


def test_scores_that_the_grid_has_no_bins_of_are_told() -> None:
    assert RECORDED.result("chi_square", "(score)").estimate.reason == NO_SCORE_BINS
    assert RECORDED.result("kolmogorov_smirnov", "(score)").estimate.value is not None


def test_outputs_that_are_not_there_are_told() -> None:
    bare = Sample(PredictionRows(CURRENT.predictions.columns, CURRENT.predictions.decision))
    reading = reading_from_rows(GRID, BASELINE, bare, RULES)
    assert reading.result("kolmogorov_smirnov", "(score)").estimate.reason == "no current rows with a value"
    assert reading.result("wasserstein_distance", "(score)").estimate.reason == "no current rows with a value"
    assert reading.result("hellinger_distance", "(label)").estimate.reason == "no current rows"


def test_a_feature_that_is_called_like_an_output_goes_before_it() -> None:
    values = chance().normal(size=300)
    grid = fit_grid({"(score)": values}, features=["(score)"], classes=CLASSES, positive_class="yes")
    rows = Sample(PredictionRows({"(score)": values}, np.zeros(300, dtype=np.int32), np.full(300, 0.5)))
    reading = reading_from_rows(grid, rows, rows, ReadingRules(measures=("chi_square",), outputs=OUTPUTS))
    assert [each.subject for each in reading.results] == ["(score)", "(decision)", "(label)"]
    assert reading.results[0].definition["bins"]["edges"] == list(grid.by_name["(score)"].edges)  # type: ignore[union-attr]


def test_every_number_of_an_output_carries_its_definition() -> None:
    assert LIVE.result("chi_square", "(decision)").definition["bins"] == {"values": list(CLASSES), "others": "one bin"}
    assert LIVE.result("wasserstein_distance", "(score)").definition["feature"] == "(score)"
    assert len({each.definition_digest for each in LIVE.results}) == len(LIVE.results)
