"""Hours since 1970, by which rows are counted that were not taken in as they were."""

from datetime import datetime, timedelta

from cdt.predictions.columns import EPOCH


def hour_of(moment: datetime) -> int:
    """The hour that a moment lies in."""
    return (moment - EPOCH) // timedelta(hours=1)
