"""When a record is due."""

import pytest

from cdt.domain.evaluations.pacing import is_restatement_due, is_worth_recording, may_record, pause_after_failure
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from tests.builders import NOON, noon_plus


def test_attempts_are_further_and_further_apart_until_it_is_given_up() -> None:
    assert [pause_after_failure(attempts) for attempts in (1, 2, 3, 4)] == [60.0, 300.0, 1500.0, None]


@pytest.mark.parametrize(("seconds", "may"), [(0, False), (59, False), (60, True), (3_600, True)])
def test_the_live_reading_is_recorded_at_most_once_a_minute(seconds: int, may: bool) -> None:
    assert (
        may_record(DEFAULT_POLICY, now=noon_plus(seconds=seconds), last_requested_at=NOON, is_one_in_flight=False)
        is may
    )


def test_the_first_record_waits_for_nothing_and_none_is_made_while_one_is_in_flight() -> None:
    assert may_record(DEFAULT_POLICY, now=NOON, last_requested_at=None, is_one_in_flight=False)
    assert not may_record(DEFAULT_POLICY, now=NOON, last_requested_at=None, is_one_in_flight=True)


@pytest.mark.parametrize(
    ("live", "recorded", "is_worth"),
    [
        (0.80, 0.80, False),
        (0.80, 0.809, False),
        (0.80, 0.81, True),
        (0.81, 0.80, True),
        (0.699, 0.701, True),
        (0.70, 0.701, False),
        (None, 0.7, True),
        (0.7, None, True),
        (None, None, False),
    ],
)
def test_a_score_is_recorded_when_it_moved_crossed_or_came_and_went(
    live: float | None, recorded: float | None, is_worth: bool
) -> None:
    assert is_worth_recording(DEFAULT_POLICY, live=live, recorded=recorded, threshold=0.7) is is_worth


@pytest.mark.parametrize(
    ("recorded", "now", "newer", "quiet", "is_due"),
    [
        (0.0, 0.49, True, False, False),
        (0.0, 0.5, True, False, True),
        (0.5, 0.79, True, False, False),
        (0.5, 0.99, True, False, True),
        (0.99, 1.0, True, False, False),
        (0.99, 1.0, True, True, True),
        (0.99, 1.0, False, True, True),
        (0.6, 0.6, False, True, False),
        (0.6, 0.6, True, False, False),
        (0.6, 0.6, True, True, True),
    ],
)
def test_a_closed_window_is_restated_as_its_labels_come_in_or_are_corrected(
    recorded: float, now: float, newer: bool, quiet: bool, is_due: bool
) -> None:
    assert (
        is_restatement_due(recorded_coverage=recorded, coverage=now, has_newer_labels=newer, are_labels_quiet=quiet)
        is is_due
    )


def test_a_closed_window_is_restated_when_the_labels_are_there_that_the_plan_waits_for() -> None:
    so_far = {"recorded_coverage": 0.29, "coverage": 0.31, "has_newer_labels": True, "are_labels_quiet": False}
    assert is_restatement_due(**so_far, least_label_share=0.3)
    assert not is_restatement_due(**so_far)
