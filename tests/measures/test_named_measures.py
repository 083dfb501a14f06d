"""Measures that a reading takes only where they are named: those of plain arrays, of the same rows."""

import numpy as np
import pytest

from cdt.measures import (
    Reading,
    ReadingRules,
    Sample,
    empty,
    fairness,
    fit_grid,
    performance,
    reading_from_profiles,
    reading_from_rows,
)

from .builders import CLASSES, a_grid, a_sample

GRID = a_grid()
BASELINE = a_sample(GRID, 1, 3_000)
CURRENT = a_sample(GRID, 2, 900)

MORE_PARITIES = (
    "equalized_odds",
    "predictive_parity",
    "false_positive_rate",
    "false_negative_rate",
    "false_discovery_rate",
    "accuracy_parity",
    "treatment_equality",
    "calibration_parity",
)


def subjects_of(reading: Reading) -> list[tuple[str, str | None]]:
    return [(measured.measure, measured.subject) for measured in reading.results]


PARITIES = [f"{name}_{kind}" for name in MORE_PARITIES for kind in ("difference", "ratio")]


def test_parities_that_a_plan_names_are_those_of_plain_arrays() -> None:
    rules = ReadingRules(measures=(*PARITIES, "theil_index", "generalized_entropy_index"), minimum_group_size=5)
    recorded = reading_from_rows(GRID, BASELINE, CURRENT, rules)
    live = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), rules)
    assert subjects_of(recorded) == subjects_of(live)
    assert subjects_of(recorded) == [
        *((name, attribute) for attribute in ("sex", "age group") for name in PARITIES),
        ("theil_index", None),
        ("generalized_entropy_index", None),
    ]
    labels = CURRENT.labels
    assert labels is not None
    truth, decision = (np.where(codes < 0, np.nan, codes) for codes in (labels.label, labels.decision))
    for measured, of_counts in zip(recorded.results, live.results, strict=True):
        assert measured.definition["confidence"] == 0.95
        assert (measured.baseline is None) == (measured.estimate.value is None)
        if measured.subject is None:
            assert measured.estimate == getattr(fairness, measured.measure)(truth, decision)
            assert measured == of_counts
            continue
        codes = labels.groups[measured.subject].astype(float)
        group = np.where(codes == len(GRID.attributes[measured.subject].labels) - 1, np.nan, codes)
        by = labels.score if measured.measure.startswith("calibration") else decision
        assert measured.estimate == getattr(fairness, measured.measure)(truth, by, group, minimum_group_size=5)
        if measured.measure.startswith("calibration"):
            assert of_counts.estimate.reason == "only an evaluation of rows can tell; a live reading has counts"
        else:
            assert measured == of_counts


def test_intersections_that_a_plan_names_are_those_of_plain_arrays() -> None:
    names = [
        f"intersectional_{name}_{kind}"
        for name in ("demographic_parity", "equal_opportunity", "equalized_odds")
        for kind in ("difference", "ratio")
    ]
    rules = ReadingRules(measures=tuple(names), minimum_group_size=12)
    recorded = reading_from_rows(GRID, BASELINE, CURRENT, rules)
    assert subjects_of(recorded) == [(name, None) for name in names]
    labels = CURRENT.labels
    assert labels is not None
    truth, decision = (np.where(codes < 0, np.nan, codes) for codes in (labels.label, labels.decision))
    groups = [
        np.where(codes == len(GRID.attributes[name].labels) - 1, np.nan, codes.astype(float))
        for name, codes in labels.groups.items()
    ]
    for measured in recorded.results:
        function = getattr(fairness, measured.measure.removeprefix("intersectional_"))
        arrays = (decision,) if "demographic" in measured.measure else (truth, decision)
        assert measured.estimate == function(*arrays, groups, minimum_group_size=12)
        assert measured.baseline is not None
        assert [each["attribute"] for each in measured.definition["attributes"]] == ["sex", "age group"]


