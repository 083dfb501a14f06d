"""What the data of a window are like, apart from where they lie: how much, how fresh, how complete, how new."""

from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, share_estimate
from cdt.measures.grid import CategoryFeature, Feature, NumberFeature
from cdt.measures.profile import Profile

NO_ROWS = "no current rows"
NO_LIKELIHOOD = (
    "the version's grid knows nothing of whole rows; it was fitted to fewer than 500, or by a former release"
)
NO_VALUES = "no current rows with a value"
NOT_COUNTED = "nobody counted what came in"


class Span(NamedTuple):
    """A window, half-open, and its newest prediction; None when it has none."""

    start: datetime
    end: datetime
    newest: datetime | None


class Received(NamedTuple):
    """What came in for a window besides the predictions that it holds.

    duplicates: rows that were there already. violations: rows that did not fit the version's signature, those among
    them that were taken in marked, too. rejected: all rows that were not taken in, duplicates apart.
    """

    duplicates: int
    violations: int
    rejected: int


def volume(current: Profile) -> Estimate:
    """The predictions in the window; counted, so without any doubt. Missing when there are none."""
    return Estimate.missing(NO_ROWS) if not current.rows else Estimate.of(*[current.rows] * 3, rows=current.rows)


def freshness(span: Span | None, rows: int) -> Estimate:
    """The part of the window that had gone by since its newest prediction: 0 is up to its very end.

    >>> from datetime import UTC
    >>> day = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    >>> freshness(Span(*day, datetime(2026, 3, 1, 18, tzinfo=UTC)), 9).value
    0.25
    """
    if span is None or span.newest is None:
        return Estimate.missing(NO_ROWS)
    share = (span.end - span.newest) / (span.end - span.start)
    return Estimate.of(share, share, share, rows=rows)


def missing_share(feature: Feature, profile: Profile, *, confidence: float = 0.95) -> Estimate:
    """The share of rows without a value, with Wilson's interval."""
    if isinstance(feature, NumberFeature):
        missing = profile.number(feature.name).missing
    else:
        missing = int(profile.categories(feature.name)[-1])
    return share_estimate(missing, profile.rows, confidence=confidence, reason=NO_ROWS)


def out_of_range_share(feature: NumberFeature, profile: Profile, *, confidence: float = 0.95) -> Estimate:
    """The share of values that lie below or above the grid's range, with Wilson's interval."""
    counts = profile.number(feature.name)
    outside = int(counts.cells[0] + counts.cells[-1])
    return share_estimate(outside, counts.rows, confidence=confidence, reason=NO_VALUES)


def new_category_share(feature: CategoryFeature, profile: Profile, *, confidence: float = 0.95) -> Estimate:
    """The share of values that are none of those the grid counts one by one, with Wilson's interval."""
    rows = profile.categories(feature.name)
    return share_estimate(int(rows[-2]), int(rows[:-1].sum()), confidence=confidence, reason=NO_VALUES)


def constant(feature: Feature, baseline: Profile, current: Profile, *, confidence: float = 0.95) -> Estimate:
    """1 when all values of a column are one and the same, though the baseline's are not; else 0.

    A value that nearly all rows of the baseline share can be alone in a window by chance: where that is not less likely
    than 1 - confidence, the interval holds 0 too. Of values that the grid does not count one by one it isn't told.
    """
    before, now = _values(feature, baseline), _values(feature, current)
    rows = int(now.sum())
    if not rows:
        return Estimate.missing(NO_VALUES)
    most = before.max() / before.sum() if before.sum() else 0.0
    if most == 1 or not _is_one_value(feature, current):
        return Estimate.of(0.0, 0.0, 0.0, rows=rows)
    is_chance = most > 0 and rows * np.log(most) >= np.log1p(-confidence)
    return Estimate.of(1.0, 0.0 if is_chance else 1.0, 1.0, rows=rows)


def clock_skew(current: Profile, *, confidence: float = 0.95) -> Estimate:
    """The share of predictions made, by their own clock, more than a second after they were received; Wilson's."""
    return share_estimate(current.ahead, current.rows, confidence=confidence, reason=NO_ROWS)


def duplicate_share(received: Received | None, current: Profile, *, confidence: float = 0.95) -> Estimate:
    """The share of rows received that were there already, with Wilson's interval."""
    return _share_received(None if received is None else received.duplicates, received, current, confidence)


def violation_share(received: Received | None, current: Profile, *, confidence: float = 0.95) -> Estimate:
    """The share of rows received that did not fit the version's signature, with Wilson's interval."""
    return _share_received(None if received is None else received.violations, received, current, confidence)


def _share_received(part: int | None, received: Received | None, current: Profile, confidence: float) -> Estimate:
    if part is None or received is None:
        return Estimate.missing(NOT_COUNTED)
    rows = current.rows + received.duplicates + received.rejected
    return share_estimate(part, rows, confidence=confidence, reason=NO_ROWS)


def unlikely_share(profile: Profile, *, confidence: float = 0.95) -> Estimate:
    """The share of rows that cost more than 99 of 100 rows of the reference, see `likelihood`; with Wilson's interval.

    Missing where the grid was fitted to too few rows, or before rows were scored, and where not all rows were.
    """
    if profile.rows and profile.scored != profile.rows:
        return Estimate.missing(NO_LIKELIHOOD)
    return share_estimate(profile.unlikely, profile.scored, confidence=confidence, reason=NO_ROWS)


def _values(feature: Feature, profile: Profile) -> NDArray[np.int64]:
    """Rows by cell, or by value and others; without the missing."""
    if isinstance(feature, NumberFeature):
        return profile.number(feature.name).cells
    return profile.categories(feature.name)[:-1]


def _is_one_value(feature: Feature, profile: Profile) -> bool:
    if isinstance(feature, NumberFeature):
        least, greatest = profile.extremes_of(feature.name)
        return least == greatest
    rows = profile.categories(feature.name)[:-1]
    return np.count_nonzero(rows) == 1 and not rows[-1]
