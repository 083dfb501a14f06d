"""The trust formula, version 1: from measured results and a policy to a score.

- stability = 1 - the importance-weighted share of features whose population stability index has reached the plan's
  limit, 0.15 unless it says otherwise
- fairness = mean over the attributes of min(1, demographic parity ratio / the plan's limit), which is 0.8 unless it
  says otherwise
- performance = mean over accuracy and ROC AUC of value / baseline, clipped to [0, 1]
- quality = share of the checks of the data whose number lies on the right side of its limit; only where it has a weight
- score = weighted mean of the components that have a value; or the worst of those that have a weight, by policy

What is missing. A single number (one feature's index, one attribute's ratio, one measure with its baseline) is missing
when there is none, or when it rests on fewer rows than the plan asks for. A missing number leaves the mean of its
component and takes its share of the component's weight out of the coverage; a component that has no number left has no
value. A number over enough rows is *not* missing when its verdict is inconclusive because its interval holds the limit:
the verdict asks "is it certain?", the score asks "what is most likely?", and answers with an interval. So a score moves
with every row, and what isn't known shows as a lower coverage or a wider interval, never as a better number.

Intervals. Each end is what the formula gives when every number lies at that end of its own interval at once. That is
wider than the truth (not all are wrong to the same side), and needs no guess about how the numbers hang together. A
component, and with it the score, has no interval as soon as one of its numbers has none.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from cdt.domain.trust.components import (
    Result,
    clipped,
    component_of,
    fairness_of,
    performance_of,
    quality_of,
    stability_of,
    weighted_mean,
)
from cdt.domain.trust.policy import TrustPolicy
from cdt.domain.trust.score import Component, Score, Standing, Trend

FORMULA = 1
STEADY_WITHIN_SHARE = 0.005
_ROUNDING = 1e-12  # thirds don't sum to one exactly


def score(
    results: Iterable[Result],
    policy: TrustPolicy,
    *,
    previous: Score | None = None,
    importance: Mapping[str, float] | None = None,
) -> Score:
    """The score of a version's results.

    previous: the score recorded before, of the same version and environment, for the trend.
    importance: of each feature, at least 0; every feature counts the same without it.
    """
    results = list(results)
    weights = policy.weights.shares()
    components = [
        component_of("stability", stability_of(results, importance), weight=weights["stability"]),
        component_of("fairness", fairness_of(results), weight=weights["fairness"]),
        component_of("performance", performance_of(results), weight=weights["performance"]),
    ]
    if weights["quality"] > 0:
        components.append(component_of("quality", quality_of(results), weight=weights["quality"]))
    coverage = clipped(math.fsum(each.weight * each.evidence for each in components))
    counted = [each for each in components if each.value is not None and each.weight > 0]
    has_evidence = bool(counted) and coverage >= policy.minimum_coverage - _ROUNDING
    aggregated = _AGGREGATED[policy.aggregation]
    value = aggregated((each.weight, each.value) for each in counted) if has_evidence else None
    return Score(
        value=value,
        low=aggregated((each.weight, each.low) for each in counted) if has_evidence else None,
        high=aggregated((each.weight, each.high) for each in counted) if has_evidence else None,
        coverage=coverage,
        standing=_standing(value, policy),
        reason=None if has_evidence else _why_not(components, coverage, policy),
        threshold=policy.threshold,
        components=_contributing(components, counted, policy) if has_evidence else tuple(components),
        trend=trend_of(value, None if previous is None else previous.value),
        aggregation=policy.aggregation,
        policy_version=policy.version,
        formula=FORMULA,
    )


def trend_of(value: float | None, previous: float | None) -> Trend:
    """How a score moved: steady within half a hundredth of the one before.

    >>> trend_of(0.77, 0.80)
    Trend(direction='down', share=-0.0375)
    >>> trend_of(0.8, None)
    Trend(direction='unknown', share=None)
    """
    if value is None or previous is None:
        return Trend("unknown")
    if previous == 0:
        return Trend("steady", 0.0) if value == 0 else Trend("up")
    share = round((value - previous) / previous, 12)
    if abs(share) <= STEADY_WITHIN_SHARE:
        return Trend("steady", share)
    return Trend("up" if share > 0 else "down", share)


def _worst(weighted: Iterable[tuple[float, float | None]]) -> float | None:
    """The least value; None when one of them is missing."""
    values = [value for _, value in weighted]
    known = [value for value in values if value is not None]
    return min(known) if values and len(known) == len(values) else None


_AGGREGATED = {"weighted_mean": weighted_mean, "worst": _worst}


def _contributing(
    components: Sequence[Component], counted: Sequence[Component], policy: TrustPolicy
) -> tuple[Component, ...]:
    if policy.aggregation == "worst":
        worst = min(counted, key=lambda each: 1.0 if each.value is None else each.value)
        return tuple(
            each if each.value is None else replace(each, contribution=each.value if each is worst else 0.0)
            for each in components
        )
    total = math.fsum(each.weight for each in counted)
    return tuple(
        each if each.value is None else replace(each, contribution=each.weight * each.value / total)
        for each in components
    )


def _standing(value: float | None, policy: TrustPolicy) -> Standing:
    if value is None:
        return "not_enough_evidence"
    return "trusted" if value >= policy.threshold else "below_threshold"


def _why_not(components: Sequence[Component], coverage: float, policy: TrustPolicy) -> str:
    missing = ", ".join(each.kind for each in components if each.value is None and each.weight > 0)
    sentence = f"Only {coverage:.2f} of the weight has evidence; the policy asks for {policy.minimum_coverage:.2f}."
    return f"{sentence} Missing: {missing}." if missing else sentence
