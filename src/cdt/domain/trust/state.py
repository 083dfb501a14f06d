"""What the facts about a model's policy, and about one score, add up to."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.kernel import Decider, Event, derived_id
from cdt.domain.trust.events import Environment, PolicySet, Scored
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy


class ModelPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy that somebody set for a model, if anybody did."""

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


def score_id_of(evaluation_id: UUID, environment: Environment) -> UUID:
    """An evaluation has one score in an environment."""
    return derived_id("trust-score", evaluation_id, environment)


def evolve_policy(policy: ModelPolicy, event: Event) -> ModelPolicy:
    """The policy after one more fact."""
    match event:
        case PolicySet(policy=change):
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


policies = Decider(kind="trust policy", initial=ModelPolicy(), evolve=evolve_policy)
scores = Decider(kind="trust score", initial=EvaluationScore(), evolve=evolve_score)
