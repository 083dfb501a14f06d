"""What of a live reading is recorded: what has moved far enough, one at a time, at most once a minute for a plan."""

from datetime import datetime

from cdt.domain.evaluations.pacing import is_worth_recording, may_record
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Actor, Command, Position, Tenant, derived_id
from cdt.domain.trust.score import Score
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting
from cdt.reactions.watched import Watched


def is_wanted(known: Watched, live: Score, *, sequence: int) -> bool:
    """Whether the reading up to this sequence differs enough from what is recorded, or that is by another policy.

    What another policy says is recorded even if the number is the same: its threshold gives another verdict.
    """
    if "data" not in known.plan.typed_policy.triggers:
        return False
    recorded = None if known.recorded is None else known.recorded.value
    return _has_another_policy(known) or (
        _has_new_rows(known, sequence)
        and is_worth_recording(
            known.plan.typed_policy, live=live.value, recorded=recorded, threshold=known.policy.threshold
        )
    )


def is_due(known: Watched, *, now: datetime) -> bool:
    """Whether the plan may have another record now."""
    newest = known.newest_record
    return may_record(
        known.plan.typed_policy,
        now=now,
        last_requested_at=None if newest is None else newest.requested_at,
        is_one_in_flight=known.is_one_in_flight,
    )


async def ask(reacting: Reacting, known: Watched, window: Window, *, sequence: int) -> Position | None:
    """Ask for the record, and answer its position; None when it was asked for before."""
    fact = None if _has_new_rows(known, sequence) else known.policy_since  # the same rows, by another policy
    return await request(
        reacting,
        known.version,
        known.plan,
        known.deployments,
        cause="live_change",
        window=window,
        zone=known.zone,
        through_sequence=sequence,
        fact=fact,
        by=Command(
            id=derived_id("live", known.version.id, sequence if fact is None else f"policy {fact}"),
            actor=Actor("system", "live reading"),
            at=reacting.now(),
            tenant=Tenant(known.organization_id, known.version.project_id),
        ),
    )


def _has_new_rows(known: Watched, sequence: int) -> bool:
    newest = known.newest_record
    return newest is None or newest.through_sequence < sequence


def _has_another_policy(known: Watched) -> bool:
    return known.recorded is not None and known.recorded.policy_version != known.policy.version
