"""History that is to be measured: each of its windows is asked for, however often whoever asks dies on the way."""

import contextlib
from zoneinfo import ZoneInfo

from cdt.commands import evaluations as commands
from cdt.database.reading import NOBODY
from cdt.domain.errors import NotFound
from cdt.domain.evaluations.decisions import EvaluationIsOver
from cdt.domain.evaluations.events import BackfillCancelled, BackfillRequested
from cdt.domain.kernel import Envelope, EvaluationId
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting, responds
from cdt.readmodels import backfills, evaluations, registry, tenancy

NAME = "backfills"


class NothingToMeasureBy(LookupError):
    """What a backfill is measured by can't be read at its position, as after a projection that failed.

    It is told again when reactions begin anew, as everything that failed is; a rebuild mends the read models.
    """

    def __init__(self, event: BackfillRequested, is_without_plan: bool, is_without_version: bool) -> None:
        missing = "plan" if is_without_plan else "version" if is_without_version else "project"
        super().__init__(
            f"backfill {event.backfill_id} of version {event.version_id}: none of its {len(event.windows)} windows is"
            f" measured, since its {missing} can't be read; rebuild the read models, then start the reactions anew"
        )


@responds(NAME, BackfillRequested)
async def backfill_requested(reacting: Reacting, event: BackfillRequested, of: Envelope) -> None:
    """By the plan and against the baseline of that moment, whatever has changed since; nothing once it is cancelled."""
    assert of.position is not None
    if await _is_cancelled(reacting, event):
        return
    async with reacting.reader.at(of.position, NOBODY) as view:
        plan = next(iter(await evaluations.plans_of_versions(view, [event.version_id])), None)
        version = next(iter(await registry.versions(view, [event.version_id])), None)
        deployments = await registry.deployments_of_models(view, [event.model_id])
        projects = await tenancy.projects(view, [] if version is None else [version.project_id])
    if plan is None or version is None or not projects:
        raise NothingToMeasureBy(event, plan is None, version is None)
    for window in event.windows:
        await request(
            reacting,
            version,
            plan,
            deployments,
            cause="backfill",
            window=window,
            zone=ZoneInfo(projects[0].time_zone),
            through_sequence=event.through_sequence,
            rules=event.rules,
            by=reacting.command(NAME, of, window.start),
        )


@responds(NAME, BackfillCancelled)
async def backfill_cancelled(reacting: Reacting, event: BackfillCancelled, of: Envelope) -> None:
    """What waits or is computed is cancelled; what is over stays, and what was never asked for never is."""
    assert of.position is not None
    async with reacting.reader.at(of.position, NOBODY) as view:
        found = await backfills.backfills(view, [event.backfill_id])
    for evaluation_id in (each for row in found for each in row.evaluation_ids):
        with contextlib.suppress(NotFound, EvaluationIsOver):
            await reacting.act(
                commands.cancel_evaluation,
                EvaluationId(evaluation_id),
                by=reacting.command(NAME, of, str(evaluation_id)),
            )


async def _is_cancelled(reacting: Reacting, event: BackfillRequested) -> bool:
    """By now: what failed is told again later."""
    async with reacting.reader.at(None, NOBODY) as view:
        found = await backfills.backfills(view, [event.backfill_id])
    return any(row.cancelled_at is not None for row in found)
