"""What the last minutes say of calls: how many there are by the minute, how many succeed, how long they take."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cdt.predictions.durations import NO_DURATIONS, Durations, added
from cdt.predictions.minutes import MINUTE, Minute, Minutes

SHOWN_MINUTES = 60
RATED_MINUTES = 5
"""The present minute and the four before it."""


class LiveFigures(NamedTuple):
    """Of the rated minutes; `minutes` are the shown ones, without those in which nothing came.

    success_rate, p50_ms and p95_ms are None where there is nothing to tell them from.
    """

    read_at: datetime
    since: datetime
    predictions: int
    failed: int
    predictions_per_minute: float
    success_rate: float | None
    timed: int
    p50_ms: float | None
    p95_ms: float | None
    minutes: Sequence[Minute]


def figures_of(read: Minutes) -> LiveFigures:
    """From what was counted, at the time when it was read."""
    present = read.read_at.replace(second=0, microsecond=0)
    since = present - (RATED_MINUTES - 1) * MINUTE
    rated = [each for each in read.minutes if each.minute >= since]
    predictions, failed = sum(each.predictions for each in rated), sum(each.failed for each in rated)
    durations: Durations = added(each.durations for each in rated) if rated else NO_DURATIONS
    calls = predictions + failed
    return LiveFigures(
        read_at=read.read_at,
        since=since,
        predictions=predictions,
        failed=failed,
        predictions_per_minute=predictions / ((read.read_at - since) / MINUTE),
        success_rate=predictions / calls if calls else None,
        timed=sum(durations.counts),
        p50_ms=durations.quantile(0.5),
        p95_ms=durations.quantile(0.95),
        minutes=[each for each in read.minutes if each.minute > present - SHOWN_MINUTES * MINUTE],
    )
