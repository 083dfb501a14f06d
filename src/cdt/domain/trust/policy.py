"""By what a model's trust is reckoned and judged."""

import math
from typing import Literal

import msgspec

from cdt.domain.errors import Invalid

ComponentKind = Literal["stability", "fairness", "performance", "quality"]
Aggregation = Literal["weighted_mean", "worst"]
KINDS: tuple[ComponentKind, ...] = ("stability", "fairness", "performance", "quality")


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """How much each component counts, against the others; 0 leaves it out, as the quality of the data is at first."""

    stability: float = 1 / 3
    fairness: float = 1 / 3
    performance: float = 1 / 3
    quality: float = 0.0

    def shares(self) -> dict[ComponentKind, float]:
        """Each component's weight as a share of all; they sum to 1."""
        weights: dict[ComponentKind, float] = {
            "stability": self.stability,
            "fairness": self.fairness,
            "performance": self.performance,
            "quality": self.quality,
        }
        total = math.fsum(weights.values())
        return {kind: weight / total for kind, weight in weights.items()}


class TrustPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a model's score.

    threshold: the least score, in [0, 1], at which a version is trusted.
    minimum_coverage: the least share of the weight that must have evidence, in (0, 1]; below it there is no score.
    aggregation: whether a score is the weighted mean of its components, or the worst of those that have a weight.
    version: 1 is what a model begins with; each change counts one on.
    formula: the version of `formula.py` that reckons.
    """

    version: int = 1
    threshold: float = 0.7
    minimum_coverage: float = 0.5
    aggregation: Aggregation = "weighted_mean"
    weights: Weights = Weights()
    formula: int = 1


DEFAULT_POLICY = TrustPolicy()


def check(policy: TrustPolicy) -> None:
    """Raise Invalid for a policy that can't be reckoned with."""
    if not (math.isfinite(policy.threshold) and 0 <= policy.threshold <= 1):
        raise Invalid("threshold", "it lies in [0, 1]")
    if not (math.isfinite(policy.minimum_coverage) and 0 < policy.minimum_coverage <= 1):
        raise Invalid("minimumCoverage", "it lies in (0, 1]")
    by_kind = policy.weights
    weights = (by_kind.stability, by_kind.fairness, by_kind.performance, by_kind.quality)
    if not all(math.isfinite(weight) and 0 <= weight <= 1_000 for weight in weights):
        raise Invalid("weights", "a weight lies between 0 and 1,000")
    if math.fsum(weights) <= 0:
        raise Invalid("weights", "at least one weight is above 0")
