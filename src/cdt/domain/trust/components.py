"""The components of formula 1: each a mean of numbers in [0, 1], of which some may be missing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from cdt.domain.errors import Invalid
from cdt.domain.trust.policy import ComponentKind
from cdt.domain.trust.score import Component, Part

DRIFTED_FROM_INDEX = 0.15
FAIR_FROM_RATIO = 0.8
"""Where a result names no limit of its own: those of every plan, before plans could be changed."""
MOST_PARTS = 20

STABILITY_MEASURE = "population_stability_index"
FAIRNESS_MEASURES = ("demographic_parity_ratio", "error_parity_ratio")
"""Of versions that decide among classes, and of those that predict numbers."""
PERFORMANCE_MEASURES = ("accuracy", "roc_auc")
ERROR_MEASURES = ("mean_absolute_error", "root_mean_squared_error")
"""Of versions that predict numbers: better when they are lower."""
VOLUME_MEASURE = "volume"
OUTPUTS = frozenset({"(decision)", "(score)", "(prediction)", "(label)"})
"""Whose drift is measured where a plan asks for it, and which are no features."""
QUALITY_MEASURES = (
    VOLUME_MEASURE,
    "freshness",
    "clock_skew",
    "duplicate_share",
    "violation_share",
    "unlikely_share",
    "missing_share",
    "out_of_range_share",
    "new_category_share",
    "constant",
)
_ALL_OR_NOTHING = ("stability", "quality")
"""Components whose numbers are 0 or 1: only those at 0 are named."""


class Result(Protocol):
    """What the formula reads of a measured result; the evaluations' `MeasureResult` has it."""

    @property
    def measure(self) -> str: ...  # noqa: D102
    @property
    def subject(self) -> str | None: ...  # noqa: D102
    @property
    def value(self) -> float | None: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def has_enough_rows(self) -> bool: ...  # noqa: D102
    @property
    def reason(self) -> str | None: ...  # noqa: D102
    @property
    def baseline(self) -> float | None: ...  # noqa: D102
    @property
    def limit(self) -> float | None: ...  # noqa: D102


class Number(NamedTuple):
    """One number of a component, in [0, 1] with 1 the best; None when it is missing, and then why."""

    name: str
    importance: float
    value: float | None
    low: float | None
    high: float | None
    rows: int
    reason: str | None


def stability_of(results: Iterable[Result], importance: Mapping[str, float] | None) -> list[Number]:
    """1 for each feature that has not drifted, 0 for each that has."""
    indexes = [each for each in results if each.measure == STABILITY_MEASURE and each.subject not in OUTPUTS]
    weights = _importances([_name(result) for result in indexes], importance)
    return [
        Number(
            name=_name(result),
            importance=weights[_name(result)],
            value=_undrifted(_known(result), result.limit),
            low=_undrifted(result.high, result.limit),
            high=_undrifted(result.low, result.limit),
            rows=result.rows,
            reason=result.reason,
        )
        for result in indexes
    ]


def fairness_of(results: Iterable[Result]) -> list[Number]:
    """Each attribute's parity ratio, relative to the plan's limit."""
    return [
        _relative_number(_name(result), result, full=FAIR_FROM_RATIO if result.limit is None else result.limit)
        for result in results
        if result.measure in FAIRNESS_MEASURES
    ]


def performance_of(results: Iterable[Result]) -> list[Number]:
    """Accuracy and ROC AUC, relative to the baseline's; of predicted numbers the baseline's errors, relative to these.

    An error of none is as good as can be, whatever it was before.
    """
    found: list[Number] = []
    for result in results:
        if result.measure in PERFORMANCE_MEASURES:
            found.append(_relative_number(result.measure, result, full=result.baseline))
        elif result.measure in ERROR_MEASURES:
            found.append(_error_number(result))
    return found


def quality_of(results: Iterable[Result]) -> list[Number]:
    """1 for each check of the data whose number lies on the right side of its limit, 0 for each other."""
    checks = [result for result in results if result.measure in QUALITY_MEASURES]
    return [
        Number(
            name=_check_name(result),
            importance=1.0,
            value=_held(result, _known(result)),
            low=_held(result, result.low if result.measure == VOLUME_MEASURE else result.high),
            high=_held(result, result.high if result.measure == VOLUME_MEASURE else result.low),
            rows=result.rows,
            reason=result.reason,
        )
        for result in checks
    ]


