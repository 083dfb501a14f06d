"""By what a model's trust is reckoned and judged."""

import math
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from cdt.domain.errors import Invalid

ComponentKind = Literal["stability", "fairness", "performance", "quality"]
Aggregation = Literal["weighted_mean", "worst"]
DAY_SECONDS = 86_400
FRESH_SECONDS = 7 * DAY_SECONDS
"""A model that is asked for a day a week is never stale."""
HALF_LIFE_SECONDS = 30 * DAY_SECONDS
"""One that is asked once a month keeps its score; after 37 quiet days half of a whole evidence is left, the least that
is enough unless a policy says otherwise."""
LONGEST_SECONDS = 3_650 * DAY_SECONDS
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
    fresh_seconds: how long evidence counts whole after rows last came in; `FRESH_SECONDS` where nothing is said.
    half_life_seconds: by which it counts half as much from then on; `HALF_LIFE_SECONDS` where nothing is said. A policy
        that says nothing of both has the JSON that it had before evidence grew old.
    version: 1 is what a model begins with; each change counts one on.
    formula: the version of `formula.py` that reckons.
    """

    version: int = 1
    threshold: float = 0.7
    minimum_coverage: float = 0.5
    aggregation: Aggregation = "weighted_mean"
    weights: Weights = Weights()
    formula: int = 1
    fresh_seconds: int | UnsetType = UNSET
    half_life_seconds: int | UnsetType = UNSET

    @property
    def fresh_for(self) -> int:
        """Seconds after rows last came in."""
        return FRESH_SECONDS if self.fresh_seconds is UNSET else self.fresh_seconds

    @property
    def half_life(self) -> int:
        """Seconds, beyond those."""
        return HALF_LIFE_SECONDS if self.half_life_seconds is UNSET else self.half_life_seconds


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
    for name, seconds in (("freshSeconds", policy.fresh_for), ("halfLifeSeconds", policy.half_life)):
        if not 60 <= seconds <= LONGEST_SECONDS:
            raise Invalid(name, "it lies between one minute and 3,650 days")
