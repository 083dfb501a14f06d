"""Hours since 1970, by which rows are counted that were not taken in as they were."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from cdt.predictions.columns import EPOCH, Predictions
from cdt.predictions.counting import MICROSECONDS_AN_HOUR
from cdt.predictions.rows import PredictionRow


def hour_of(moment: datetime) -> int:
    """The hour that a moment lies in."""
    return (moment - EPOCH) // timedelta(hours=1)


def rows_by_hour(
    batch: list[PredictionRow] | Predictions, places: NDArray[np.intp] | None = None
) -> Iterator[tuple[int, int]]:
    """Hours, with how many of the rows each has; of those at some places alone, where these are given."""
    if isinstance(batch, Predictions):
        hours = (batch.predicted_at if places is None else batch.predicted_at[places]) // MICROSECONDS_AN_HOUR
    else:
        rows: list[PredictionRow] = batch if places is None else list(map(batch.__getitem__, places.tolist()))
        hours = np.array([hour_of(row.predicted_at) for row in rows], dtype=np.int64)
    found, counts = np.unique(hours, return_counts=True)
    yield from zip(found.tolist(), counts.tolist(), strict=True)
