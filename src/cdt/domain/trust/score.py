"""A trust score, with everything that was reckoned on the way to it."""

from typing import Literal

import msgspec

from cdt.domain.trust.policy import Aggregation, ComponentKind

Standing = Literal["trusted", "below_threshold", "not_enough_evidence"]
Direction = Literal["up", "down", "steady", "unknown"]


class Part(msgspec.Struct, frozen=True):
    """One feature, attribute or measure within a component, and how well it does, in [0, 1]."""

    name: str
    value: float


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One of the parts of a score.

    value, low, high: in [0, 1], or None when there is no evidence; then `reason` says why.
    weight: its share of all weights. contribution: what it adds to the score; the contributions sum to the score.
    evidence: the share of its features, attributes or measures that have a number over enough rows, in [0, 1].
    rows: the fewest rows that any of its numbers rests on.
    parts: of stability the features that have drifted, of quality the checks that fail, of the others each attribute
        or measure; the worst first, at most 20, so that an event stays small.
    """

    kind: ComponentKind
    value: float | None
    low: float | None = None
    high: float | None = None
    weight: float
    contribution: float | None = None
    evidence: float
    reason: str | None = None
    rows: int | None = None
    parts: tuple[Part, ...] = ()


class Trend(msgspec.Struct, frozen=True):
    """How the score moved since the one recorded before; `share` is the change relative to that one."""

    direction: Direction
    share: float | None = None


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How far a version can be trusted.

    value, low, high: in [0, 1], or None when there is not enough evidence; then `reason` says what is missing.
    coverage: the share of the weight that has evidence, in [0, 1].
    aggregation: how the components became the score.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    coverage: float
    standing: Standing
    reason: str | None = None
    threshold: float
    components: tuple[Component, ...]
    trend: Trend
    aggregation: Aggregation = "weighted_mean"
    policy_version: int
    formula: int
