"""What measured numbers mean under a plan: pass, fail or inconclusive. The only place where a verdict is given.

A verdict looks at the whole interval: it is "fail" when all of it lies on the wrong side of the limit, "pass" when all
of it lies on the right side, and otherwise inconclusive, as is whatever has too few rows, no value or no limit. A
baseline that rests on too few rows sets no limit.

Many tests: with 20 features at 95 % each, one interval would be wrong by chance alone. So the intervals of one family
(one measure over all its features, or all its attributes) are computed at Bonferroni's confidence, under which the
chance that any of them is wrong is at most 1 - confidence. Holm's stepwise correction finds a little more, but it gives
p-values and no intervals that can be drawn; hence Bonferroni. Source: Dunn 1961, Multiple comparisons among means.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.families import (
    BANDED,
    BESIDE_BASELINE,
    BESIDE_PERFORMANCE,
    CONCEPT,
    DISTANCES,
    ERRORS,
    FAIRNESS,
    ON_LABELS,
    PARITY_DIFFERENCES,
    PARITY_RATIOS,
    UNSEEN,
)
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import (
    BUSINESS_VALUE,
    CLOCK_SKEW,
    CONSTANT,
    DUPLICATE_SHARE,
    FRESHNESS,
    MISSING_SHARE,
    POPULATION_STABILITY_INDEX,
    UNLIKELY_SHARE,
    VIOLATION_SHARE,
    VOLUME,
    Measurement,
    MeasureResult,
    Verdict,
    check,
)
from cdt.domain.evaluations.severities import bands_of

LEAST_BASELINE_ROWS = 30
"""With fewer predictions nothing is a baseline, whatever it was made of."""
_CERTAIN = 1.0
"""What `constant` answers when there is no doubt."""


class Limit(msgspec.Struct, frozen=True):
    """What a value is held against: it must stay `below` the limit, or be `at_least` the limit."""

    right_side: Literal["below", "at_least"]
    value: float


def corrected_confidence(confidence: float, *, tests: int) -> float:
    """The confidence of each interval of a family, so that all of them hold together with `confidence`.

    >>> round(corrected_confidence(0.95, tests=10), 4)
    0.995
    >>> corrected_confidence(0.95, tests=1)
    0.95
    """
    if tests < 1:
        raise Invalid("tests", "a family has at least one test")
    return confidence if tests == 1 else 1 - (1 - confidence) / tests


def judge(
    measurements: Iterable[Measurement],
    policy: PlanPolicy,
    *,
    baseline_rows: int = LEAST_BASELINE_ROWS,
    label_share: float = 1.0,
) -> tuple[MeasureResult, ...]:
    """Each measurement with its verdict, in the same order.

    baseline_rows: the predictions of the baseline; a baseline that moves may come to hold too few.
    label_share: of the window's predictions, how many have a label by now, in [0, 1].
    """
    judged = [_judged(measurement, policy) for measurement in measurements]
    if label_share < policy.least_label_share:
        judged = [_until_labelled(result, policy, label_share) for result in judged]
    if baseline_rows >= LEAST_BASELINE_ROWS:
        return tuple(judged)
    return tuple(_without_baseline(result, policy, baseline_rows) for result in judged)


def limit_of(measurement: Measurement, policy: PlanPolicy) -> Limit | None:
    """What the plan holds a measurement against; None when it says nothing, or when there is no baseline."""
    measure = measurement.measure
    if measure == POPULATION_STABILITY_INDEX:
        return Limit("below", policy.psi_limit)
    if measure in DISTANCES:
        return Limit("below", policy.distance_limit)
    if measure in BANDED and (bands := bands_of(measure, policy.chosen_bands)) is not None:
        return Limit("below", bands.high)
    if measure in PARITY_DIFFERENCES:
        return Limit("below", policy.parity_difference_limit)
    if measure in PARITY_RATIOS:
        return Limit("at_least", policy.parity_ratio_limit)
    if measure in CONCEPT and policy.performance_tolerance > 0:
        return Limit("below", policy.performance_tolerance)
    if measure in BESIDE_PERFORMANCE:
        return _limit_of_performance(measurement, policy)
    return _limit_of_quality(measurement, policy)


def _least_value(policy: PlanPolicy) -> float | None:
    """What the plan says that a decision must be worth; then no baseline sets the limit."""
    return None if policy.worth is None else policy.worth.least


def _limit_of_performance(measurement: Measurement, policy: PlanPolicy) -> Limit | None:
    """What may be lost of the baseline's number; None of an error that was 0, of which nothing is a share."""
    if measurement.measure == BUSINESS_VALUE and (least := _least_value(policy)) is not None:
        return Limit("at_least", least)
    baseline = usable_baseline(measurement, policy)
    if baseline is None:
        return None
    if measurement.measure not in ERRORS:
        # the same to the bit in every release: a record is held to it when it is computed once more
        left = 1 - policy.performance_tolerance if baseline >= 0 else 1 + policy.performance_tolerance
        return Limit("at_least", baseline * left)
    return Limit("below", baseline * (1 + policy.performance_tolerance)) if baseline > 0 else None


