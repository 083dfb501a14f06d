"""The plan that suits a version: by how many rows it has, how they come, and what they hold."""

from typing import Any

import pytest

from cdt.domain.evaluations import plan
from cdt.domain.evaluations.plan import DAY_SECONDS, DEFAULT_POLICY
from cdt.domain.evaluations.proposing import BaselineShape, ColumnShape, propose

SHAPE: dict[str, Any] = {"rows": 30_000, "days": 30, "busy_days": 30}


def proposed(**changes: Any) -> plan.PlanPolicy:
    """The plan, which can be followed; each of its fields that is not the default one has a reason."""
    found = propose(BaselineShape(**{**SHAPE, **changes}))
    plan.check(found.policy)
    fields = {
        "window_seconds": "windowSeconds", "minimum_rows": "minimumRows", "minimum_group_size": "minimumGroupSize",
        "features": "features", "outputs": "outputs", "least_label_share": "leastLabelShare",
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


@pytest.mark.parametrize(("share", "size"), [(None, 100), (0.5, 100), (0.06, 60), (0.01, 30)])
def test_a_small_group_is_judged_as_long_as_that_says_anything(share: float | None, size: int) -> None:
    assert proposed(smallest_group=share).minimum_group_size == size  # of a thousand rows in a window


def test_what_a_version_makes_is_watched_and_labels_are_waited_for_where_there_are_some() -> None:
    assert (proposed().watched_outputs, proposed().least_label_share) == (("decision",), 0.0)
    with_all = proposed(has_scores=True, labelled=0.5)
    assert (with_all.watched_outputs, with_all.least_label_share) == (("decision", "score"), 0.25)
