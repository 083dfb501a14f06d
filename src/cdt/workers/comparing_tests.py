"""Which corrected tests of drift are not as they were recorded, of an evaluation that was computed once more."""

import math

import msgspec
from msgspec import UNSET

from cdt.workers.comparing import TOLERANCE
from cdt.workers.readings import JudgedReading
from cdt.workers.significance import Significance, Tested


class DifferingTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test that is not the recorded one to the bit; None where there was none, or is none any more.

    is_close: its p-values differ by no more than `TOLERANCE`, and nothing else of it does.
    """

    measure: str
    subject: str | None
    recorded: Tested | None
    now: Tested | None
    is_close: bool


def differing_tests(recorded: JudgedReading, now: JudgedReading) -> list[DifferingTest]:
    """Every test that differs, in the order of the record; all of them where they were corrected otherwise."""
    then, again = (None if each.significance is UNSET else each.significance for each in (recorded, now))
    before, after = _by_subject(then), _by_subject(again)
    is_same_rule = then is None or again is None or (then.correction, then.level) == (again.correction, again.level)
    found: list[DifferingTest] = []
    for measure, subject in dict.fromkeys([*before, *after]):
        old, new = before.get((measure, subject)), after.get((measure, subject))
        if old != new or not is_same_rule:
            is_close = is_same_rule and _is_close(old, new)
            found.append(DifferingTest(measure=measure, subject=subject, recorded=old, now=new, is_close=is_close))
    return found


def _by_subject(found: Significance | None) -> dict[tuple[str, str | None], Tested]:
    return {} if found is None else {(each.measure, each.subject): each for each in found.tests}


def _is_close(old: Tested | None, new: Tested | None) -> bool:
    if old is None or new is None or old.has_drifted != new.has_drifted:
        return False
    return all(
        math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        for one, other in ((old.p_value, new.p_value), (old.corrected, new.corrected))
    )
