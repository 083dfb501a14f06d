"""What was noticed and is not kept yet: equal occurrences are counted, and there is room for so many different ones."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from cdt.domain.security import Occurrence, next_hold

MOST = 10_000
"""Different occurrences at a time: some megabytes, and as many rows a minute in the worst minute."""
MOST_OF_ONE = 100
"""Of those, of one person or program: whoever is attacked from everywhere must not hide what happens to the others."""


class Burst(msgspec.Struct):
    """How often the same has happened since it was last kept."""

    times: int
    first_at: datetime
    last_at: datetime
    due: float = 0.0
    hold_seconds: float = 0.0


class Bursts:
    """Counts in memory. When there are too many different ones, less is told of each; when still too many, nothing."""

    def __init__(self, *, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        """Nothing noticed yet."""
        self._most = most
        self._most_of_one = most_of_one
        self._bursts: dict[Occurrence, Burst] = {}
        self._count_by_whose: Counter[str] = Counter()
        self.dropped = 0
        """How many could not even be counted."""

    def add(self, what: Occurrence, at: datetime, *, times: int = 1) -> None:
        """Count one more of the same."""
        burst = self._bursts.get(what)
        if burst is None:
            has_room = len(self._bursts) < self._most and self._count_by_whose[what.whose] < self._most_of_one
            if not has_room:
                what = what.without_details()
                burst = self._bursts.get(what)
            if burst is None:
                if len(self._bursts) >= 2 * self._most:
                    self.dropped += times
                    return
                self._bursts[what] = Burst(times, at, at)
                self._count_by_whose[what.whose] += 1
                return
        if not burst.times:
            burst.first_at = at
        burst.times += times
        burst.last_at = at

    def take_due(self, now: float, *, everything: bool = False) -> list[tuple[Occurrence, Burst]]:
        """What is to be kept now; more of the same is held back for a while. What has ended is forgotten."""
        taken: list[tuple[Occurrence, Burst]] = []
        for what, burst in list(self._bursts.items()):
            if burst.due > now and not (everything and burst.times):
                continue
            if not burst.times:
                self._forget(what)
                continue
            taken.append((what, msgspec.structs.replace(burst)))
            burst.times = 0
            burst.hold_seconds = next_hold(burst.hold_seconds)
            burst.due = now + burst.hold_seconds
        return taken

    def give_back(self, taken: Iterable[tuple[Occurrence, Burst]]) -> None:
        """It could not be kept, and is due again."""
        for what, former in taken:
            burst = self._bursts.get(what)
            if burst is None:
                self._bursts[what] = burst = Burst(0, former.first_at, former.last_at)
                self._count_by_whose[what.whose] += 1
            burst.first_at = former.first_at
            burst.last_at = max(former.last_at, burst.last_at)
            burst.times += former.times
            burst.due = former.due
            burst.hold_seconds = former.hold_seconds

    def next_due(self) -> float | None:
        """When there is next something to do, by the clock of `take_due`; None while there is nothing."""
        return min((burst.due for burst in self._bursts.values()), default=None)

    def _forget(self, what: Occurrence) -> None:
        del self._bursts[what]
        self._count_by_whose[what.whose] -= 1
        if not self._count_by_whose[what.whose]:
            del self._count_by_whose[what.whose]
