"""History that is to be measured: each of its windows is asked for, however often whoever asks dies on the way."""

from zoneinfo import ZoneInfo

from cdt.database.reading import NOBODY
from cdt.domain.evaluations.events import BackfillRequested
from cdt.domain.kernel import Envelope
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting, responds
from cdt.readmodels import evaluations, registry, tenancy

NAME = "backfills"


@responds(NAME, BackfillRequested)
async def backfill_requested(reacting: Reacting, event: BackfillRequested, of: Envelope) -> None:
    """By the plan and against the baseline of that moment, whatever has changed since."""
    assert of.position is not None
    async with reacting.reader.at(of.position, NOBODY) as view:
        plan = next(iter(await evaluations.plans_of_versions(view, [event.version_id])), None)
        version = next(iter(await registry.versions(view, [event.version_id])), None)
        deployments = await registry.deployments_of_models(view, [event.model_id])
        projects = await tenancy.projects(view, [] if version is None else [version.project_id])
    if plan is None or version is None or not projects:
        return
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