def _limit_of_quality(measurement: Measurement, policy: PlanPolicy) -> Limit | None:
    measure, before = measurement.measure, measurement.baseline
    if measure == VOLUME:
        return Limit("at_least", policy.minimum_rows)
    most = {
        FRESHNESS: policy.silence_limit,
        CLOCK_SKEW: policy.clock_tolerance,
        DUPLICATE_SHARE: policy.duplicate_tolerance,
        VIOLATION_SHARE: policy.violation_tolerance,
        CONSTANT: _CERTAIN,
    }
    if measure in most:
        return Limit("below", most[measure])
    if measure == MISSING_SHARE and before is not None:
        return Limit("below", before + policy.missing_tolerance)
    if measure == UNLIKELY_SHARE and before is not None:
        return Limit("below", before + policy.unlikely_tolerance)
    if measure in UNSEEN and before is not None:
        return Limit("below", before + policy.unseen_tolerance)
    return None


def usable_baseline(measurement: Measurement, policy: PlanPolicy) -> float | None:
    """The baseline's number, unless it would decide something and rests on too few rows for that.

    It is used as if it were exact: the accuracy of five rows, all right, is 1, and would fail whatever is 0.9 by now.
    So is the ranking of ten thousand rows of which one is positive.
    """
    return None if _what_is_thin(measurement, policy) else measurement.baseline


def least_rows(measure: str, policy: PlanPolicy) -> int:
    """The rows without which a number counts as missing.

    A fairness measure rests on as many rows as the smallest group it compares, and the plan has a size for groups. How
    many rows there are is known of any number of them.
    """
    if measure == VOLUME:
        return 0
    return policy.minimum_group_size if measure in FAIRNESS else policy.minimum_rows


def _judged(measurement: Measurement, policy: PlanPolicy) -> MeasureResult:
    check(measurement)
    limit = limit_of(measurement, policy)
    verdict, reason = _verdict(measurement, limit, policy)
    return MeasureResult(
        measure=measurement.measure,
        subject=measurement.subject,
        value=measurement.value,
        low=measurement.low,
        high=measurement.high,
        rows=measurement.rows,
        has_enough_rows=measurement.rows >= least_rows(measurement.measure, policy),
        verdict=verdict,
        reason=reason,
        baseline=usable_baseline(measurement, policy),
        limit=None if limit is None else limit.value,
        definition=measurement.definition,
    )


def _until_labelled(result: MeasureResult, policy: PlanPolicy, label_share: float) -> MeasureResult:
    if result.measure not in ON_LABELS or result.value is None:
        return result
    reason = f"Labels of {label_share:.1%} of the rows are known; the plan waits for {policy.least_label_share:.1%}."
    return replace(result, has_enough_rows=False, verdict="inconclusive", reason=reason)


def _without_baseline(result: MeasureResult, policy: PlanPolicy, baseline_rows: int) -> MeasureResult:
    has_said_so = result.measure in BESIDE_PERFORMANCE and result.baseline is None
    if has_said_so or result.measure not in BESIDE_BASELINE:
        return result
    if result.measure == BUSINESS_VALUE and _least_value(policy) is not None:
        return replace(result, baseline=None)
    held = "no prediction" if not baseline_rows else f"only {baseline_rows} predictions"
    reason = f"Its baseline holds {held}; {LEAST_BASELINE_ROWS} are needed."
    return replace(result, has_enough_rows=False, verdict="inconclusive", reason=reason, baseline=None, limit=None)


def _verdict(measurement: Measurement, limit: Limit | None, policy: PlanPolicy) -> tuple[Verdict, str | None]:
    if (missing := _what_is_missing(measurement, limit, policy)) is not None:
        return "inconclusive", missing
    assert limit is not None
    assert measurement.low is not None
    assert measurement.high is not None
    interval = f"{measurement.low:.3g} to {measurement.high:.3g}"
    is_below, has_reached = measurement.high < limit.value, measurement.low >= limit.value
    if not (is_below or has_reached):
        return "inconclusive", f"Its interval, {interval}, holds the limit of {limit.value:.3g}."
    if is_below == (limit.right_side == "below"):
        return "pass", None
    side = "is below" if is_below else "has reached"
    what = "It" if measurement.low == measurement.high else f"All of its interval, {interval},"
    return "fail", f"{what} {side} the limit of {limit.value:.3g}."


def _what_is_missing(measurement: Measurement, limit: Limit | None, policy: PlanPolicy) -> str | None:
    if measurement.value is None:
        return measurement.reason or "It has no value."
    if measurement.rows < (least := least_rows(measurement.measure, policy)):
        return f"Only {measurement.rows} rows; the plan asks for {least}."
    has_own_limit = measurement.measure == BUSINESS_VALUE and _least_value(policy) is not None
    if not has_own_limit and (thin := _what_is_thin(measurement, policy)) is not None:
        return thin
    if limit is None and measurement.measure in BESIDE_PERFORMANCE:
        why = f": {measurement.baseline_reason}" if measurement.baseline_reason else ""
        return f"The baseline has no such number to hold it against{why}."
    if limit is None:
        return "The plan sets no limit for it."
    if measurement.low is None or measurement.high is None:
        return "How sure the number is, is not known."
    return None


def _what_is_thin(measurement: Measurement, policy: PlanPolicy) -> str | None:
    if measurement.measure not in BESIDE_PERFORMANCE or measurement.baseline is None:
        return None
    for rows, least, which in (
        (measurement.baseline_rows, policy.minimum_rows, "labelled rows"),
        (measurement.baseline_rarer_rows, policy.minimum_group_size, "labelled rows of the rarer class"),
    ):
        if rows is not None and rows < least:
            return f"The baseline's number rests on only {rows} {which}; the plan asks for {least}."
    return None