def test_intersections_need_rows_labels_and_two_attributes() -> None:
    rules = ReadingRules(measures=("intersectional_equalized_odds_ratio",))

    def reason(reading: Reading) -> str | None:
        return reading.result("intersectional_equalized_odds_ratio").estimate.reason

    counts = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), rules)
    assert reason(counts) == "only an evaluation of rows can tell; a live reading has counts"
    unlabelled = reading_from_rows(GRID, BASELINE.profile(GRID), Sample(CURRENT.predictions), rules)
    assert reason(unlabelled) == "no labelled rows of the positive class"
    grid = fit_grid({}, features=[], classes=CLASSES, positive_class="yes")
    alone = reading_from_rows(grid, empty(grid), Sample(CURRENT.predictions), rules)
    assert reason(alone) == "fewer than two attributes"


AVERAGES = [("precision", "macro"), ("recall", "macro"), ("f1", "macro"), ("precision", "weighted"), ("f1", "weighted")]
OF_CHANCES = ["log_loss", "brier_score", "expected_calibration_error"]


def test_performance_that_a_plan_names_is_that_of_plain_arrays() -> None:
    averaged = {f"{average}_{what}": (what, average) for what, average in AVERAGES}
    names = ["balanced_accuracy", "f1", "matthews_correlation", *averaged, "average_precision", "lift", *OF_CHANCES]
    rules = ReadingRules(measures=tuple(names))
    recorded = reading_from_rows(GRID, BASELINE, CURRENT, rules)
    live = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), rules)
    assert subjects_of(recorded) == subjects_of(live) == [(name, None) for name in names]
    for measured, of_counts in zip(recorded.results, live.results, strict=True):
        for sample, found in ((CURRENT, measured.estimate.value), (BASELINE, measured.baseline)):
            labels = sample.labels
            assert labels is not None
            truth, decision = (np.where(codes < 0, np.nan, codes) for codes in (labels.label, labels.decision))
            if measured.measure in averaged:
                what, average = averaged[measured.measure]
                assert found == getattr(performance, what)(truth, decision, average=average).value
            else:
                by = decision if names.index(measured.measure) < 3 else labels.score
                assert found == getattr(performance, measured.measure)(truth, by).value
        if measured.measure in OF_CHANCES:
            assert of_counts.estimate.reason == "only an evaluation of rows can tell; a live reading has counts"
        elif measured.measure in {"average_precision", "lift"}:
            assert of_counts.estimate.value == pytest.approx(measured.estimate.value, rel=0.01)
            assert (of_counts.definition["counted_from"], measured.definition["counted_from"]) == ("profile", "rows")
            assert measured.baseline_rarer_rows is not None
        else:
            assert measured == of_counts


def test_chances_beside_a_baseline_of_counts_say_why_they_have_none() -> None:
    rules = ReadingRules(measures=("brier_score", "average_precision"))
    reading = reading_from_rows(GRID, BASELINE.profile(GRID), CURRENT, rules)
    brier = reading.result("brier_score")
    assert brier.baseline is None
    assert brier.baseline_reason == "the baseline is kept as counts, which don't tell it"
    assert reading.result("average_precision").baseline is not None
    unlabelled = reading_from_rows(GRID, BASELINE, Sample(CURRENT.predictions), rules)
    assert {each.estimate.reason for each in unlabelled.results} == {"no labelled rows with a score"}


def test_the_calibration_of_a_baseline_without_rows_is_not_known() -> None:
    rules = ReadingRules(measures=("calibration_parity_ratio",))
    reading = reading_from_rows(GRID, BASELINE.profile(GRID), CURRENT, rules)
    assert reading.result("calibration_parity_ratio", "sex").estimate.value is not None
    assert reading.result("calibration_parity_ratio", "sex").baseline is None
    unlabelled = reading_from_rows(GRID, BASELINE, Sample(CURRENT.predictions), rules)
    assert unlabelled.result("calibration_parity_ratio", "sex").estimate.reason == "no labelled rows with a score"
