"""Why a score changed, in one sentence."""

from datetime import datetime

from cdt.domain.trust.change import Move, TrustChange
from cdt.domain.trust.components import ERROR_MEASURES

_LEAST = 0.005
"""What would be written as 0.00."""
_NOTHING = 1e-9
"""What comes of rounding alone."""
_NAMED = 2
_NAMES = {"roc_auc": "ROC AUC"}


def change_sentence(change: TrustChange, *, since: datetime | None = None) -> str:
    """What to tell of a change at first glance.

    since: when the window ended that the first score is of.

    "Down 0.04 since 2026-03-02: stability -0.03 (age and education), performance -0.01 (accuracy)."
    """
    if change.amount is None:
        return change.reason or ""
    moment = "" if since is None else f" since {since:%Y-%m-%d}"
    told = [each for each in change.moves if abs(each.amount) >= _LEAST]
    if abs(change.amount) < _NOTHING:
        head = f"Unchanged{moment}"
    elif abs(change.amount) < _LEAST:
        head = f"Changed by less than 0.01{moment}"
    else:
        head = f"{'Up' if change.amount > 0 else 'Down'} {abs(change.amount):.2f}{moment}"
    return f"{head}: {', '.join(_told(each) for each in told)}." if told else f"{head}."


def _told(move: Move) -> str:
    amount = f"{move.amount:+.2f}"
    if move.kind is None:
        return f"{'other weights' if move.cause == 'weights' else 'another aggregation'} {amount}"
    if move.cause == "came":
        return f"{move.kind}, which can be judged now, {amount}"
    if move.cause == "went":
        return f"{move.kind}, which can no longer be judged, {amount}"
    names = _names(move)
    return f"{move.kind} {amount} ({names})" if names else f"{move.kind} {amount}"


def _names(move: Move) -> str:
    """The parts that moved it most in the direction in which it went."""
    causes: dict[str, set[str]] = {}
    for part in move.parts:
        if (part.amount > 0) == (move.amount > 0):
            causes.setdefault(part.name, set()).add(part.cause)
    known = [_named(name, by) for name, by in causes.items()]
    if len(known) <= _NAMED:
        return " and ".join(known)
    return f"{', '.join(known[:_NAMED])} and {len(known) - _NAMED} more"


def _named(name: str, causes: set[str]) -> str:
    words = _NAMES.get(name, name.replace("_", " ") if name in ERROR_MEASURES else name)
    if causes == {"limit"}:
        return f"the limit of {words}"
    return f"{words} with its limit" if "limit" in causes else words
