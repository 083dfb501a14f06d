"""The read models of monitoring plans and evaluations."""

import msgspec
from msgspec import UNSET

from cdt.domain.evaluations.events import (
    BackfillCancelled,
    BackfillRequested,
    Cancelled,
    Completed,
    Failed,
    PlanChanged,
    PlanMade,
    RecomputationFailed,
    RecomputationRequested,
    Recomputed,
    Requested,
)
from cdt.domain.evaluations.proposing import told_by
from cdt.domain.evaluations.state import evaluation_id_of
from cdt.domain.kernel import Envelope
from cdt.domain.text import stored
from cdt.projections.writing import View, projects


@projects(PlanMade)
def plan_made(view: View, event: PlanMade, of: Envelope) -> None:
    """A new plan."""
    del of
    view.write(
        "INSERT INTO evaluations_plans"
        " (id, project_id, model_id, version_id, policy, because, made_at, made_by_kind, made_by_id, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(model_id)s, %(version_id)s, %(policy)s, %(because)s, %(at)s,"
        " %(actor_kind)s, %(actor_id)s, %(position)s)",
        model_id=event.model_id,
        version_id=event.version_id,
        policy=msgspec.to_builtins(event.policy),
        because=None if event.because is UNSET else list(msgspec.to_builtins(event.because)),
    )


@projects(PlanChanged)
def plan_changed(view: View, event: PlanChanged, of: Envelope) -> None:
    """The same plan, with other rules; why a rule was what it no longer is tells nothing any more."""
    del of
    view.write(
        "UPDATE evaluations_plans SET policy = %(policy)s, because = (SELECT jsonb_agg(told.reason"
        " ORDER BY told.place) FROM jsonb_array_elements(because) WITH ORDINALITY AS told (reason, place)"
        " WHERE NOT told.reason ->> 'field' = ANY(%(changed)s::text[])), changed_at = %(at)s,"
        " changed_by_kind = %(actor_kind)s, changed_by_id = %(actor_id)s, reason = %(reason)s, since = %(position)s"
        " WHERE id = %(stream_id)s",
        policy=msgspec.to_builtins(event.policy.new),
        changed=told_by(event.policy.old, event.policy.new),
        reason=stored(event.reason),
    )


@projects(Requested)
def requested(view: View, event: Requested, of: Envelope) -> None:
    """A new evaluation, or one that was given up and is tried again."""
    del of
    view.write(
        "INSERT INTO evaluations_evaluations (id, project_id, model_id, version_id, plan_id, environment, cause, state,"
        " window_start, window_end, through_sequence, specification_digest, requested_at, requested_by_kind,"
        " requested_by_id, requested_position, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(model_id)s, %(version_id)s, %(plan_id)s, %(environment)s, %(cause)s,"
        " 'requested', %(window_start)s, %(window_end)s, %(through_sequence)s, %(specification)s, %(at)s,"
        " %(actor_kind)s, %(actor_id)s, %(position)s, %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET state = 'requested', requested_at = excluded.requested_at,"
        " requested_by_kind = excluded.requested_by_kind, requested_by_id = excluded.requested_by_id,"
        " requested_position = excluded.requested_position, finished_at = NULL, finished_position = NULL,"
        " attempts = NULL, failure = NULL, since = %(position)s",
        model_id=event.model_id,
        version_id=event.version_id,
        plan_id=event.plan_id,
        environment=event.environment,
        cause=event.cause,
        window_start=event.window_start,
        window_end=event.window_end,
        through_sequence=event.through_sequence,
        specification=event.specification,
    )


@projects(Completed)
def completed(view: View, event: Completed, of: Envelope) -> None:
    """What was computed."""
    del of
    view.write(
        "UPDATE evaluations_evaluations SET state = 'completed', finished_at = %(at)s,"
        " finished_position = %(position)s, rows = %(rows)s, labels = %(labels)s, rows_digest = %(rows_digest)s,"
        " results_digest = %(results_digest)s,"
        " passed = %(passed)s, failed = %(failed)s, inconclusive = %(inconclusive)s, libraries = %(libraries)s,"
        " processor = %(processor)s, since = %(position)s WHERE id = %(stream_id)s",
        rows=event.rows,
        labels=event.labels,
        rows_digest=event.rows_digest,
        results_digest=event.results_digest,
        passed=event.passed,
        failed=event.failed,
        inconclusive=event.inconclusive,
        libraries=event.libraries,
        processor=event.processor,
    )


