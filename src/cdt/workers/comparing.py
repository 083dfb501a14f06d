"""What of an evaluation that was computed once more is not as it was recorded."""

import math
from collections.abc import Sequence

import msgspec

from cdt.domain.evaluations.events import RecomputationOutcome
from cdt.domain.evaluations.results import MeasureResult
from cdt.workers.readings import JudgedReading

TOLERANCE = 1e-12
"""Relative, and absolute near 0: what other libraries or another processor may make of the same formula."""
_NUMBERS = ("value", "low", "high", "baseline", "limit")
_EXACT = ("rows", "has_enough_rows", "verdict", "definition")


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A result that is not the recorded one to the bit; None where there was none, or is none any more.

    is_close: it differs by no more than `TOLERANCE`, in numbers alone.
    """

    measure: str
    subject: str | None
    recorded: MeasureResult | None
    now: MeasureResult | None
    is_close: bool


def differences(recorded: JudgedReading, now: JudgedReading) -> list[Difference]:
    """Every result that differs, in the order of the record."""
    before = {(each.measure, each.subject): each for each in recorded.results}
    after = {(each.measure, each.subject): each for each in now.results}
    keys = [*before, *(key for key in after if key not in before)]
    pairs = [(key, before.get(key), after.get(key)) for key in keys]
    return [
        Difference(measure=key[0], subject=key[1], recorded=old, now=new, is_close=_is_close(old, new))
        for key, old, new in pairs
        if old != new
    ]


def outcome_of(differing: Sequence[Difference], *, are_rows_the_same: bool) -> RecomputationOutcome:
    """What the differences come to. Other rows are another evaluation, even if its numbers happen to be the same."""
    if not are_rows_the_same or not all(each.is_close for each in differing):
        return "different"
    return "within_tolerance" if differing else "identical"


def _is_close(recorded: MeasureResult | None, now: MeasureResult | None) -> bool:
    if recorded is None or now is None:
        return False
    if any(getattr(recorded, name) != getattr(now, name) for name in _EXACT):
        return False
    return all(_are_close(getattr(recorded, name), getattr(now, name)) for name in _NUMBERS)


def _are_close(recorded: float | None, now: float | None) -> bool:
    if recorded is None or now is None:
        return recorded is now
    return math.isclose(recorded, now, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
