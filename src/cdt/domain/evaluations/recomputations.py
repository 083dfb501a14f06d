"""Computing an evaluation once more: what may happen, and what it adds up to. One stream for each evaluation."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.evaluations.decisions import MAXIMUM_REASON_LENGTH
from cdt.domain.evaluations.events import (
    RecomputationFailed,
    RecomputationOutcome,
    RecomputationRequested,
    Recomputed,
)
from cdt.domain.kernel import Decider, Digest, EvaluationId, Event, RecomputationId, derived_id


class EvaluationIsNotCompleted(Conflict):
    """The evaluation is {state}; only a completed one can be computed once more."""


class Recomputations(msgspec.Struct, frozen=True, kw_only=True):
    """Of one evaluation: the newest that was asked for, and whether it is done."""

    newest: RecomputationId | None = None
    is_over: bool = True


def recomputations_id_of(evaluation_id: EvaluationId) -> UUID:
    """The stream of an evaluation's recomputations."""
    return derived_id("recomputations", evaluation_id)


def recomputation_id_of(evaluation_id: EvaluationId, command_id: UUID) -> RecomputationId:
    """The one that a command asks for."""
    return RecomputationId(derived_id("recomputation", evaluation_id, command_id))


def request(known: Recomputations, requested: RecomputationRequested) -> list[Event]:
    """Ask for it, unless one is under way: that one will say the same."""
    return [requested] if known.is_over else []


def complete(
    known: Recomputations,
    recomputation_id: RecomputationId,
    *,
    outcome: RecomputationOutcome,
    differences: int,
    rows_digest: Digest,
    results_digest: Digest,
    libraries: Mapping[str, str],
    processor: str,
) -> list[Event]:
    """Record what came of it; a second worker changes nothing."""
    if not _is_open(known, recomputation_id):
        return []
    if differences < 0 or (outcome == "identical" and differences):
        raise Invalid("differences", "what is identical differs nowhere")
    return [
        Recomputed(
            recomputation_id=recomputation_id,
            outcome=outcome,
            differences=differences,
            rows_digest=rows_digest,
            results_digest=results_digest,
            libraries=dict(sorted(libraries.items())),
            processor=processor,
        )
    ]


def give_up(known: Recomputations, recomputation_id: RecomputationId, *, attempts: int, reason: str) -> list[Event]:
    """Record that no attempt succeeded."""
    if not _is_open(known, recomputation_id):
        return []
    if attempts < 1:
        raise Invalid("attempts", "at least 1")
    reason = reason.replace("\x00", "")[:MAXIMUM_REASON_LENGTH]
    return [RecomputationFailed(recomputation_id=recomputation_id, attempts=attempts, reason=reason)]


def evolve(known: Recomputations, event: Event) -> Recomputations:
    """The recomputations after one more fact."""
    match event:
        case RecomputationRequested(recomputation_id=recomputation_id):
            return Recomputations(newest=recomputation_id, is_over=False)
        case Recomputed() | RecomputationFailed():
            return replace(known, is_over=True)
        case _:
            return known


def _is_open(known: Recomputations, recomputation_id: RecomputationId) -> bool:
    if known.newest is None:
        raise NotFound(kind="recomputation")
    return known.newest == recomputation_id and not known.is_over


recomputations = Decider(kind="recomputation", initial=Recomputations(), evolve=evolve)
