"""Commands about models and their versions."""

from datetime import datetime
from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.domain.kernel import Command, Digest, Name
from cdt.domain.registry import decisions
from cdt.domain.registry.events import DeploymentRole, Environment
from cdt.domain.registry.signature import Signature
from cdt.domain.registry.state import registry
from cdt.domain.text import Text


def register_model(log: Decides[Outcome], model_id: UUID, *, name: str, description: Text, by: Command) -> Outcome:
    """Make a model known, under a name that is unique in its project."""
    return log.decide(
        registry,
        model_id,
        lambda model: decisions.register(model, name=name, description=description),
        by=by,
        claims=[Name(f"model/{by.tenant.project_id}", name)],
    )


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
    grid: Digest,
    baseline: Digest,
    rows: int,
    labelled_rows: int,
    predicted_from: datetime | None,
    predicted_to: datetime | None,
    by: Command,
) -> Outcome:
    """Name a version's grid and baseline, which are kept by their digests."""
    return log.decide(
        registry,
        model_id,
        lambda model: decisions.set_baseline(
            model,
            version_id=version_id,
            grid=grid,
            baseline=baseline,
            rows=rows,
            labelled_rows=labelled_rows,
            predicted_from=predicted_from,
            predicted_to=predicted_to,
        ),
        by=by,
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
