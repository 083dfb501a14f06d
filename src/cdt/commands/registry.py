"""Commands about models and their versions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cdt.database.deciding import Decides, Outcome, Thing
from cdt.domain.kernel import Command, Digest, Event, Name
from cdt.domain.registry import decisions
from cdt.domain.registry.baselines import FittedBaseline, MovingBaseline
from cdt.domain.registry.dictionary import Dictionary
from cdt.domain.registry.events import BaselineSource, DeploymentRole, Environment, IntakePolicy, Settlement
from cdt.domain.registry.signature import Signature
from cdt.domain.registry.state import registry
from cdt.domain.text import Text
from cdt.domain.trust.decisions import begin_policy
from cdt.domain.trust.state import default_policies, default_policy_id_of, policies, policy_id_of


def register_model(log: Decides[Outcome], model_id: UUID, *, name: str, description: Text, by: Command) -> Outcome:
    """Make a model known, under a name that is unique in its project, with the trust policy that new ones get."""
    project_id = by.tenant.project_id
    assert project_id is not None

    def decide(states: Sequence[Any]) -> list[list[Event]]:
        model, _, default = states
        registered = decisions.register(model, name=name, description=description)
        return [registered, begin_policy(default, model_id=model_id) if registered else [], []]

    things = [
        Thing(registry, model_id, by, claims=[Name(f"model/{project_id}", name)]),
        Thing(policies, policy_id_of(model_id), by),
        Thing(default_policies, default_policy_id_of(project_id), by),
    ]
    return log.decide_together(things, decide)


def add_version(
    log: Decides[Outcome], model_id: UUID, *, version_id: UUID, tag: str, signature: Signature, by: Command
) -> Outcome:
    """Add an immutable version to a model."""
    return log.decide(
        registry,
        model_id,
        lambda model: decisions.add_version(model, version_id=version_id, tag=tag, signature=signature),
        by=by,
    )


def set_baseline(
    log: Decides[Outcome],
    model_id: UUID,
    *,
    version_id: UUID,
    fitted: FittedBaseline,
    source: BaselineSource = "window",
    body: Digest | None = None,
    by: Command,
) -> Outcome:
    """Name a version's grid and baseline."""
    return log.decide(
        registry,
        model_id,
        lambda model: decisions.set_baseline(model, version_id=version_id, fitted=fitted, source=source, body=body),
        by=by,
    )


def follow_baseline(
    log: Decides[Outcome], model_id: UUID, *, version_id: UUID, moving: MovingBaseline, by: Command
) -> Outcome:
    """Hold a version against rows of before each window."""
    return log.decide(
        registry, model_id, lambda model: decisions.follow_baseline(model, version_id=version_id, moving=moving), by=by
    )


def refit_grid(
    log: Decides[Outcome], model_id: UUID, *, version_id: UUID, fitted: FittedBaseline, by: Command
) -> Outcome:
    """Count a version's rows on another grid, with a baseline on it."""
    return log.decide(
        registry, model_id, lambda model: decisions.refit_grid(model, version_id=version_id, fitted=fitted), by=by
    )


def promote_version(
    log: Decides[Outcome],
    model_id: UUID,
    *,
    version_id: UUID,
    environment: Environment,
    role: DeploymentRole,
    reason: Text,
    by: Command,
) -> Outcome:
    """Let a version serve in an environment."""
    return log.decide(
        registry,
        model_id,
        lambda model: decisions.promote(
            model, version_id=version_id, environment=environment, role=role, reason=reason
        ),
        by=by,
    )


def roll_back_deployment(
    log: Decides[Outcome], model_id: UUID, *, environment: Environment, reason: Text, by: Command
) -> Outcome:
    """Let the champion before the present one serve again."""
    return log.decide(
        registry, model_id, lambda model: decisions.roll_back(model, environment=environment, reason=reason), by=by
    )


def change_intake_policy(
    log: Decides[Outcome], model_id: UUID, *, policy: IntakePolicy, reason: Text, by: Command
) -> Outcome:
    """Let something else become of rows that do not fit a version's signature."""
    return log.decide(
        registry, model_id, lambda model: decisions.change_intake_policy(model, policy=policy, reason=reason), by=by
    )


def describe_columns(log: Decides[Outcome], model_id: UUID, *, dictionary: Dictionary, by: Command) -> Outcome:
    """Say what a model's columns mean to people."""
    return log.decide(registry, model_id, lambda model: decisions.describe_columns(model, dictionary=dictionary), by=by)


def settle_quarantine(
    log: Decides[Outcome],
    model_id: UUID,
    *,
    version_id: UUID,
    settlement: Settlement,
    rows: tuple[int, ...],
    reason: Text,
    by: Command,
) -> Outcome:
    """Put down that somebody sends rejected rows again, or throws them away."""
    return log.decide(
        registry,
        model_id,
        lambda model: decisions.settle_quarantine(
            model, version_id=version_id, settlement=settlement, rows=rows, reason=reason
        ),
        by=by,
    )
