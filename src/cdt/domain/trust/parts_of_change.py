"""What each feature, attribute or measure adds to the change of a component.

A component is the mean of its numbers. The numbers that stay each add their own movement, at the mean of the weights
they had and have. A number that came or went adds what it moved the mean by, against the mean of those that stayed.
A number is a measured value against a limit: of what moved it, each takes its half of both orders. All sum to the
change of the component.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from cdt.domain.trust.components import (
    Number,
    Result,
    fairness_of,
    performance_of,
    quality_of,
    stability_of,
)
from cdt.domain.trust.policy import ComponentKind

PartCause = Literal["value", "came", "went", "limit"]
_SAME = 1e-9


class PartMove(NamedTuple):
    """What one part adds. limit: it is judged against another limit, or another baseline, than before.

    before, after: how well it did, in [0, 1].
    """

    name: str
    cause: PartCause
    amount: float
    before: float | None
    after: float | None


class _Held(NamedTuple):
    """A result, held against a limit and a baseline that may be another's."""

    measure: str
    subject: str | None
    value: float | None
    low: float | None
    high: float | None
    rows: int
    has_enough_rows: bool
    reason: str | None
    baseline: float | None
    limit: float | None


def _stability(results: Sequence[Result]) -> list[Number]:
    return stability_of(results, None)


_NUMBERS: Mapping[ComponentKind, Callable[[Sequence[Result]], list[Number]]] = {
    "stability": _stability,
    "fairness": fairness_of,
    "performance": performance_of,
    "quality": quality_of,
}


def part_moves(
    kind: ComponentKind, before: Sequence[Result], after: Sequence[Result], *, ends: tuple[float, float]
) -> tuple[PartMove, ...]:
    """What each part adds to the component's change, the largest first; those that add nothing are left out.

    ends: the component's values, as recorded. Where the results do not give them, nothing can be said of the parts.
    """
    then, now = _known(kind, before), _known(kind, after)
    if not then or not now:
        return ()
    means = math.fsum(then.values()) / len(then), math.fsum(now.values()) / len(now)
    if any(abs(mean - end) > _SAME for mean, end in zip(means, ends, strict=True)):
        return ()
    stays = [name for name in then if name in now]
    middle = math.fsum(then[name] + now[name] for name in stays) / 2 / len(stays) if stays else math.fsum(means) / 2
    moves = [PartMove(name, "came", (now[name] - middle) / len(now), None, now[name]) for name in now.keys() - then]
    moves += [PartMove(name, "went", (middle - then[name]) / len(then), then[name], None) for name in then.keys() - now]
    weight = (1 / len(then) + 1 / len(now)) / 2
    then_by_new, now_by_old = _known(kind, _held_as(before, after)), _known(kind, _held_as(after, before))
    for name in stays:
        crossed = then_by_new.get(name), now_by_old.get(name)
        by_limit = _by_limit(then[name], now[name], *crossed)
        by_value = now[name] - then[name] - by_limit
        moves += [
            PartMove(name, "value", weight * by_value, then[name], now[name]),
            PartMove(name, "limit", weight * by_limit, then[name], now[name]),
        ]
    return tuple(sorted((each for each in moves if each.amount != 0), key=_largest_first))


def _known(kind: ComponentKind, results: Sequence[Result]) -> dict[str, float]:
    return {each.name: each.value for each in _NUMBERS[kind](results) if each.value is not None}


def _held_as(results: Sequence[Result], others: Sequence[Result]) -> list[Result]:
    """The results against the limits and baselines of the others, where those have them."""
    held = {(each.measure, each.subject): each for each in others}
    return [_against(each, held.get((each.measure, each.subject), each)) for each in results]


def _against(result: Result, other: Result) -> _Held:
    return _Held(
        measure=result.measure,
        subject=result.subject,
        value=result.value,
        low=result.low,
        high=result.high,
        rows=result.rows,
        has_enough_rows=result.has_enough_rows,
        reason=result.reason,
        baseline=other.baseline,
        limit=other.limit,
    )


def _by_limit(then: float, now: float, then_by_new: float | None, now_by_old: float | None) -> float:
    """What the other limit alone did to a number: the mean of before and after its value moved."""
    if then_by_new is None or now_by_old is None:
        return 0.0
    return ((then_by_new - then) + (now - now_by_old)) / 2


def _largest_first(move: PartMove) -> tuple[float, str, str]:
    return (-abs(move.amount), move.name, move.cause)
