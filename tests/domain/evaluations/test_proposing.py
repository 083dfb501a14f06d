"""The plan that suits a version: by how many rows it has, how they come, and what they hold."""

from typing import Any

import pytest
from msgspec.structs import replace

from cdt.domain.evaluations import plan
from cdt.domain.evaluations.following import follow
from cdt.domain.evaluations.kinds import check_kind
from cdt.domain.evaluations.plan import DAY_SECONDS, DEFAULT_POLICY
from cdt.domain.evaluations.proposing import (
    BaselineShape,
    ColumnShape,
    Proposal,
    Reason,
    Seen,
    propose,
    told_by,
)
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.registry.signature import Column

SHAPE: dict[str, Any] = {"rows": 30_000, "days": 30, "busy_days": 30}


def proposed(**changes: Any) -> plan.PlanPolicy:
    """The plan, which can be followed; each of its fields that is not the default one has a reason."""
    found = propose(BaselineShape(**{**SHAPE, **changes}))
    plan.check(found.policy)
    fields = {
        "window_seconds": "windowSeconds", "lateness_seconds": "latenessSeconds",
        "minimum_rows": "minimumRows", "minimum_group_size": "minimumGroupSize",
        "features": "features", "outputs": "outputs", "least_label_share": "leastLabelShare", "measures": "measures",
    }  # fmt: skip
    reasons = {reason.field for reason in found.because}
    for name in DEFAULT_POLICY.__struct_fields__:
        if getattr(found.policy, name) != getattr(DEFAULT_POLICY, name):
            assert fields[name] in reasons
    assert all(reason.because for reason in found.because)
    return found.policy


@pytest.mark.parametrize(
    ("shape", "days", "minimum_rows"),
    [
        ({"rows": 1_000_000, "days": 1, "busy_days": 1}, 1, 200),
        ({"rows": 30_000}, 1, 200),
        ({"rows": 29_999}, 7, 200),
        ({"rows": 3_000}, 30, 200),
        ({"rows": 300}, 90, 200),  # ten a day
        ({"rows": 30}, 90, 50),  # one a day
        ({"rows": 60}, 90, 90),
        ({"rows": 20_000, "days": 28, "busy_days": 4}, 7, 200),  # a batch a week
        ({"rows": 200_000, "days": 90, "busy_days": 3}, 30, 200),  # and one a month
        ({"rows": 30_000, "days": 30, "busy_days": 21}, 1, 200),  # from Monday to Friday
        ({"rows": 500, "days": 0, "busy_days": None}, 30, 200),  # an upload tells no days
    ],
)
def test_a_window_is_as_short_as_its_rows_allow(shape: dict[str, Any], days: int, minimum_rows: int) -> None:
    policy = proposed(**shape)
    assert (policy.window_seconds, policy.minimum_rows) == (days * DAY_SECONDS, minimum_rows)


def test_what_tells_nothing_is_not_watched() -> None:
    columns = (
        ColumnShape(name="age", missing=0.1),
        ColumnShape(name="id", missing=0.0, others=0.9),
        ColumnShape(name="country", missing=0.0, is_constant=True),
        ColumnShape(name="note", missing=0.995),
    )
    assert proposed(columns=columns).features == ("age",)
    assert proposed(columns=columns[:1]).features is None
    assert proposed(columns=columns[1:]).features is None  # then everything is better than nothing


@pytest.mark.parametrize(
    ("groups", "days", "size"),
    [  # of a thousand rows a day
        ((), 1, 100),
        ((0.5, 0.5), 1, 100),
        ((0.94, 0.06), 7, 100),  # a day would hold 60
        ((0.996, 0.004), 30, 100),
        ((0.999, 0.001), 1, 100),  # thirty days hold 30: a window for the sake of the others
        ((0.95, 0.049, 0.001), 7, 100),
    ],
)
def test_a_window_is_long_enough_for_groups_up_to_the_usual_length(
    groups: tuple[float, ...], days: int, size: int
) -> None:
    found = proposed(groups=groups)
    assert (found.window_seconds, found.minimum_group_size) == (days * DAY_SECONDS, size)


@pytest.mark.parametrize(("smallest", "size"), [(0.1, 100), (0.05, 50), (0.03, 30), (0.02, 100)])
def test_a_small_group_is_judged_as_long_as_that_says_anything(smallest: float, size: int) -> None:
    found = proposed(rows=1_000, groups=(1 - smallest, smallest))  # thirty-three a day
    assert (found.window_seconds, found.minimum_group_size) == (30 * DAY_SECONDS, size)


def test_what_a_version_makes_is_watched_and_labels_are_waited_for_where_there_are_some() -> None:
    assert (proposed().watched_outputs, proposed().least_label_share) == (("decision",), 0.0)
    with_all = proposed(has_scores=True, labelled=0.5)
    assert (with_all.watched_outputs, with_all.least_label_share) == (("decision", "score"), 0.25)


def reasons(field: str, **changes: Any) -> list[str]:
    return [each.because for each in propose(BaselineShape(**{**SHAPE, **changes})).because if each.field == field]


A_WEEK_OF_LIFE = Seen(tag="1", rows_seconds=3.0, labelled=0.4, labels_seconds=10 * DAY_SECONDS)


