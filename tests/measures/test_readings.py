from typing import Any

import msgspec
import numpy as np
import pytest

from cdt.measures import (
    BY_NAME,
    Estimate,
    Measured,
    Reading,
    ReadingRules,
    Sample,
    digest_of,
    empty,
    fairness,
    fit_grid,
    merge,
    performance,
    reading_from_profiles,
    reading_from_rows,
)
from cdt.measures.grid import NumberFeature
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov_of_rows
from cdt.measures.performance.ranking import roc_auc_of_rows

from .builders import CLASSES, a_grid, a_sample, part_of

GRID = a_grid()
BASELINE = a_sample(GRID, 1, 3_000)
CURRENT = a_sample(GRID, 2, 900)
LIVE = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID))
RECORDED = reading_from_rows(GRID, BASELINE, CURRENT)


RECEIVED = ("duplicate_share", "violation_share")
OF_THE_WINDOW = {"volume", "freshness", "clock_skew", "constant", *RECEIVED}
"""What a baseline has no number of, to stand beside the window's."""


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
"""Those that a reading takes only if they are named."""


def subjects_of(reading: Reading) -> list[tuple[str, str | None]]:
    return [(measured.measure, measured.subject) for measured in reading.results]


def test_both_readings_measure_the_same_of_the_same_subjects() -> None:
    features, numbers = ["age", "income", "height", "sex", "town"], ["age", "income", "height"]
    parity = [
        f"{what}_{kind}" for what in ("demographic_parity", "equal_opportunity") for kind in ("difference", "ratio")
    ]
    expected = [
        *(
            (measure, name)
            for name in features
            for measure in ("population_stability_index", "jensen_shannon_distance")
        ),
        *(("kolmogorov_smirnov", name) for name in numbers),
        *((measure, name) for name in ("sex", "age group") for measure in parity),
        *((measure, None) for measure in ("accuracy", "precision", "recall", "roc_auc")),
        *((measure, None) for measure in ("volume", "freshness", "clock_skew", *RECEIVED, "unlikely_share")),
        *(
            (measure, name)
            for name in features
            for measure in (
                "missing_share",
                "constant",
                "out_of_range_share" if name in numbers else "new_category_share",
            )
        ),
    ]
    assert subjects_of(LIVE) == subjects_of(RECORDED) == expected


def test_both_readings_answer_the_same_but_for_what_cells_hide() -> None:
    for live, recorded in zip(LIVE.results, RECORDED.results, strict=True):
        if live.measure in {"kolmogorov_smirnov", "roc_auc"}:
            assert live.estimate.value == pytest.approx(recorded.estimate.value, abs=0.002)
            assert live.definition["counted_from"] == "profile"
            assert recorded.definition["counted_from"] == "rows"
        else:
            assert live == recorded
    assert LIVE.groups == RECORDED.groups
    assert LIVE.distributions == RECORDED.distributions


def test_what_is_measured_from_rows_is_exact() -> None:
    cells = [feature.cells for feature in GRID.features if isinstance(feature, NumberFeature)][1]
    old, new = (np.asarray(side.predictions.columns["income"]) for side in (BASELINE, CURRENT))
    assert RECORDED.result("kolmogorov_smirnov", "income").estimate == kolmogorov_smirnov_of_rows(cells, old, new)
    labels = CURRENT.labels
    assert labels is not None
    assert labels.score is not None
    known = labels.label >= 0
    assert RECORDED.result("roc_auc").estimate == roc_auc_of_rows(labels.score[known], labels.label[known] == 1)


def test_a_baseline_whose_rows_are_gone_is_read_from_its_profile() -> None:
    reading = reading_from_rows(GRID, BASELINE.profile(GRID), CURRENT)
    assert reading.result("kolmogorov_smirnov", "income") == LIVE.result("kolmogorov_smirnov", "income")
    assert reading.result("roc_auc").estimate == RECORDED.result("roc_auc").estimate


def test_a_reading_does_not_depend_on_how_the_rows_were_cut() -> None:
    parts = [part_of(CURRENT, slice(start, start + 77)).profile(GRID) for start in range(0, 900, 77)]
    assert reading_from_profiles(GRID, BASELINE.profile(GRID), merge(*parts)) == LIVE


