"""What a plan may ask for."""

import math
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.kinds import check_kind, fitted
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy, check


def test_the_default_plan_is_good() -> None:
    check(DEFAULT_POLICY)

    assert (DEFAULT_POLICY.window_seconds, DEFAULT_POLICY.lateness_seconds) == (30 * 86_400, 86_400)
    assert (DEFAULT_POLICY.minimum_rows, DEFAULT_POLICY.minimum_group_size) == (200, 100)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"window_seconds": 59}, "windowSeconds"),
        ({"window_seconds": 401 * 86_400}, "windowSeconds"),
        ({"lateness_seconds": -1}, "latenessSeconds"),
        ({"minimum_rows": 0}, "minimumRows"),
        ({"minimum_group_size": 0}, "minimumGroupSize"),
        ({"confidence": 1.0}, "confidence"),
        ({"confidence": math.nan}, "confidence"),
        ({"psi_limit": 0.0}, "psiLimit"),
        ({"parity_ratio_limit": 1.1}, "parityRatioLimit"),
        ({"live_change": math.inf}, "liveChange"),
        ({"performance_tolerance": 1.0}, "performanceTolerance"),
        ({"least_seconds_between_records": 0}, "leastSecondsBetweenRecords"),
    ],
)
def test_a_plan_that_can_not_be_followed_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(replace(DEFAULT_POLICY, **changes))

    assert refusal.value.field == field


def test_a_plan_names_no_more_columns_than_the_fact_of_its_change_can_hold_twice() -> None:
    check(replace(DEFAULT_POLICY, features=tuple(f"{number:0180}" for number in range(100))))
    with pytest.raises(Invalid) as refusal:
        check(replace(DEFAULT_POLICY, features=tuple(f"{number:0180}" for number in range(300))))
    assert refusal.value.field == "features"


def test_a_plan_that_says_nothing_of_the_confidence_of_drift_has_that_of_everything_and_the_json_it_had() -> None:
    former = PlanPolicy(confidence=0.9)

    assert former.confidence_of_drift == 0.9
    assert b"drift_confidence" not in msgspec.json.encode(former)
    assert (DEFAULT_POLICY.distance_limit, DEFAULT_POLICY.confidence_of_drift) == (0.05, 0.995)


@pytest.mark.parametrize("confidence", [0.0, 0.49, 1.0, math.nan])
def test_the_confidence_of_drift_is_one(confidence: float) -> None:
    with pytest.raises(Invalid) as refusal:
        check(replace(DEFAULT_POLICY, drift_confidence=confidence))

    assert refusal.value.field == "driftConfidence"


@pytest.mark.parametrize(
    ("policy", "is_of_numbers", "field"),
    [
        (PlanPolicy(measures=("f1",)), True, "measures"),
        (PlanPolicy(measures=("equalized_odds_ratio",)), True, "measures"),
        (PlanPolicy(measures=("r_squared",)), False, "measures"),
        (PlanPolicy(outputs=("decision", "score")), True, "outputs"),
    ],
)
def test_a_plan_asks_for_what_such_a_version_can_tell(policy: PlanPolicy, is_of_numbers: bool, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_kind(policy, is_of_numbers=is_of_numbers)

    assert refused.value.field == field
    check_kind(fitted(policy, is_of_numbers=is_of_numbers), is_of_numbers=is_of_numbers)


def test_a_plan_that_suits_any_version_stays_what_it_is() -> None:
    policy = PlanPolicy(measures=("drift_score",), outputs=("score",))

    assert fitted(policy, is_of_numbers=True) == fitted(policy, is_of_numbers=False) == policy
    assert fitted(PlanPolicy(), is_of_numbers=True) == PlanPolicy()