@pytest.mark.parametrize(
    ("seconds", "hours", "spelled"),
    [(3, 1, "1 minute"), (3_600, 1, "1 hour"), (3_601, 6, "2 hours"), (100_000, 72, "2 days"), (9e5, 168, "11 days")],
)
def test_a_window_waits_as_long_as_rows_of_the_former_version_were_late(
    seconds: float, hours: int, spelled: str
) -> None:
    seen = replace(A_WEEK_OF_LIFE, rows_seconds=seconds)
    assert proposed(seen=seen).lateness_seconds == hours * 3_600
    assert reasons("latenessSeconds", seen=seen) == [f"99 of 100 rows of version '1' came within {spelled}"]
    assert proposed().lateness_seconds == DEFAULT_POLICY.lateness_seconds


def test_labels_are_waited_for_as_they_came_for_the_former_version_where_the_baseline_has_none() -> None:
    assert proposed(seen=A_WEEK_OF_LIFE).least_label_share == 0.2
    (because,) = reasons("leastLabelShare", seen=A_WEEK_OF_LIFE)
    assert because == (
        "40% of the rows of version '1' have a label; the first to come are seldom a fair sample;"
        " half of the labels of version '1' came within 10 days"
    )
    assert proposed(seen=A_WEEK_OF_LIFE, labelled=1.0).least_label_share == 0.5
    assert proposed(labelled=0.01).least_label_share == 0.0
    assert reasons("leastLabelShare", labelled=0.01) == []


def test_a_plan_that_would_be_too_large_watches_every_feature() -> None:
    columns = [ColumnShape(name=f"{number:_>300}", missing=0.0) for number in range(100)]
    columns.append(ColumnShape(name="always", missing=0.0, is_constant=True))
    assert proposed(columns=tuple(columns)).features is None
    assert reasons("features", columns=tuple(columns)) == []


def test_what_is_said_of_columns_is_bounded() -> None:
    constant = [ColumnShape(name="x" * 300 + str(number), missing=0.0, is_constant=True) for number in range(999)]
    told = reasons("features", columns=(ColumnShape(name="age", missing=0.0), *constant))
    assert (len(told), told[-1]) == (21, "979 more columns are left out")
    assert told[0] == f"'{'x' * 59}…' is left out: it has one value alone"


SOMEBODYS = replace(DEFAULT_POLICY, features=("age", "income"), psi_limit=0.3)


def columns(*names: str) -> list[Column]:
    return [Column(name=name, kind="number", minimum=0.0) for name in names]


def test_a_plan_that_somebody_had_changed_is_followed_without_the_columns_that_are_gone() -> None:
    whole = Reason("plan", "it is the plan of version '7', which somebody had changed")
    gone = Reason("features", "'income' is left out: the version has no such column")
    assert follow(SOMEBODYS, tag="7", columns=columns("age", "income")) == Proposal(SOMEBODYS, (whole,))
    assert follow(SOMEBODYS, tag="7", columns=columns("age", "rent")) == Proposal(
        replace(SOMEBODYS, features=("age",)), (whole, gone)
    )
    assert follow(SOMEBODYS, tag="7", columns=columns("rent")).policy.features is None
    watches_all = replace(SOMEBODYS, features=None)
    assert follow(watches_all, tag="7", columns=columns("rent")) == Proposal(watches_all, (whole,))


def test_a_slice_that_can_hold_no_row_any_more_is_left_out_of_a_plan_that_is_followed() -> None:
    young, poor, unborn = (
        Slice(name=name, conditions=(Condition(column=column, high=high),))
        for name, column, high in (("young", "age", 30.0), ("poor", "income", 9.0), ("unborn", "age", -1.0))
    )
    found = follow(replace(SOMEBODYS, features=None, slices=(young, poor, unborn)), tag="7", columns=columns("age"))
    assert found.policy.slices == (young,)
    plans_own, *of_slices = found.because
    assert (plans_own.field, [each.field for each in of_slices]) == ("plan", ["slices", "slices"])
    assert of_slices[0].because == "'poor' is left out: the version has no feature 'income'"
    none_left = follow(replace(SOMEBODYS, features=None, slices=(poor,)), tag="7", columns=columns("age"))
    assert none_left.policy == replace(SOMEBODYS, features=None)


def test_a_reason_tells_of_a_rule_until_that_is_another() -> None:
    assert told_by(DEFAULT_POLICY, DEFAULT_POLICY) == []
    assert told_by(DEFAULT_POLICY, SOMEBODYS) == ["psiLimit", "features"]


@pytest.mark.parametrize(
    ("shape", "measures", "outputs"),
    [
        ({}, ("drift_score",), ("score",)),
        ({"labelled": 0.9}, ("drift_score",), ("score", "label")),
        ({"labelled": 0.9, "has_rows": True}, ("estimated_mean_absolute_error", "drift_score"), ("score", "label")),
        ({"has_rows": True}, ("drift_score",), ("score",)),
    ],
)
def test_a_version_that_predicts_numbers_is_watched_by_what_tells_of_it(
    shape: dict[str, Any], measures: tuple[str, ...], outputs: tuple[str, ...]
) -> None:
    policy = proposed(is_of_numbers=True, has_scores=True, **shape)

    assert (policy.measures, policy.outputs) == (measures, outputs)
    check_kind(policy, is_of_numbers=True)


def test_the_plan_of_a_former_version_leaves_out_what_tells_nothing_of_numbers() -> None:
    policy = replace(DEFAULT_POLICY, outputs=("decision", "score"), psi_limit=0.2)
    found = follow(policy, tag="1", columns=(), is_of_numbers=True)

    assert (found.policy.measures, found.policy.outputs, found.policy.psi_limit) == (("drift_score",), ("score",), 0.2)
    assert Reason("measures", "the version predicts numbers: what tells nothing of it is left out") in found.because