def test_every_number_carries_its_definition_and_its_digest() -> None:
    for measured in LIVE.results:
        known = BY_NAME[measured.measure]
        assert measured.definition["measure"] == known.name
        assert set(known.needs) <= measured.definition.keys()
        assert measured.definition_digest == digest_of(measured.definition)
    assert len({measured.definition_digest for measured in LIVE.results}) == len(LIVE.results)


def test_every_value_lies_in_the_range_of_its_measure() -> None:
    for measured in LIVE.results:
        known, value = BY_NAME[measured.measure], measured.estimate.value
        if measured.measure in {"freshness", *RECEIVED}:
            assert value is None  # nobody said which window this is
            continue
        assert value is not None
        assert known.low is None or value >= known.low
        assert known.high is None or value <= known.high


def test_other_rules_are_other_definitions() -> None:
    rules = ReadingRules(minimum_group_size=40, seed=3)
    reading = reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), rules)
    parity = reading.result("demographic_parity_ratio", "sex")
    assert (parity.definition["minimum_group_size"], parity.definition["seed"]) == (40, 3)
    assert parity.definition_digest != LIVE.result("demographic_parity_ratio", "sex").definition_digest
    accuracy = reading.result("accuracy")
    assert accuracy.definition_digest == LIVE.result("accuracy").definition_digest


def test_a_reading_takes_the_measures_that_are_asked_for_in_the_usual_order() -> None:
    rules = ReadingRules(measures=("accuracy", "kolmogorov_smirnov"))
    for reading in (
        reading_from_profiles(GRID, BASELINE.profile(GRID), CURRENT.profile(GRID), rules),
        reading_from_rows(GRID, BASELINE, CURRENT, rules),
    ):
        taken = [(each.measure, each.subject) for each in reading.results]
        gaps = [("kolmogorov_smirnov", name) for name in ("age", "income", "height")]
        assert taken == [*gaps, ("accuracy", None)]


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


@pytest.mark.parametrize(
    "broken", [{"confidence": 1.0}, {"epsilon": 0.0}, {"draws": 5}, {"seed": -1}, {"measures": ("luck",)}]
)
def test_rules_that_can_not_be_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        ReadingRules(**broken)


def test_the_baseline_stands_beside_what_can_be_measured_of_it() -> None:
    itself = reading_from_profiles(GRID, BASELINE.profile(GRID), BASELINE.profile(GRID))
    for measured in itself.results:
        has_none = BY_NAME[measured.measure].family == "drift" or measured.measure in OF_THE_WINDOW
        assert measured.baseline == (None if has_none else measured.estimate.value)


def test_a_window_without_rows_has_reasons_instead_of_numbers() -> None:
    reading = reading_from_profiles(GRID, BASELINE.profile(GRID), empty(GRID))
    assert [measured.estimate.value for measured in reading.results] == [None] * len(reading.results)
    assert reading.result("population_stability_index", "age").estimate.reason == "no current rows"
    assert reading.result("demographic_parity_ratio", "sex").estimate.reason == "no predictions with a decision"
    assert reading.result("accuracy").estimate == Estimate.missing("no labelled rows")


def test_predictions_without_labels_are_read_without_performance() -> None:
    reading = reading_from_rows(GRID, BASELINE, Sample(CURRENT.predictions))
    assert reading.labelled == 0
    assert reading.result("roc_auc").estimate.reason == "no labelled rows with a score"
    assert reading.result("equal_opportunity_ratio", "sex").estimate.reason == "no labelled rows of the positive class"
    assert reading.result("demographic_parity_ratio", "sex") == RECORDED.result("demographic_parity_ratio", "sex")


def test_a_grid_without_features_or_groups_measures_what_is_of_the_model() -> None:
    grid = fit_grid({}, features=[], classes=CLASSES, positive_class="yes")
    profile = a_sample(GRID, 3, 60).predictions
    reading = reading_from_rows(grid, empty(grid), Sample(profile))
    performance = ["accuracy", "precision", "recall", "roc_auc"]
    assert subjects_of(reading) == [
        (measure, None) for measure in (*performance, "volume", "freshness", "clock_skew", *RECEIVED, "unlikely_share")
    ]
    assert reading.rows == 60


def test_a_reading_is_plain_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(LIVE), type=Reading) == LIVE


def test_what_was_not_measured_is_not_found() -> None:
    with pytest.raises(KeyError, match="accuracy of sex"):
        LIVE.result("accuracy", "sex")
    assert isinstance(LIVE.result("accuracy"), Measured)
