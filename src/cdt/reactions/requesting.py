"""Asking for a recorded evaluation: the specification is kept first, then the fact is recorded."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from cdt.commands import evaluations as commands
from cdt.domain.evaluations.events import Cause
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Command, Digest, Position
from cdt.reactions.responding import Reacting
from cdt.readmodels.evaluations import Plan
from cdt.readmodels.registry import Deployment, Version, environment_of
from cdt.workers import specification


async def request(
    reacting: Reacting,
    version: Version,
    plan: Plan,
    deployments: Iterable[Deployment],
    *,
    cause: Cause,
    window: Window,
    zone: ZoneInfo,
    through_sequence: int,
    fact: Position | None = None,
    due: datetime | None = None,
    rules: Digest | None = None,
    by: Command,
) -> Position | None:
    """Ask for an evaluation of a version that has a baseline; None when nothing new is asked.

    zone: the project's. fact, due: the one that calls for it, where it is to be measured once for each.
    rules: of a window of history.
    """
    if version.grid_digest is None or version.baseline_digest is None:
        return None
    async with reacting.writer.transaction([version.project_id]) as connection:
        digest = await specification.keep(
            connection,
            version,
            window=window,
            zone=zone,
            through_sequence=through_sequence,
            policy=plan.typed_policy,
        )
    return await reacting.act(
        commands.request_evaluation,
        version.id,
        model_id=version.model_id,
        environment=environment_of(version.id, deployments),
        cause=cause,
        window_start=window.start,
        window_end=window.end,
        through_sequence=through_sequence,
        specification=digest,
        fact=fact,
        due=due,
        rules=rules,
        by=by,
    )
