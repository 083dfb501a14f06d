"""What may happen next to a monitoring plan or an evaluation."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.evaluations import plan as plans
from cdt.domain.evaluations.contrasts import check_attributes
from cdt.domain.evaluations.events import (
    Cancelled,
    Cause,
    Completed,
    Environment,
    Failed,
    PlanChanged,
    PlanMade,
    Requested,
)
from cdt.domain.evaluations.kinds import check_kind
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.proposing import Reason
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.slices import ColumnShape
from cdt.domain.evaluations.state import Evaluation, MonitoringPlan
from cdt.domain.evaluations.worth import check_classes
from cdt.domain.kernel import Change, Digest, Event, PlanId
from cdt.domain.moments import check_window
from cdt.domain.text import Text, reasoned

MAXIMUM_REASON_LENGTH = 2_000


class PlanExists(Conflict):
    """The version is already watched by other rules."""


class EvaluationDiffers(Conflict):
    """These rows were already asked for with another specification; ask again when new rows have come in."""


class EvaluationIsOver(Conflict):
    """The evaluation was already {state}; its record stays."""


def make_plan(
    plan: MonitoringPlan, *, version_id: UUID, model_id: UUID, policy: PlanPolicy, because: tuple[Reason, ...] = ()
) -> list[Event]:
    """Watch a version by these rules. because: why they are what they are."""
    plans.check(policy)
    if plan.policy is None:
        return [PlanMade(version_id=version_id, model_id=model_id, policy=policy, because=because or UNSET)]
    if (plan.version_id, plan.model_id, plan.policy) == (version_id, model_id, policy):
        return []
    raise PlanExists


def change_plan(
    plan: MonitoringPlan,
    wanted: Mapping[str, Any],
    *,
    columns: Collection[ColumnShape],
    attributes: Collection[str] = (),
    classes: Collection[str] = (),
    is_of_numbers: bool = False,
    reason: Text,
) -> list[Event]:
    """Watch a version by other rules; what was recorded stays, and windows that have closed are not measured anew.

    wanted: the new value of each field of the policy that changes, by its name; the others stay. columns: the features
        of the version's signature. attributes: the names of its protected attributes. classes: what it decides among.
        is_of_numbers: whether it predicts numbers.
    """
    if plan.policy is None or plan.version_id is None or plan.model_id is None:
        raise NotFound(kind="plan")
    changed = replace(plan.policy, **wanted)
    plans.check(changed)
    plans.check_columns(changed, columns)
    check_attributes(changed.chosen_contrasts, attributes)
    if changed.worth is not None:
        check_classes(changed.worth, classes)
    check_kind(changed, is_of_numbers=is_of_numbers)
    if changed == plan.policy:
        return []
    return [
        PlanChanged(
            version_id=plan.version_id,
            model_id=plan.model_id,
            policy=Change(plan.policy, changed),
            reason=reasoned(reason),
        )
    ]


def request(
    evaluation: Evaluation,
    *,
    plan_id: PlanId,
    version_id: UUID,
    model_id: UUID,
    environment: Environment,
    cause: Cause,
    window_start: datetime,
    window_end: datetime,
    through_sequence: int,
    specification: Digest,
) -> list[Event]:
    """Ask for the measures of a window. One that was given up or cancelled is tried again when somebody asks for it.

    One of history that was cancelled is asked for again by the next backfill, by the rules of that.
    """
    check_window(window_start, window_end, fields=("windowStart", "windowEnd"))
    if through_sequence < 0:
        raise Invalid("throughSequence", "it can't be negative")
    is_history_again = evaluation.state == "cancelled" and cause == "backfill"
    if evaluation.state is not None and cause == "backfill" and not is_history_again:
        return []
    if evaluation.state is not None and not is_history_again and evaluation.specification != specification:
        raise EvaluationDiffers
    is_wanted_again = is_history_again or (evaluation.state in {"failed", "cancelled"} and cause == "asked")
    if evaluation.state is not None and not is_wanted_again:
        return []
    return [
        Requested(
            plan_id=plan_id,
            version_id=version_id,
            model_id=model_id,
            environment=environment,
            cause=cause,
            window_start=window_start,
            window_end=window_end,
            through_sequence=through_sequence,
            specification=specification,
        )
    ]


def retry(evaluation: Evaluation, requested: Requested) -> list[Event]:
    """Ask once more for one that was given up or cancelled, just as it was asked for."""
    _require_requested(evaluation)
    if evaluation.state == "requested":
        return []
    if evaluation.state == "completed":
        raise EvaluationIsOver(state=evaluation.state)
    if evaluation.specification != requested.specification:
        raise EvaluationDiffers
    return [requested]


def complete(
    evaluation: Evaluation,
    *,
    rows: int,
    labels: int,
    rows_digest: Digest,
    results: tuple[MeasureResult, ...],
    results_digest: Digest,
    libraries: Mapping[str, str],
    processor: str,
) -> list[Event]:
    """Record what was computed. A second worker with the same bits changes nothing."""
    _require_requested(evaluation)
    if min(rows, labels) < 0:
        raise Invalid("rows", "a number of rows can't be negative")
    if evaluation.state == "completed" and (evaluation.rows_digest, evaluation.results_digest) == (
        rows_digest,
        results_digest,
    ):
        return []
    if evaluation.state != "requested":
        raise EvaluationIsOver(state=evaluation.state)
    verdicts = [result.verdict for result in results]
    return [
        Completed(
            rows=rows,
            labels=labels,
            rows_digest=rows_digest,
            results_digest=results_digest,
            passed=verdicts.count("pass"),
            failed=verdicts.count("fail"),
            inconclusive=verdicts.count("inconclusive"),
            libraries=dict(sorted(libraries.items())),
            processor=processor,
        )
    ]


def give_up(evaluation: Evaluation, *, attempts: int, reason: str) -> list[Event]:
    """Record that no attempt succeeded."""
    _require_requested(evaluation)
    if attempts < 1:
        raise Invalid("attempts", "at least 1")
    if evaluation.state == "failed":
        return []
    if evaluation.state != "requested":
        raise EvaluationIsOver(state=evaluation.state)
    return [Failed(attempts=attempts, reason=reason.replace("\x00", "")[:MAXIMUM_REASON_LENGTH])]


def cancel(evaluation: Evaluation) -> list[Event]:
    """Let it be, if it is not over yet."""
    _require_requested(evaluation)
    if evaluation.state == "cancelled":
        return []
    if evaluation.state != "requested":
        raise EvaluationIsOver(state=evaluation.state)
    return [Cancelled()]


def _require_requested(evaluation: Evaluation) -> None:
    if evaluation.state is None:
        raise NotFound(kind="evaluation")
