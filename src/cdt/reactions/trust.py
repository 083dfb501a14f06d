"""A completed evaluation gives a score."""

from uuid import UUID

from cdt.commands import trust as commands
from cdt.database.reading import NOBODY
from cdt.domain.evaluations.events import Completed
from cdt.domain.kernel import Envelope, EvaluationId
from cdt.domain.trust.formula import score
from cdt.domain.trust.policy import DEFAULT_POLICY
from cdt.predictions import documents
from cdt.reactions.responding import Reacting, responds
from cdt.readmodels import evaluations, trust
from cdt.workers import readings

NAME = "trust"


@responds(NAME, Completed)
async def completed(reacting: Reacting, event: Completed, of: Envelope) -> None:
    """Reckon the version's trust in the environment that the evaluation was for, beside the score before."""
    assert of.position is not None
    assert of.tenant.project_id is not None
    async with reacting.reader.at(of.position, NOBODY) as view:
        evaluation = next(iter(await evaluations.evaluations(view, [of.stream_id])), None)
        assert evaluation is not None
        policy = next(iter(await trust.policies_of_models(view, [evaluation.model_id])), None)
        previous = next(
            iter(await trust.newest_of_versions(view, [evaluation.version_id], environment=evaluation.environment)),
            None,
        )
    is_first = evaluation.cause not in {"asked", "backfill"}
    if not is_first or (previous is not None and previous.window_end > evaluation.window_end):
        previous, is_first = None, False  # any window, or an older one measured again: it follows on no score
    reading = await _reading(reacting, of.tenant.project_id, event.results_digest)
    before = None if previous is None else previous.typed_score
    await reacting.act(
        commands.record_score,
        EvaluationId(of.stream_id),
        model_id=evaluation.model_id,
        version_id=evaluation.version_id,
        environment=evaluation.typed_environment,
        score=score(reading.results, DEFAULT_POLICY if policy is None else policy.typed_policy, previous=before),
        previous=before,
        previous_window_end=None if previous is None else previous.window_end,
        window_end=evaluation.window_end,
        is_first=is_first,
        by=reacting.command(NAME, of),
    )


async def _reading(reacting: Reacting, project_id: UUID, digest: str) -> readings.JudgedReading:
    async with reacting.writer.transaction([project_id]) as connection:
        return readings.decode(await documents.get(connection, project_id, digest))
