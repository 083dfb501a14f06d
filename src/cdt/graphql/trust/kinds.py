"""The words of trust: how a score stands, where it goes, what it is made of and how."""

import enum

import strawberry


@strawberry.enum(description="How a score stands against its threshold.")
class Standing(enum.Enum):
    """Not enough evidence is neither good nor bad."""

    TRUSTED = "trusted"
    BELOW_THRESHOLD = "below_threshold"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"


@strawberry.enum(description="Where a score is going, against the one recorded before.")
class Direction(enum.Enum):
    """Steady is within half a hundredth."""

    UP = "up"
    DOWN = "down"
    STEADY = "steady"
    UNKNOWN = "unknown"


@strawberry.enum(description="What a score is made of.")
class ComponentKind(enum.Enum):
    """The components of formula 1; data quality counts where a policy gives it a weight."""

    STABILITY = "stability"
    FAIRNESS = "fairness"
    PERFORMANCE = "performance"
    QUALITY = "quality"


NOT_MEASURED = ("robustness", "explainability")
"""What trust might rest on besides; no component stands for it, so that none can look like a good one."""


@strawberry.enum(description="How the components become a score.")
class TrustAggregation(enum.Enum):
    """The weighted mean of those that have a value, or the worst of those that have a weight."""

    WEIGHTED_MEAN = "weighted_mean"
    WORST = "worst"
