"""Groups held against one another, against one of them, or against all rows, as the rules of a reading say."""

from typing import Any

import numpy as np
import pytest

from cdt.measures import (
    PredictionRows,
    Reading,
    ReadingRules,
    Sample,
    fairness,
    fit_grid,
    reading_from_profiles,
    reading_from_rows,
)
from cdt.measures.columns import CategoryColumn
from cdt.measures.contrasting import NOT_THE_WHOLE
from cdt.measures.definitions import Contrast
from cdt.measures.estimates import Estimate
from cdt.measures.fitting import GroupRule
from cdt.measures.folding import group_codes
from cdt.measures.samples import LabelRows

from .builders import chance

ROWS = 4_000
TEAMS = ("a", "b", "c", "rare")
MEASURES = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equalized_odds_difference",
    "treatment_equality_ratio",
    "calibration_parity_difference",
)


GRID = fit_grid(
    {"team": CategoryColumn(np.arange(4, dtype=np.int32).repeat(10), TEAMS)},
    features=["team"],
    classes=["no", "yes"],
    positive_class="yes",
    groups=[GroupRule(name="team", column="team")],
)


def _sample() -> Sample:
    random = chance(5)
    team = random.choice(4, ROWS, p=(0.5, 0.3, 0.19, 0.01)).astype(np.int32)
    decision = (random.random(ROWS) < np.array([0.5, 0.4, 0.25, 0.9])[team]).astype(np.int32)
    label = np.where(random.random(ROWS) < 0.7, decision, 1 - decision).astype(np.int32)
    score = np.clip(decision * 0.4 + random.random(ROWS) * 0.6, 0, 1)
    columns = {"team": CategoryColumn(team, TEAMS)}
    return Sample(
        PredictionRows(columns, decision, score), LabelRows(decision, score, label, group_codes(GRID, columns, ROWS))
    )


SAMPLE = _sample()
DECISION = SAMPLE.predictions.decision
assert SAMPLE.labels is not None
LABEL = SAMPLE.labels.label
TEAM = np.array(TEAMS)[SAMPLE.predictions.columns["team"].codes]  # type: ignore[union-attr]


def a_reading(*contrasts: Contrast, minimum_group_size: int = 10) -> Reading:
    rules = ReadingRules(measures=MEASURES, contrasts=contrasts, minimum_group_size=minimum_group_size)
    return reading_from_rows(GRID, SAMPLE, SAMPLE, rules)


def estimates(reading: Reading) -> dict[str, Estimate]:
    return {name: reading.result(name, "team").estimate for name in MEASURES}


@pytest.mark.parametrize(
    ("contrast", "terms"),
    [
        (Contrast(attribute="team", against="reference", reference="c"), {"reference": "c"}),
        (Contrast(attribute="team", against="whole"), {"whole": True}),
        (Contrast(attribute="other", against="whole"), {}),
    ],
)
def test_a_reading_says_what_the_measures_of_plain_arrays_say(contrast: Contrast, terms: dict[str, Any]) -> None:
    found = estimates(a_reading(contrast))

    assert found["demographic_parity_difference"] == fairness.demographic_parity_difference(
        DECISION, TEAM, minimum_group_size=10, **terms
    )
    assert found["demographic_parity_ratio"] == fairness.demographic_parity_ratio(
        DECISION, TEAM, minimum_group_size=10, **terms
    )
    assert found["equalized_odds_difference"] == fairness.equalized_odds_difference(
        LABEL, DECISION, TEAM, minimum_group_size=10, **terms
    )
    if "whole" not in terms:
        assert found["treatment_equality_ratio"] == fairness.treatment_equality_ratio(
            LABEL, DECISION, TEAM, minimum_group_size=10, **terms
        )


def test_a_group_of_less_than_the_least_share_takes_no_part() -> None:
    few = int((TEAM == "rare").sum())
    assert 10 < few < 0.02 * ROWS
    held = estimates(a_reading(Contrast(attribute="team", least_share=0.02)))
    without = np.array(["a", "b", "c"])
    is_kept = np.isin(TEAM, without)

    assert held["demographic_parity_ratio"] == fairness.demographic_parity_ratio(
        DECISION[is_kept], TEAM[is_kept], minimum_group_size=10
    )
    assert held["demographic_parity_ratio"] != estimates(a_reading())["demographic_parity_ratio"]
    assert held["calibration_parity_difference"].rows == int((TEAM == "c").sum())
    assert estimates(a_reading())["calibration_parity_difference"].rows == few


def test_a_reference_that_is_no_group_says_so_and_one_too_small_too() -> None:
    gone = estimates(a_reading(Contrast(attribute="team", against="reference", reference="z")))
    small = a_reading(Contrast(attribute="team", against="reference", reference="rare"), minimum_group_size=500)

    assert {each.reason for each in gone.values()} == {"there is no group 'z' to hold the others against"}
    assert {each.value for each in gone.values()} == {None}
    reason = small.result("demographic_parity_ratio", "team").estimate.reason
    assert reason == "fewer than 500 rows of the reference group"


def test_what_can_not_be_held_against_the_whole_says_so() -> None:
    found = estimates(a_reading(Contrast(attribute="team", against="whole")))

    assert found["treatment_equality_ratio"].reason == found["calibration_parity_difference"].reason == NOT_THE_WHOLE


def test_live_and_recorded_numbers_are_the_same() -> None:
    rules = ReadingRules(
        measures=MEASURES, contrasts=(Contrast(attribute="team", against="reference", reference="a"),),
        minimum_group_size=10,
    )  # fmt: skip
    profile = SAMPLE.profile(GRID)
    live, recorded = (
        reading_from_profiles(GRID, profile, profile, rules),
        reading_from_rows(GRID, SAMPLE, SAMPLE, rules),
    )

    for name in MEASURES[:-1]:
        assert live.result(name, "team") == recorded.result(name, "team")


def test_a_definition_states_the_contrast_and_is_as_it_was_without_one() -> None:
    def stated(*contrasts: Contrast) -> dict[str, Any]:
        return a_reading(*contrasts).result("demographic_parity_ratio", "team").definition

    plain = stated()
    reference = stated(Contrast(attribute="team", against="reference", reference="a", least_share=0.02))

    assert "held_against" not in plain
    assert stated(Contrast(attribute="other", against="whole")) == plain
    assert reference == plain | {
        "held_against": "a reference group",
        "reference": "a",
        "least_share": 0.02,
    }
    assert stated(Contrast(attribute="team", against="whole"))["held_against"] == "all rows together"
