"""What is kept in memory of one version between two of its live readings."""

import time
from datetime import datetime

from cdt.domain.kernel import Position
from cdt.measures.quality import Received
from cdt.predictions.live_windows import LiveWindow
from cdt.predictions.versions import NumberedVersion
from cdt.reactions import live_records
from cdt.reactions.live_baselines import Held
from cdt.reactions.watched import Watched


class LiveVersion:
    """One version in memory. `asked_until` is the position of the last record that may have been asked for."""

    def __init__(self, numbered: NumberedVersion, asked_until: Position) -> None:
        self.numbered = numbered
        self.asked_until = asked_until
        self.wants_record = False
        self.watched: Watched | None = None
        self.is_stale = True
        self.window: LiveWindow | None = None
        self.received: Received | None = None
        """What came in for the window besides its rows, when it was read last."""
        self.held: Held | None = None
        self.touched_at = time.monotonic()

    def may_be_anew(self, now: datetime) -> bool:
        """Whether, though no row comes in, a record that had to wait may be due, or more of its baseline be folded."""
        may_be_recorded = (
            self.wants_record
            and self.watched is not None
            and (self.is_stale or live_records.is_due(self.watched, now=now))
        )
        is_behind = self.held is not None and self.window is not None and self.held.may_be_behind(self.window)
        return may_be_recorded or is_behind
