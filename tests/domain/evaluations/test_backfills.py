"""History is measured once by the same rules, however often and in however many parts somebody asks."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid, NotFound
from cdt.domain.evaluations.backfills import (
    MOST_WINDOWS,
    Backfills,
    NothingToBackfill,
    backfill_id_of,
    backfills,
    cancel,
    request,
)
from cdt.domain.evaluations.events import BackfillCancelled, BackfillRequested
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import PlanId
from tests.builders import an_id, noon_plus
from tests.domain.builders import A_DIGEST, ANOTHER_DIGEST, state_of

PLAN = PlanId(an_id(1))


def days(first: int, count: int) -> tuple[Window, ...]:
    return tuple(Window(noon_plus(days=day), noon_plus(days=day + 1)) for day in range(first, first + count))


def asked(windows: tuple[Window, ...], *, command: int = 1) -> BackfillRequested:
    return BackfillRequested(
        backfill_id=backfill_id_of(PLAN, an_id(command)), plan_id=PLAN, version_id=an_id(2), model_id=an_id(3),
        environment="production", windows=windows, through_sequence=7, rules=A_DIGEST, reason="An audit.",
    )  # fmt: skip


def test_windows_of_history_are_asked_for_in_the_order_of_time_and_each_once() -> None:
    assert request(Backfills(), asked((*days(2, 2), *days(0, 3)))) == [asked(days(0, 4))]


def test_what_was_asked_for_is_not_asked_for_again_and_what_is_new_is() -> None:
    known = state_of(backfills, asked(days(0, 3)), asked(days(5, 1), command=2))

    assert request(known, asked(days(0, 3), command=3)) == []
    assert request(known, asked(days(1, 6), command=3)) == [asked((*days(3, 2), *days(6, 1)), command=3)]


def test_by_other_rules_the_same_windows_are_measured_again() -> None:
    known = state_of(backfills, asked(days(0, 3)))
    by_others = replace(asked(days(0, 3), command=2), rules=ANOTHER_DIGEST)

    assert request(known, by_others) == [by_others]


def test_as_many_windows_as_fit_are_asked_for_at_once_and_not_one_more() -> None:
    assert request(Backfills(), asked(days(0, MOST_WINDOWS))) == [asked(days(0, MOST_WINDOWS))]
    with pytest.raises(Invalid, match="at most 400 windows at once"):
        request(Backfills(), asked(days(0, MOST_WINDOWS + 1)))


def test_no_window_an_empty_one_and_no_reason_are_refused() -> None:
    with pytest.raises(NothingToBackfill):
        request(Backfills(), asked(()))
    with pytest.raises(Invalid):
        request(Backfills(), asked((Window(noon_plus(days=1), noon_plus(days=1) - timedelta(hours=1)),)))
    with pytest.raises(Invalid):
        request(Backfills(), replace(asked(days(0, 1)), reason=" "))


def cancelled(*, command: int = 1) -> BackfillCancelled:
    return BackfillCancelled(
        backfill_id=backfill_id_of(PLAN, an_id(command)), plan_id=PLAN, version_id=an_id(2), model_id=an_id(3),
        reason="It takes too long.",
    )  # fmt: skip


def test_a_backfill_is_cancelled_once_and_its_windows_may_be_asked_for_again() -> None:
    known = state_of(backfills, asked(days(0, 3)), asked(days(5, 1), command=2))
    after = state_of(backfills, asked(days(0, 3)), asked(days(5, 1), command=2), cancelled())

    assert cancel(known, cancelled()) == [cancelled()]
    assert cancel(after, cancelled()) == []
    assert request(after, asked((*days(0, 3), *days(5, 1)), command=3)) == [asked(days(0, 3), command=3)]


def test_a_backfill_that_nobody_asked_for_is_not_cancelled_and_a_reason_is_given() -> None:
    known = state_of(backfills, asked(days(0, 3)))

    with pytest.raises(NotFound):
        cancel(known, cancelled(command=9))
    with pytest.raises(Invalid):
        cancel(known, replace(cancelled(), reason=" "))
