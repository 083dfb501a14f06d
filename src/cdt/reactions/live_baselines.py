"""What a live reading is held against: the baseline that was set, or the folded hours of before its window.

Those are read anew when the window moves on by an hour, and when more of them may be folded, once a minute at most. A
window that runs, as when years are sent in an hour, is followed as often as a tenth of a core allows.
"""

import asyncio
import time
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from cdt.domain.registry.baselines import MovingBaseline, Reference, reference_of
from cdt.measures.grid import Grid
from cdt.measures.packing import decode_all
from cdt.measures.profile import Profile
from cdt.predictions import folded, references
from cdt.predictions.live_windows import LiveWindow
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import NumberedVersion
from cdt.reactions.watched import Watched

ANEW_SECONDS = 60.0
"""Rows are folded within a minute; to look more often would find nothing more."""
REST_FOR_EACH = 9.0
"""After so long a reading comes a rest so many times as long; one of 30 full days of 25 columns takes 0.15 s."""


class _Of(NamedTuple):
    """What fixes which rows they are."""

    moving: MovingBaseline
    start: datetime
    end: datetime
    time_zone: str
    grid: Grid


class Held(NamedTuple):
    """What a reading is held against. Of a baseline that moves also: which rows, and how far they were folded, when.

    is_whole: whether no predictions of those times wait to be folded. A reading that lacks some is shown, not recorded.
    """

    profile: Profile
    reference: Reference | None = None
    of: _Of | None = None
    sequence: int = 0
    looked_at: float = 0.0
    seconds: float = 0.0
    is_whole: bool = True

    def may_be_behind(self, window: LiveWindow) -> bool:
        """Whether it may be of more or other rows by now, though none comes in."""
        if self.of is None:
            return False
        return (self.sequence < window.sequence and self.is_old()) or (
            self.of.start != window.start and self.has_rested()
        )

    def is_old(self) -> bool:
        """Whether it was looked at so long ago that more may be folded."""
        return time.monotonic() - self.looked_at >= ANEW_SECONDS

    def has_rested(self) -> bool:
        """Whether it may be read for a window that has moved on."""
        return time.monotonic() - self.looked_at >= REST_FOR_EACH * self.seconds


async def held(
    connection: AsyncConnection[Any], version: NumberedVersion, known: Watched, window: LiveWindow, before: Held | None
) -> Held:
    """What the window is held against now: `before` itself where that is the same still.

    The connection must not be in a transaction.
    """
    moving = known.version.moving
    if moving is None or window.start is None or window.end is None:
        return before if before is not None and before.profile is known.baseline else Held(known.baseline)
    of = _Of(moving, window.start, window.end, known.zone.key, known.grid)
    is_of_the_same = before is not None and before.of == of
    if before is not None and is_of_the_same and not before.is_old():
        return before
    if before is not None and _moved_on(before, of) and not before.has_rested():
        return before
    if before is not None and is_of_the_same:
        state = await folded.stored(connection, version.number, known.grid.digest)
        if before.sequence == (0 if state is None else state.sequence):
            return before._replace(looked_at=time.monotonic())
    reference = reference_of(moving, window.start, window.end, known.zone)
    began = time.monotonic()
    hours = await references.hours_of(connection, version.number, known.grid.digest, reference.spans)
    profile = await asyncio.to_thread(decode_all, known.grid, hours.payloads)
    unfolded = await find_segments(
        connection,
        version.number,
        kind="predictions",
        after=hours.sequence,
        predicted_from=reference.predicted_from,
        predicted_to=reference.predicted_to,
        limit=1,
    )
    ended = time.monotonic()
    return Held(profile, reference, of, hours.sequence, ended, ended - began, is_whole=not unfolded)


def _moved_on(before: Held, of: _Of) -> bool:
    """Whether nothing but the window is another."""
    return before.of is not None and before.of._replace(start=of.start, end=of.end) == of
