"""A recorded score is held against the model's rules."""

from uuid import UUID

from cdt.commands import alerts as commands
from cdt.database.reading import NOBODY, View
from cdt.domain.alerts.decisions import TRUST, Observation
from cdt.domain.alerts.subjects import Subject, subject_of
from cdt.domain.kernel import Envelope, EvaluationId, Position, RuleId
from cdt.domain.trust.events import Scored
from cdt.predictions import documents
from cdt.reactions.responding import Reacting, responds
from cdt.readmodels import alerts, evaluations, trust
from cdt.readmodels.evaluations import END
from cdt.workers import readings

NAME = "alerts"
PAGE = 20


@responds(NAME, Scored)
async def scored(reacting: Reacting, event: Scored, of: Envelope) -> None:
    """Judge each enabled rule of the model by what was recorded of the version's newest windows in the environment."""
    assert of.position is not None
    async with reacting.reader.at(of.position, NOBODY) as view:
        evaluation = next(iter(await evaluations.evaluations(view, [event.evaluation_id])), None)
        if evaluation is not None and evaluation.cause == "backfill":
            return  # it says how things were
        rules = [each for each in await alerts.rules_of_models(view, [event.model_id]) if each.is_enabled]
        observed = [(rule, await _observations(reacting, view, rule, event, of)) for rule in rules]
    for rule, observations in observed:
        if observations:
            await reacting.log.in_thread(
                commands.judge_alert,
                RuleId(rule.id),
                version_id=event.version_id,
                observations=observations,
                by=reacting.command(NAME, of, rule.id),
            )


async def _observations(
    reacting: Reacting, view: View, rule: alerts.Rule, event: Scored, of: Envelope
) -> list[Observation]:
    if rule.subject == TRUST:
        values = await trust.recent_values(view, event.version_id, environment=event.environment, limit=rule.in_a_row)
        return [Observation(EvaluationId(each.evaluation_id), Position(each.position), each.value) for each in values]
    assert of.tenant.project_id is not None
    subject = subject_of(rule.subject)
    observations: list[Observation] = []
    known = 0
    before = END
    while known < rule.in_a_row:  # a missing value does not interrupt a row, so look past it
        page = await trust.recent_results(
            view, event.version_id, environment=event.environment, before=before, limit=PAGE
        )
        for each in page:
            value = await _value(reacting, of.tenant.project_id, each.results_digest, subject, rule.operator)
            if value is None and not observations:
                return []  # the newest decides nothing while it is missing, whatever lies behind it
            observations.append(Observation(EvaluationId(each.evaluation_id), Position(each.position), value))
            known += value is not None
            if known == rule.in_a_row:
                break
        if len(page) < PAGE:
            break
        before = page[-1].position
    return observations[::-1]


async def _value(reacting: Reacting, project_id: UUID, digest: str, subject: Subject, operator: str) -> float | None:
    """A measure's recorded value; without a feature or attribute, of the one that is farthest out.

    None of a slice that the evaluation was not asked for.
    """
    async with reacting.writer.transaction([project_id]) as connection:
        reading = readings.decode(await documents.get(connection, project_id, digest))
    results = reading.results
    if subject.slice_name:
        results = [each for found in reading.read_slices if found.name == subject.slice_name for each in found.results]
    values = [
        each.value
        for each in results
        if each.measure == subject.measure
        and subject.part in {"", each.subject}
        and each.value is not None
        and each.has_enough_rows
    ]
    if not values:
        return None
    return max(values) if operator == "above" else min(values)
