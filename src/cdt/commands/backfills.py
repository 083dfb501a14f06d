"""Commands about measuring history by the present plan."""

from cdt.database.deciding import Decides, Outcome
from cdt.domain.evaluations import backfills as decisions
from cdt.domain.evaluations.backfills import backfills, backfills_id_of
from cdt.domain.evaluations.events import BackfillCancelled, BackfillRequested
from cdt.domain.kernel import Command


def request_backfill(log: Decides[Outcome], requested: BackfillRequested, *, by: Command) -> Outcome:
    """Ask for windows of history to be measured; nothing for those that were asked for by the same rules."""
    return log.decide(
        backfills, backfills_id_of(requested.plan_id), lambda known: decisions.request(known, requested), by=by
    )


def cancel_backfill(log: Decides[Outcome], cancelled: BackfillCancelled, *, by: Command) -> Outcome:
    """Let be what of a backfill is not measured yet."""
    return log.decide(
        backfills, backfills_id_of(cancelled.plan_id), lambda known: decisions.cancel(known, cancelled), by=by
    )
