"""A policy as somebody wants it, and what a recorded score would be by it."""

from typing import Protocol

from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.trust.decay import aged
from cdt.domain.trust.decisions import Wanted, changed_policy
from cdt.domain.trust.formula import score
from cdt.domain.trust.policy import ComponentKind, TrustPolicy
from cdt.domain.trust.sentences import sentence
from cdt.graphql.context import At, Info
from cdt.graphql.trust.freshness import age_of
from cdt.graphql.trust.kinds import TrustAggregation
from cdt.graphql.trust.types import ComponentWeightInput, TrustScore
from cdt.readmodels.trust import RecordedScore


class Wanting(Protocol):
    """An input that names rules."""

    threshold: float | None
    minimum_coverage: float | None
    weights: list[ComponentWeightInput] | None
    aggregation: TrustAggregation | None
    fresh_seconds: int | None
    half_life_seconds: int | None


def wanted_of(given: Wanting) -> Wanted:
    """What it names, as the domain has it."""
    return Wanted(
        threshold=given.threshold,
        minimum_coverage=given.minimum_coverage,
        weights=None if given.weights is None else _weights(given.weights),
        aggregation=None if given.aggregation is None else given.aggregation.value,
        fresh_seconds=given.fresh_seconds,
        half_life_seconds=given.half_life_seconds,
    )


async def tried(info: Info, at: At, recorded: RecordedScore, present: TrustPolicy, given: Wanting) -> TrustScore | None:
    """The score that the results of a recorded one give by other rules; None where they are gone."""
    policy = changed_policy(present, wanted_of(given))
    if policy != present:
        policy = replace(policy, version=present.version + 1)  # by which the sentence tells what moved the score
    evaluation = await info.context.loaders.evaluations.evaluation.load((at, recorded.evaluation_id))
    if evaluation is None or evaluation.results_digest is None:
        return None
    reading = await info.context.loaders.evaluations.reading.load((evaluation.project_id, evaluation.results_digest))
    reckoned = score(reading.results, policy, previous=recorded.typed_score)
    told = sentence(reckoned, recorded.typed_score)
    known = await age_of(info, at, evaluation.project_id, recorded.version_id)
    if known is not None:
        found = aged(reckoned, policy, age_seconds=known[1])
        reckoned = replace(reckoned, coverage=found.coverage, standing=found.standing)
        told = told if found.sentence is None else f"{told} {found.sentence}"
    return TrustScore.tried(reckoned, sentence=told, recorded=recorded, at=at)


def _weights(given: list[ComponentWeightInput]) -> dict[ComponentKind, float]:
    weights: dict[ComponentKind, float] = {each.kind.value: each.weight for each in given}
    if len(weights) != len(given):
        raise Invalid("weights", "name each component once")
    return weights