def component_of(kind: ComponentKind, numbers: Sequence[Number], *, weight: float) -> Component:
    """A component from its numbers; without a contribution, which depends on the others."""
    counted = [number for number in numbers if number.importance > 0]
    known = [number for number in counted if number.value is not None]
    reason = None if known and len(known) == len(counted) else _why_missing(kind, counted)
    if not known:
        return Component(kind=kind, value=None, weight=weight, evidence=0.0, reason=reason)
    parts = sorted((Part(each.name, each.value) for each in known if each.value is not None), key=_worst_first)
    return Component(
        kind=kind,
        value=weighted_mean((number.importance, number.value) for number in known),
        low=weighted_mean((number.importance, number.low) for number in known),
        high=weighted_mean((number.importance, number.high) for number in known),
        weight=weight,
        evidence=clipped(math.fsum(each.importance for each in known) / math.fsum(each.importance for each in counted)),
        reason=reason,
        rows=min(number.rows for number in known),
        parts=tuple(part for part in parts if kind not in _ALL_OR_NOTHING or part.value == 0)[:MOST_PARTS],
    )


def weighted_mean(weighted: Iterable[tuple[float, float | None]]) -> float | None:
    """The mean in [0, 1] of (weight, value) pairs; None when there are none, or when one of the values is missing."""
    weights: list[float] = []
    products: list[float] = []
    for weight, value in weighted:
        if value is None:
            return None
        weights.append(weight)
        products.append(weight * value)
    return clipped(math.fsum(products) / math.fsum(weights)) if weights else None


def clipped(value: float) -> float:
    """The nearest number in [0, 1]."""
    return min(1.0, max(0.0, value))


def _importances(names: Sequence[str], importance: Mapping[str, float] | None) -> dict[str, float]:
    given = {name: (importance or {}).get(name, 0.0) for name in names}
    if not all(math.isfinite(each) and each >= 0 for each in given.values()):
        raise Invalid("importance", "it is a finite number, at least 0")
    return given if any(given.values()) else dict.fromkeys(names, 1.0)


def _relative_number(name: str, result: Result, *, full: float | None) -> Number:
    return Number(
        name=name,
        importance=1.0,
        value=_relative(_known(result), full),
        low=_relative(result.low, full),
        high=_relative(result.high, full),
        rows=result.rows,
        reason=result.reason,
    )


def _error_number(result: Result) -> Number:
    return Number(
        name=result.measure,
        importance=1.0,
        value=_kept(_known(result), result.baseline),
        low=_kept(result.high, result.baseline),
        high=_kept(result.low, result.baseline),
        rows=result.rows,
        reason=result.reason,
    )


def _kept(error: float | None, before: float | None) -> float | None:
    """How much of the baseline's closeness is left."""
    if error is None or before is None or before < 0:
        return None
    return 1.0 if error <= before else clipped(before / error)


def _known(result: Result) -> float | None:
    return result.value if result.has_enough_rows else None


def _undrifted(index: float | None, limit: float | None) -> float | None:
    if index is None:
        return None
    return 0.0 if index >= (DRIFTED_FROM_INDEX if limit is None else limit) else 1.0


def _held(result: Result, value: float | None) -> float | None:
    if value is None or result.limit is None:
        return None
    is_held = value >= result.limit if result.measure == VOLUME_MEASURE else value < result.limit
    return 1.0 if is_held else 0.0


def _check_name(result: Result) -> str:
    words = result.measure.replace("_", " ")
    return words if result.subject is None else f"{result.subject}, {words}"


def _relative(value: float | None, full: float | None) -> float | None:
    return None if value is None or full is None or full <= 0 else clipped(value / full)


def _name(result: Result) -> str:
    return result.subject or result.measure


def _worst_first(part: Part) -> tuple[float, str]:
    return (part.value, part.name)


def _why_missing(kind: ComponentKind, numbers: Sequence[Number]) -> str:
    missing = [number for number in numbers if number.value is None]
    if not missing:
        return f"Nothing about {kind} was measured."
    first = f"{missing[0].name}: {(missing[0].reason or 'There is no baseline for it.').rstrip('.')}"
    return f"{first} ({len(missing)} of {len(numbers)} are missing)." if len(missing) > 1 else f"{first}."
