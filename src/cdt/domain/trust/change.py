"""Why a score changed: contributions of what moved, which sum to the change.

What moved is each component whose value changed, came or went missing, the weights of the policy, and its aggregation.
Each has its Shapley value: what it alone changes, averaged over all orders in which these could have moved one by one.
So the contributions sum to the change, what did not move contributes nothing, and the way back is the way there with
the other sign. Where on such a way no component would count at all, the score is taken half-way between its ends.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from cdt.domain.trust.components import Result
from cdt.domain.trust.parts_of_change import PartMove, part_moves
from cdt.domain.trust.policy import KINDS, Aggregation, ComponentKind
from cdt.domain.trust.score import Component, Score

Cause = Literal["value", "came", "went", "weights", "aggregation"]
_Thing = ComponentKind | Literal["weights", "aggregation"]
_SAME = 1e-9


class Move(NamedTuple):
    """What one thing that moved adds to the change.

    kind: the component; None where the policy moved. before, after: the component's values.
    parts: of a component that has a value in both, what each feature, attribute or measure adds; they sum to the
    amount. None where the component's numbers are not known any more, or came or went with it.
    """

    cause: Cause
    amount: float
    kind: ComponentKind | None = None
    before: float | None = None
    after: float | None = None
    parts: tuple[PartMove, ...] = ()


class TrustChange(NamedTuple):
    """A change between two scores. Where one of them has no value there is no amount, and `reason` says so."""

    before: float | None
    after: float | None
    amount: float | None
    moves: tuple[Move, ...]
    reason: str | None = None


class _State(NamedTuple):
    values: Mapping[ComponentKind, float | None]
    weights: Mapping[ComponentKind, float]
    aggregation: Aggregation


def change_between(
    before: Score, after: Score, *, results_before: Sequence[Result] = (), results_after: Sequence[Result] = ()
) -> TrustChange:
    """What moved between two scores, the largest contribution first.

    results_before, results_after: what the scores were reckoned from, for the parts; without them there are none.
    """
    if before.value is None or after.value is None:
        reason = f"{_which(before, after)} no value: there was not enough evidence."
        return TrustChange(before.value, after.value, None, (), reason)
    then, now = _states(before, after)
    halfway = (before.value + after.value) / 2
    moved = _moved(then, now)
    moves: list[Move] = []
    for name in moved:
        amount = _shapley(name, moved, then, now, halfway)
        if name == "weights" or name == "aggregation":  # noqa: PLR1714  the type checker reads it so
            moves.append(Move(cause=name, amount=amount))
        else:
            moves.append(_of_component(name, amount, then, now))
    shares: dict[ComponentKind, float] = {kind: _share_of(kind, moves, moved, then, now, halfway) for kind in KINDS}
    moves += [
        Move(cause="value", amount=0.0, kind=kind, before=then.values[kind], after=now.values[kind])
        for kind in KINDS
        if kind not in moved and shares[kind]
    ]  # nothing moved in all, perhaps since one part made good for another
    explained = [_with_parts(each, shares, results_before, results_after) for each in moves]
    known = [each for each in explained if each.amount != 0 or each.parts]
    ordered = tuple(sorted(known, key=lambda each: (-abs(each.amount), each.kind or each.cause)))
    return TrustChange(before.value, after.value, after.value - before.value, ordered)


def _which(before: Score, after: Score) -> str:
    if before.value is None and after.value is None:
        return "Both scores have"
    return "The first score has" if before.value is None else "The last score has"


def _states(before: Score, after: Score) -> tuple[_State, _State]:
    """Both ends. A component that only one of them lists has no weight in the other, and stands as in that one."""
    then: dict[ComponentKind, Component] = {each.kind: each for each in before.components}
    now: dict[ComponentKind, Component] = {each.kind: each for each in after.components}
    listed: list[ComponentKind] = [kind for kind in KINDS if kind in then or kind in now]
    values_then: dict[ComponentKind, float | None] = dict.fromkeys(KINDS)
    values_now: dict[ComponentKind, float | None] = dict.fromkeys(KINDS)
    for kind in listed:
        values_then[kind] = (then.get(kind) or now[kind]).value
        values_now[kind] = (now.get(kind) or then[kind]).value
    weights_then: dict[ComponentKind, float] = {kind: each.weight for kind, each in then.items()}
    weights_now: dict[ComponentKind, float] = {kind: each.weight for kind, each in now.items()}
    return (
        _State(values_then, weights_then, before.aggregation),
        _State(values_now, weights_now, after.aggregation),
    )


def _moved(then: _State, now: _State) -> list[_Thing]:
    names: list[_Thing] = [kind for kind in KINDS if then.values[kind] != now.values[kind]]
    if any(then.weights.get(kind, 0.0) != now.weights.get(kind, 0.0) for kind in KINDS):
        names.append("weights")
    if then.aggregation != now.aggregation:
        names.append("aggregation")
    return names


def _mixed(names: frozenset[_Thing], then: _State, now: _State) -> _State:
    """As it was, but for the things that are named: as they are."""
    return _State(
        values={kind: (now if kind in names else then).values[kind] for kind in KINDS},
        weights=(now if "weights" in names else then).weights,
        aggregation=(now if "aggregation" in names else then).aggregation,
    )


def _value(state: _State, halfway: float) -> float:
    counted = [
        (weight, value)
        for kind in KINDS
        if (weight := state.weights.get(kind, 0.0)) > 0 and (value := state.values[kind]) is not None
    ]
    if not counted:
        return halfway
    if state.aggregation == "worst":
        return min(value for _, value in counted)
    return math.fsum(weight * value for weight, value in counted) / math.fsum(weight for weight, _ in counted)


def _shapley(name: _Thing, moved: Sequence[_Thing], then: _State, now: _State, halfway: float) -> float:
    others: list[_Thing] = [each for each in moved if each != name]
    terms: list[float] = []
    for size in range(len(others) + 1):
        orders = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(others) + 1)
        for chosen in combinations(others, size):
            already: frozenset[_Thing] = frozenset(chosen)
            step: frozenset[_Thing] = frozenset([*chosen, name])
            moved_by = _value(_mixed(step, then, now), halfway) - _value(_mixed(already, then, now), halfway)
            terms.append(orders * moved_by)
    return math.fsum(terms)


def _of_component(kind: ComponentKind, amount: float, then: _State, now: _State) -> Move:
    before, after = then.values[kind], now.values[kind]
    cause: Cause = "came" if before is None else "went" if after is None else "value"
    return Move(cause=cause, amount=amount, kind=kind, before=before, after=after)


def _share_of(
    kind: ComponentKind, moves: Sequence[Move], moved: Sequence[_Thing], then: _State, now: _State, halfway: float
) -> float:
    """What the score moves per movement of the component; 0 where nobody can say."""
    before, after = then.values[kind], now.values[kind]
    if before is None or after is None:
        return 0.0
    if then.aggregation == now.aggregation == "weighted_mean":
        from_nothing = then._replace(values={**then.values, kind: 0.0})
        to_all = now._replace(values={**now.values, kind: 1.0})
        return _shapley(kind, [*dict.fromkeys([*moved, kind])], from_nothing, to_all, halfway)
    amount = math.fsum(each.amount for each in moves if each.kind == kind)
    return amount / (after - before) if abs(after - before) > _SAME else 0.0


def _with_parts(
    move: Move, shares: Mapping[ComponentKind, float], before: Sequence[Result], after: Sequence[Result]
) -> Move:
    if move.kind is None or move.before is None or move.after is None:
        return move
    parts = part_moves(move.kind, before, after, ends=(move.before, move.after))
    share = shares[move.kind]
    return move._replace(parts=tuple(each._replace(amount=share * each.amount) for each in parts if share))
