import dataclasses
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
    fit_grid,
    merge,
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


def test_where_every_label_is_positive_precision_says_nothing_of_decisions() -> None:
    assert CURRENT.labels is not None
    every = np.full_like(CURRENT.labels.label, GRID.positive_code)
    of_one_class = Sample(CURRENT.predictions, dataclasses.replace(CURRENT.labels, label=every))

    def precision(before: Sample, now: Sample, **rules: Any) -> Measured:
        return reading_from_rows(GRID, before, now, ReadingRules(**rules)).result("precision")

    told, first = precision(BASELINE, of_one_class, edition=2), precision(BASELINE, of_one_class)
    assert told.estimate.value is None
    assert told.estimate.reason == "every label is positive, so that precision is 1 whatever is decided"
    assert (first.estimate.value, first.definition["version"], told.definition["version"]) == (1.0, 1, 2)
    assert precision(BASELINE, CURRENT, edition=2).estimate == precision(BASELINE, CURRENT).estimate
    against = precision(of_one_class, CURRENT, edition=2)
    assert against.estimate.value is not None
    assert against.baseline is None
