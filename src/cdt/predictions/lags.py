"""How long after they were predicted rows and their labels came in, as the segments tell it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.predictions.segments import Kind

SEGMENTS = 2_000
"""So many of the newest are looked at."""
LEAST_ROWS = 1_000
LEAST_TIME = timedelta(days=7)
"""From the first of these segments to the last: a week has quiet days and nights."""
MOST_LATE = timedelta(days=7)
"""Rows that are older when they come in are history that was sent afterwards, such as that of a baseline."""


class Lags(msgspec.Struct, frozen=True, kw_only=True):
    """Of a version in use. rows_seconds: so long after their prediction 99 of 100 rows were there.

    labelled: labels by predictions. labels_seconds: so long after the prediction half of the labels were there; None
    without labels.
    """

    rows_seconds: float
    labelled: float
    labels_seconds: float | None


class _Came(msgspec.Struct, frozen=True):
    """A segment."""

    kind: Kind
    rows: int
    predicted_from: datetime
    predicted_to: datetime
    recorded_at: datetime

    @property
    def oldest(self) -> timedelta:
        """How old its oldest row was when it came in."""
        return self.recorded_at - self.predicted_from


async def seen_until(
    connection: AsyncConnection[Any], version_number: int, *, until: datetime | None = None
) -> Lags | None:
    """What was seen of a version up to a moment, up to now without one; None where that is too little to tell."""
    async with connection.cursor(row_factory=class_row(_Came)) as cursor:
        await cursor.execute(
            "SELECT kind, rows, predicted_from, predicted_to, recorded_at"
            " FROM predictions.segments WHERE version_number = %(number)s"
            " AND recorded_at <= coalesce(%(until)s::timestamptz, 'infinity')"
            " ORDER BY recorded_at DESC, sequence DESC LIMIT %(segments)s",
            {"number": version_number, "until": until, "segments": SEGMENTS},
        )
        return lags_of(await cursor.fetchall())


def lags_of(segments: Sequence[_Came]) -> Lags | None:
    """Of segments, the newest first. A row counts with the oldest of its segment, a label with the middle of its."""
    predictions = [each for each in segments if each.kind == "predictions" and each.oldest <= MOST_LATE]
    if sum(each.rows for each in predictions) < LEAST_ROWS:
        return None
    if predictions[0].recorded_at - predictions[-1].recorded_at < LEAST_TIME:
        return None
    since = min(each.predicted_from for each in predictions)
    labels = [each for each in segments if each.kind == "labels" and each.predicted_from >= since]
    rows, labelled = ([each.rows for each in side] for side in (predictions, labels))
    told = [each.oldest - (each.predicted_to - each.predicted_from) / 2 for each in labels]
    return Lags(
        rows_seconds=_quantile([each.oldest for each in predictions], rows, 0.99),
        labelled=min(1.0, sum(labelled) / sum(rows)),
        labels_seconds=_quantile(told, labelled, 0.5) if labels else None,
    )


def _quantile(times: Sequence[timedelta], rows: Sequence[int], share: float) -> float:
    """So many seconds or fewer had passed for that share of the rows; what came before its time came at once."""
    seconds = np.maximum([each.total_seconds() for each in times], 0.0)
    order = np.argsort(seconds, kind="stable")
    reached = np.cumsum(np.asarray(rows)[order])
    return float(seconds[order][np.searchsorted(reached, share * reached[-1])])
