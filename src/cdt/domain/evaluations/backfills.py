"""Measuring history by the present plan: what may happen, and what it adds up to. One stream for each plan."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.evaluations.events import BackfillCancelled, BackfillRequested
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import BackfillId, Decider, Digest, Event, PlanId, derived_id
from cdt.domain.text import reasoned

MOST_WINDOWS = 400


class NothingToBackfill(Conflict):
    """Each window of that time that has closed and holds rows is measured by the present plan already."""


class Backfills(msgspec.Struct, frozen=True, kw_only=True):
    """Of one plan: which windows were asked for by which rules, and by which backfill each; which were cancelled."""

    by_rules: Mapping[Digest, Mapping[Window, BackfillId]] = {}
    known: frozenset[BackfillId] = frozenset()
    cancelled: frozenset[BackfillId] = frozenset()


def backfills_id_of(plan_id: PlanId) -> UUID:
    """The stream of a plan's backfills."""
    return derived_id("backfills", plan_id)


def backfill_id_of(plan_id: PlanId, command_id: UUID) -> BackfillId:
    """The one that a command asks for."""
    return BackfillId(derived_id("backfill", plan_id, command_id))


def request(known: Backfills, requested: BackfillRequested) -> list[Event]:
    """Ask for the windows that no backfill by the same rules has asked for; nothing when that is none."""
    if not requested.windows:
        raise NothingToBackfill
    if len(requested.windows) > MOST_WINDOWS:
        raise Invalid("predictedFrom", f"at most {MOST_WINDOWS} windows at once; name a shorter time")
    if any(window.end <= window.start for window in requested.windows):
        raise Invalid("windows", "a window ends after it starts")
    asked = known.by_rules.get(requested.rules, {})
    wanted = tuple(sorted(window for window in set(requested.windows) if window not in asked))
    if not wanted:
        return []
    return [replace(requested, windows=wanted, reason=reasoned(requested.reason))]


def cancel(known: Backfills, cancelled: BackfillCancelled) -> list[Event]:
    """Let be what of it is not measured yet; nothing when that was said before."""
    if cancelled.backfill_id not in known.known:
        raise NotFound(kind="backfill")
    if cancelled.backfill_id in known.cancelled:
        return []
    return [replace(cancelled, reason=reasoned(cancelled.reason))]


def evolve(known: Backfills, event: Event) -> Backfills:
    """The backfills after one more fact."""
    match event:
        case BackfillRequested(rules=rules, windows=windows, backfill_id=backfill_id):
            asked = {**known.by_rules.get(rules, {}), **dict.fromkeys(windows, backfill_id)}
            return replace(known, by_rules={**known.by_rules, rules: asked}, known=known.known | {backfill_id})
        case BackfillCancelled(backfill_id=backfill_id):
            left = {
                rules: {window: by for window, by in asked.items() if by != backfill_id}
                for rules, asked in known.by_rules.items()
            }
            return replace(known, by_rules=left, cancelled=known.cancelled | {backfill_id})
        case _:
            return known


backfills = Decider(kind="backfill", initial=Backfills(), evolve=evolve)
