"""What decisions are worth, where a plan says so."""

import math
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.following import follow
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy, check
from cdt.domain.evaluations.results import BUSINESS_VALUE, Measurement
from cdt.domain.evaluations.verdicts import judge
from cdt.domain.evaluations.worth import BusinessValue, check_classes
from tests.domain.builders import A_DIGEST

LOANS = BusinessValue(unit="EUR", classes=("no", "yes"), values=((0.0, -80.0), (-5.0, 20.0)))
MANY = tuple(f"class {number}" for number in range(50))


def with_worth(worth: BusinessValue = LOANS, **changes: Any) -> PlanPolicy:
    return replace(DEFAULT_POLICY, business_value=replace(worth, **changes))


def test_a_plan_may_say_what_decisions_among_two_to_fifty_classes_are_worth() -> None:
    check(with_worth())
    check(with_worth(least=-1.5))
    check(with_worth(classes=MANY, values=tuple(tuple(map(float, range(50))) for _ in MANY)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": ""}, "unit"),
        ({"unit": " EUR"}, "unit"),
        ({"unit": "E\nUR"}, "unit"),
        ({"unit": "e" * 21}, "unit"),
        ({"classes": ("yes",), "values": ((1.0,),)}, "classes"),
        ({"classes": ("yes", "yes")}, "classes"),
        ({"values": ((1.0, 2.0),)}, "values"),
        ({"values": ((1.0, 2.0), (1.0,))}, "values.1"),
        ({"values": ((1.0, 2.0), (1.0, math.nan))}, "values.1.1"),
        ({"values": ((1.0, -1.1e12), (1.0, 2.0))}, "values.0.1"),
        ({"values": ((3.0, 3.0), (3.0, 3.0))}, "values"),
        ({"least": math.inf}, "least"),
    ],
)
def test_values_that_mean_nothing_are_refused_by_their_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(with_worth(**changes))

    assert refused.value.field == f"businessValue.{field}"


def test_a_matrix_that_no_record_can_hold_is_refused_as_such() -> None:
    values = tuple(tuple(1e11 / (3 + row * 50 + column) for column in range(50)) for row in range(50))

    with pytest.raises(Invalid) as refused:
        check(with_worth(classes=MANY, values=values))

    assert refused.value.field == "businessValue"


def test_it_is_not_named_among_the_measures() -> None:
    with pytest.raises(Invalid, match="where businessValue says it"):
        check(replace(DEFAULT_POLICY, measures=(BUSINESS_VALUE,)))


def test_it_names_the_classes_of_the_version_in_whatever_order() -> None:
    check_classes(LOANS, ("yes", "no"))
    with pytest.raises(Invalid, match="the version has no class 'no'"):
        check_classes(LOANS, ("yes", "maybe"))
    with pytest.raises(Invalid, match="the version's class 'maybe' is not named"):
        check_classes(LOANS, ("yes", "no", "maybe"))


def test_a_plan_that_says_nothing_of_it_is_the_json_that_it_was() -> None:
    assert b"business_value" not in msgspec.json.encode(DEFAULT_POLICY)
    assert msgspec.json.decode(msgspec.json.encode(with_worth()), type=PlanPolicy) == with_worth()


def test_the_next_version_begins_with_it_if_it_decides_among_the_same_classes() -> None:
    same, other = (follow(with_worth(), tag="7", columns=(), classes=each) for each in (["yes", "no"], ["yes", "nein"]))

    assert same.policy.business_value == LOANS
    assert other.policy.business_value is UNSET
    assert other.because[-1].because == "what decisions are worth is left out: the version has no class 'no'"


def verdict(policy: PlanPolicy, *, low: float, high: float, baseline: float | None = 2.0, **changes: Any) -> Any:
    fields: dict[str, Any] = {"rows": 1_000, "baseline": baseline, "baseline_rows": 1_000, "definition": A_DIGEST}
    worth = Measurement(measure=BUSINESS_VALUE, value=(low + high) / 2, low=low, high=high, **(fields | changes))
    (found,) = judge([worth], policy, baseline_rows=changes.get("baseline_rows", 1_000))
    return found.verdict, found.limit


def test_it_is_held_to_the_baseline_as_other_performance_is() -> None:
    assert verdict(with_worth(), low=1.95, high=2.1) == ("pass", 1.9)
    assert verdict(with_worth(), low=1.0, high=1.8) == ("fail", 1.9)
    assert verdict(with_worth(), low=-1.02, high=-0.9, baseline=-1.0) == ("pass", -1.05)
    assert verdict(with_worth(), low=1.0, high=1.8, baseline=None) == ("inconclusive", None)


def test_it_is_held_to_what_the_plan_asks_for_whatever_the_baseline() -> None:
    policy = with_worth(least=0.0)

    assert verdict(policy, low=0.1, high=0.3) == ("pass", 0.0)
    assert verdict(policy, low=-0.3, high=-0.1, baseline=-9.0) == ("fail", 0.0)
    assert verdict(policy, low=-0.3, high=0.1) == ("inconclusive", 0.0)
    assert verdict(policy, low=0.1, high=0.3, baseline=None) == ("pass", 0.0)
    assert verdict(policy, low=0.1, high=0.3, baseline_rows=5) == ("pass", 0.0)
    assert verdict(policy, low=0.1, high=0.3, rows=5) == ("inconclusive", 0.0)
