"""What of an evaluation that was computed once more is not as it was recorded."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from cdt.domain.evaluations.events import RecomputationOutcome
from cdt.domain.evaluations.results import MeasureResult
from cdt.workers.readings import JudgedReading

TOLERANCE = 1e-12
"""Relative, and absolute near 0: what other libraries or another processor may make of the same formula."""
_NUMBERS = ("value", "low", "high", "baseline", "limit")
_EXACT = ("rows", "has_enough_rows", "verdict", "definition")


class Differs(Protocol):
    """Anything that is not as it was recorded."""

    @property
    def is_close(self) -> bool: ...  # noqa: D102


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
    """Every result that differs, in the order of the record; after them those of slices, under the slice's name."""
    return [*_differing(pairs(recorded, now)), *_of_slices(recorded, now)]


def _differing(
    both: Iterable[tuple[MeasureResult | None, MeasureResult | None]], slice_name: str | None = None
) -> Iterator[Difference]:
    for old, new in both:
        one = old or new
        if old != new and one is not None:
            subject = one.subject if slice_name is None else _in_slice(one.subject, slice_name)
            yield Difference(measure=one.measure, subject=subject, recorded=old, now=new, is_close=_is_close(old, new))


def _of_slices(recorded: JudgedReading, now: JudgedReading) -> Iterator[Difference]:
    before, after = ({each.name: each.results for each in reading.read_slices} for reading in (recorded, now))
    for name in dict.fromkeys([*before, *after]):
        yield from _differing(_side_by_side(before.get(name, ()), after.get(name, ())), name)


def _in_slice(subject: str | None, slice_name: str) -> str:
    return slice_name if subject is None else f"{subject} in {slice_name}"


def outcome_of(differing: Sequence[Differs], *, are_rows_the_same: bool) -> RecomputationOutcome:
    """What the differences come to. Other rows are another evaluation, even if its numbers happen to be the same."""
    if not are_rows_the_same or not all(each.is_close for each in differing):
        return "different"
    return "within_tolerance" if differing else "identical"


def pairs(first: JudgedReading, second: JudgedReading) -> list[tuple[MeasureResult | None, MeasureResult | None]]:
    """Each result of either, side by side, in the order of the first."""
    return _side_by_side(first.results, second.results)


def _side_by_side(
    first: Iterable[MeasureResult], second: Iterable[MeasureResult]
) -> list[tuple[MeasureResult | None, MeasureResult | None]]:
    one = {(each.measure, each.subject): each for each in first}
    other = {(each.measure, each.subject): each for each in second}
    return [(one.get(key), other.get(key)) for key in [*one, *(key for key in other if key not in one)]]


def are_apart(first: MeasureResult | None, second: MeasureResult | None) -> bool:
    """Whether two results have intervals that have nothing in common: then chance alone hardly tells them apart."""
    if first is None or second is None:
        return False
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return False
    return first.high < second.low or second.high < first.low


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
