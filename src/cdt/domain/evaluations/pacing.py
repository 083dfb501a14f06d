"""When a recorded evaluation is due, and when it is not: what keeps a busy version from writing a storm of events."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cdt.domain.evaluations.events import Cause
from cdt.domain.evaluations.plan import PlanPolicy

BACKOFF_SECONDS = (60.0, 300.0, 1500.0)
RESTATED_AT_COVERAGE = (0.5, 0.8, 0.95, 0.99)
PRIORITY_BY_CAUSE: Mapping[Cause, int] = {
    "asked": 0,
    "window_closed": 1,
    "promotion": 1,
    "plan_change": 1,
    "live_change": 1,
    "restatement": 2,
    "schedule": 2,
    "backfill": 3,
}
"""What is computed first: what somebody waits for, how a version is now, what was due anyway, history."""


def pause_after_failure(attempts: int) -> float | None:
    """Seconds until the next attempt after so many failed ones; None when the evaluation is given up.

    >>> [pause_after_failure(attempts) for attempts in (1, 2, 3, 4)]
    [60.0, 300.0, 1500.0, None]
    """
    return BACKOFF_SECONDS[attempts - 1] if attempts <= len(BACKOFF_SECONDS) else None


def may_record(
    policy: PlanPolicy, *, now: datetime, last_requested_at: datetime | None, is_one_in_flight: bool
) -> bool:
    """Whether the live reading of a plan may be recorded now: one at a time, and not too often."""
    if is_one_in_flight:
        return False
    pause = timedelta(seconds=policy.least_seconds_between_records)
    return last_requested_at is None or now - last_requested_at >= pause


def is_worth_recording(policy: PlanPolicy, *, live: float | None, recorded: float | None, threshold: float) -> bool:
    """Whether the live trust score differs enough from the recorded one.

    It does when one of them is missing, when the threshold lies between them, and when they are `live_change` apart.
    """
    if live is None or recorded is None:
        return (live is None) != (recorded is None)
    has_crossed = (live < threshold) != (recorded < threshold)
    return has_crossed or abs(live - recorded) >= policy.live_change - 1e-12  # 0.81 - 0.80 is a little under 0.01


def is_restatement_due(
    *,
    recorded_coverage: float,
    coverage: float,
    has_newer_labels: bool,
    are_labels_quiet: bool,
    least_label_share: float = 0.0,
) -> bool:
    """Whether a closed window is to be measured again, because its share of labelled rows passed 50, 80, 95 or 99 %.

    Also when it passed the share that the plan waits for, and once when labels have become quiet and there are more of
    them than at the last record, or some were corrected.

    >>> is_restatement_due(recorded_coverage=0.4, coverage=0.6, has_newer_labels=True, are_labels_quiet=False)
    True
    >>> is_restatement_due(recorded_coverage=0.6, coverage=0.7, has_newer_labels=True, are_labels_quiet=False)
    False
    >>> is_restatement_due(recorded_coverage=1.0, coverage=1.0, has_newer_labels=True, are_labels_quiet=True)
    True
    """
    if are_labels_quiet:
        return has_newer_labels or coverage > recorded_coverage
    return any(recorded_coverage < step <= coverage for step in (*RESTATED_AT_COVERAGE, least_label_share))
