"""What the facts about a policy, and about one score, add up to."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.kernel import Decider, Event, derived_id
from cdt.domain.trust.events import DefaultPolicySet, Environment, PolicySet, Scored
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy that was set for a model, or for the new ones of a project, if any was."""

    policy: TrustPolicy | None = None

    @property
    def present(self) -> TrustPolicy:
        """The policy that counts: the one set, or the default."""
        return self.policy or DEFAULT_POLICY


class EvaluationScore(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an evaluation was scored in an environment."""

    is_scored: bool = False


def policy_id_of(model_id: UUID) -> UUID:
    """A model has one policy."""
    return derived_id("trust-policy", model_id)


def default_policy_id_of(project_id: UUID) -> UUID:
    """A project's models begin with one policy."""
    return derived_id("default-trust-policy", project_id)


def score_id_of(evaluation_id: UUID, environment: Environment) -> UUID:
    """An evaluation has one score in an environment."""
    return derived_id("trust-score", evaluation_id, environment)


def evolve_policy(policy: Policy, event: Event) -> Policy:
    """The policy after one more fact."""
    match event:
        case PolicySet(policy=change) | DefaultPolicySet(policy=change):
            return replace(policy, policy=change.new)
        case _:
            return policy


def evolve_score(score: EvaluationScore, event: Event) -> EvaluationScore:
    """The score after one more fact."""
    match event:
        case Scored():
            return replace(score, is_scored=True)
        case _:
            return score


policies = Decider(kind="trust policy", initial=Policy(), evolve=evolve_policy)
default_policies = Decider(kind="default trust policy", initial=Policy(), evolve=evolve_policy)
scores = Decider(kind="trust score", initial=EvaluationScore(), evolve=evolve_score)