@projects(Failed)
def failed(view: View, event: Failed, of: Envelope) -> None:
    """Why it was given up."""
    del of
    view.write(
        "UPDATE evaluations_evaluations SET state = 'failed', finished_at = %(at)s, finished_position = %(position)s,"
        " attempts = %(attempts)s, failure = %(reason)s, since = %(position)s WHERE id = %(stream_id)s",
        attempts=event.attempts,
        reason=event.reason,
    )


@projects(Cancelled)
def cancelled(view: View, event: Cancelled, of: Envelope) -> None:
    """Nobody wants it any more."""
    del event, of
    view.write(
        "UPDATE evaluations_evaluations SET state = 'cancelled', finished_at = %(at)s,"
        " finished_position = %(position)s, since = %(position)s WHERE id = %(stream_id)s"
    )


@projects(BackfillRequested)
def backfill_requested(view: View, event: BackfillRequested, of: Envelope) -> None:
    """Windows of history, and the evaluations that they become."""
    del of
    view.write(
        "INSERT INTO evaluations_backfills (id, project_id, model_id, version_id, plan_id, requested_at,"
        " requested_by_kind, requested_by_id, requested_position, window_start, window_end, evaluation_ids, reason,"
        " since)"
        " VALUES (%(id)s, %(project_id)s, %(model_id)s, %(version_id)s, %(plan_id)s, %(at)s, %(actor_kind)s,"
        " %(actor_id)s, %(position)s, %(window_start)s, %(window_end)s, %(evaluation_ids)s, %(reason)s, %(position)s)",
        id=event.backfill_id,
        model_id=event.model_id,
        version_id=event.version_id,
        plan_id=event.plan_id,
        window_start=event.windows[0].start,
        window_end=event.windows[-1].end,
        evaluation_ids=[
            evaluation_id_of(
                event.plan_id,
                "backfill",
                window.start,
                window.end,
                event.through_sequence,
                specification=event.rules,
                rules=event.rules,
            )
            for window in event.windows
        ],
        reason=stored(event.reason),
    )


@projects(BackfillCancelled)
def backfill_cancelled(view: View, event: BackfillCancelled, of: Envelope) -> None:
    """Its evaluations are cancelled one by one, by facts of their own."""
    del of
    view.write(
        "UPDATE evaluations_backfills SET cancelled_at = %(at)s, cancelled_by_kind = %(actor_kind)s,"
        " cancelled_by_id = %(actor_id)s, cancelled_because = %(reason)s, since = %(position)s"
        " WHERE id = %(id)s",
        id=event.backfill_id,
        reason=stored(event.reason),
    )


@projects(RecomputationRequested)
def recomputation_requested(view: View, event: RecomputationRequested, of: Envelope) -> None:
    """An evaluation is computed once more."""
    del of
    view.write(
        "INSERT INTO evaluations_recomputations (id, project_id, evaluation_id, state, requested_at, requested_by_kind,"
        " requested_by_id, requested_position, since)"
        " VALUES (%(id)s, %(project_id)s, %(evaluation_id)s, 'requested', %(at)s, %(actor_kind)s, %(actor_id)s,"
        " %(position)s, %(position)s)",
        id=event.recomputation_id,
        evaluation_id=event.evaluation_id,
    )


@projects(Recomputed)
def recomputed(view: View, event: Recomputed, of: Envelope) -> None:
    """What came of it."""
    del of
    view.write(
        "UPDATE evaluations_recomputations SET state = 'completed', finished_at = %(at)s, outcome = %(outcome)s,"
        " differences = %(differences)s, rows_digest = %(rows_digest)s, results_digest = %(results_digest)s,"
        " libraries = %(libraries)s, processor = %(processor)s, since = %(position)s WHERE id = %(id)s",
        id=event.recomputation_id,
        outcome=event.outcome,
        differences=event.differences,
        rows_digest=event.rows_digest,
        results_digest=event.results_digest,
        libraries=event.libraries,
        processor=event.processor,
    )


@projects(RecomputationFailed)
def recomputation_failed(view: View, event: RecomputationFailed, of: Envelope) -> None:
    """Why it was given up."""
    del of
    view.write(
        "UPDATE evaluations_recomputations SET state = 'failed', finished_at = %(at)s, attempts = %(attempts)s,"
        " failure = %(reason)s, since = %(position)s WHERE id = %(id)s",
        id=event.recomputation_id,
        attempts=event.attempts,
        reason=event.reason,
    )
