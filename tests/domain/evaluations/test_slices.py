"""Which parts of its rows a plan may declare."""

import math

import msgspec
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy, check, check_columns
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.registry.signature import Column

COLUMNS = (
    Column("age", "number", minimum=18, maximum=90),
    Column("income", "number"),
    Column("sex", "category", categories=("f", "m")),
    Column("town", "category"),
)
WOMEN = Condition(column="sex", values=("f",))
OLD = Condition(column="age", low=60)


def checked(*slices: Slice) -> None:
    policy = replace(DEFAULT_POLICY, slices=slices)
    check(policy)
    check_columns(policy, COLUMNS)


def of(*conditions: Condition, name: str = "some") -> Slice:
    return Slice(name=name, conditions=conditions)


def test_a_plan_declares_parts_of_its_rows() -> None:
    checked(
        of(WOMEN, OLD, Condition(column="income", low=0.0, high=1e4), name="poor old women"),
        of(Condition(column="town", values=("Boston", "never seen yet")), name="Ä town, 'quoted'"),
        of(Condition(column="age", low=90), name="at the greatest age that is allowed"),
    )


@pytest.mark.parametrize(
    ("slices", "field"),
    [
        ((of(WOMEN, name=" "),), "slices.0.name"),
        ((of(WOMEN, name=" women"),), "slices.0.name"),
        ((of(WOMEN, name="a\x00b"),), "slices.0.name"),
        ((of(WOMEN, name="a\u202eb"),), "slices.0.name"),
        ((of(WOMEN, name="x" * 81),), "slices.0.name"),
        ((of(WOMEN), of(OLD)), "slices.1.name"),
        ((of(WOMEN, OLD, name="one"), of(OLD, WOMEN, name="other")), "slices.1.conditions"),
        (
            (
                of(Condition(column="sex", values=("f", "m")), name="one"),
                of(Condition(column="sex", values=("m", "f")), name="other"),
            ),
            "slices.1.conditions",
        ),
        ((of(),), "slices.0.conditions"),
        ((of(WOMEN, OLD, Condition(column="income", low=1), Condition(column="town", values=("a",))),),
         "slices.0.conditions"),
        ((of(OLD, Condition(column="age", high=70)),), "slices.0.conditions"),
        ((of(Condition(column="age")),), "slices.0.conditions.0"),
        ((of(Condition(column="age", low=math.nan)),), "slices.0.conditions.0"),
        ((of(Condition(column="age", high=math.inf)),), "slices.0.conditions.0"),
        ((of(Condition(column="age", low=5, high=5)),), "slices.0.conditions.0.high"),
        ((of(Condition(column="age", low=6, high=5)),), "slices.0.conditions.0.high"),
        ((of(Condition(column="age", low=91)),), "slices.0.conditions.0.low"),
        ((of(Condition(column="age", high=18)),), "slices.0.conditions.0.high"),
        ((of(Condition(column="age", values=("60",))),), "slices.0.conditions.0.values"),
        ((of(WOMEN, Condition(column="town", low=1)),), "slices.0.conditions.1.low"),
        ((of(Condition(column="sex", values=("f",), low=1)),), "slices.0.conditions.0"),
        ((of(Condition(column="sex", values=())),), "slices.0.conditions.0.values"),
        ((of(Condition(column="sex", values=("f", "f"))),), "slices.0.conditions.0.values"),
        ((of(Condition(column="sex", values=("women",))),), "slices.0.conditions.0.values"),
        ((of(Condition(column="town", values=tuple(map(str, range(51))))),), "slices.0.conditions.0.values"),
        ((of(Condition(column="town", values=("a\nb",))),), "slices.0.conditions.0.values"),
        ((of(Condition(column="height", low=1)),), "slices.0.conditions.0.column"),
        (tuple(of(Condition(column="age", low=low), name=str(low)) for low in range(21)), "slices"),
        (
            tuple(
                of(Condition(column="town", values=tuple(f"{value:0190}" for value in range(most))), name=str(most))
                for most in (40, 41, 42)
            ),
            "slices",
        ),
    ],
)  # fmt: skip
def test_a_slice_that_means_nothing_is_refused_where_it_is_wrong(slices: tuple[Slice, ...], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(*slices)

    assert refused.value.field == field


def test_a_plan_without_slices_has_the_json_it_had_and_one_with_them_says_no_more_than_it_means() -> None:
    assert b"slices" not in msgspec.json.encode(DEFAULT_POLICY)
    assert DEFAULT_POLICY.declared_slices == ()
    policy = replace(DEFAULT_POLICY, slices=(of(WOMEN, OLD),))

    stored = msgspec.json.encode(policy)

    assert msgspec.json.decode(stored, type=PlanPolicy) == policy
    assert msgspec.json.decode(stored)["slices"] == [
        {"name": "some", "conditions": [{"column": "sex", "values": ["f"]}, {"column": "age", "low": 60}]}
    ]
    assert replace(policy, slices=UNSET) == DEFAULT_POLICY
