"""What a measure answers: a number with its interval, or the reason why there is none."""

import math
from typing import Self

from msgspec import UNSET, Struct, UnsetType

from cdt.measures.quantiles import normal_quantile


class Estimate(Struct, frozen=True, kw_only=True):
    """A measured number and how sure it is.

    value: the number; None when it can't be told, and then `reason` says why.
    low, high: the confidence interval of the true value; always holds `value`; None when it can't be told.
    rows: how many rows it rests on; of a comparison of two sides the smaller one.
    p_value: of a test, the chance of a value at least as large where nothing has changed; not there without a test.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    rows: int
    reason: str | None = None
    p_value: float | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("an estimate has either a value or a reason")
        if any(number is not None and not math.isfinite(number) for number in (self.value, self.low, self.high)):
            raise ValueError("an estimate is a finite number, or none with a reason")

    @classmethod
    def of(cls, value: float, low: float, high: float, *, rows: int, p_value: float | UnsetType = UNSET) -> Self:
        """A value whose interval is widened to hold it."""
        low, high = float(min(low, value)), float(max(high, value))
        return cls(value=float(value), low=low, high=high, rows=int(rows), p_value=p_value)

    @classmethod
    def missing(cls, reason: str, *, rows: int = 0) -> Self:
        """No value, and why."""
        return cls(value=None, rows=int(rows), reason=reason)


def wilson_interval(share: float, rows: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a share of rows; it stays within [0, 1] and is honest at 0 and 1.

    rows may be fractional: the number of independent rows that would be as uncertain.
    Source: Wilson 1927, Probable inference, the law of succession, and statistical inference.

    >>> [round(bound, 4) for bound in wilson_interval(0.5, 100)]
    [0.4038, 0.5962]
    >>> [round(bound, 4) for bound in wilson_interval(0.0, 20)]
    [0.0, 0.1611]
    """
    if rows <= 0:
        return 0.0, 1.0
    z = normal_quantile(confidence)
    centre = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)) / (1 + z * z / rows)
    return max(0.0, centre - half), min(1.0, centre + half)


def share_estimate(part: int, rows: int, *, confidence: float, reason: str) -> Estimate:
    """The share of the rows that the part is, with Wilson's interval; `reason` when there are no rows.

    >>> share_estimate(3, 4, confidence=0.95, reason="no rows").value
    0.75
    >>> share_estimate(0, 0, confidence=0.95, reason="no rows").reason
    'no rows'
    """
    if rows == 0:
        return Estimate.missing(reason)
    share = part / rows
    return Estimate.of(share, *wilson_interval(share, rows, confidence=confidence), rows=rows)
