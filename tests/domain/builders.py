"""Named states and values of the domain's contexts."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import Measurement, MeasureResult
from cdt.domain.kernel import Decider, Digest, Event
from cdt.domain.registry.events import ModelRegistered, VersionAdded
from cdt.domain.registry.state import RegisteredModel, registry
from cdt.domain.trust.formula import score
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy
from cdt.domain.trust.score import Score
from tests.builders import A_SIGNATURE, an_id

A_DIGEST = Digest("a" * 64)
ANOTHER_DIGEST = Digest("b" * 64)
A_MODEL, A_VERSION, ANOTHER_VERSION = an_id(1), an_id(11), an_id(12)
SMALL = PlanPolicy(minimum_rows=10)


def state_of(decider: Decider[Any], *events: Event) -> Any:
    """What these facts add up to."""
    state = decider.initial
    for event in events:
        state = decider.evolve(state, event)
    return state


def a_registered_model(*versions: UUID) -> RegisteredModel:
    """A model named churn with these versions, tagged 1, 2 ..."""
    added = [
        VersionAdded(version_id=version, tag=str(number), signature=A_SIGNATURE)
        for number, version in enumerate(versions, 1)
    ]
    return state_of(registry, ModelRegistered(name="churn", description="who leaves"), *added)


def a_measurement(measure: str = "population_stability_index", **changes: Any) -> Measurement:
    """An index of 0.05 (0.03 to 0.08) over 1,000 rows."""
    fields = {"value": 0.05, "low": 0.03, "high": 0.08, "rows": 1_000, "definition": A_DIGEST, **changes}
    return Measurement(measure=measure, **fields)


def a_result(measure: str, value: float | None, *, within: float | None = 0.0, **changes: Any) -> MeasureResult:
    """A result with an interval of `within` to both sides, and enough rows."""
    has_interval = value is not None and within is not None
    fields: dict[str, Any] = {
        "low": value - within if has_interval else None,
        "high": value + within if has_interval else None,
        "rows": 1_000,
        "has_enough_rows": True,
        "verdict": "pass",
        "definition": A_DIGEST,
        "reason": None if value is not None else "no rows",
        **changes,
    }
    return MeasureResult(measure=measure, value=value, **fields)


def an_index(feature: str, value: float | None, **changes: Any) -> MeasureResult:
    """A population stability index."""
    return a_result("population_stability_index", value, subject=feature, **changes)


def a_ratio(attribute: str, value: float | None, **changes: Any) -> MeasureResult:
    """A demographic parity ratio."""
    return a_result("demographic_parity_ratio", value, subject=attribute, **changes)


def an_accuracy(value: float | None, *, baseline: float | None = 0.8, **changes: Any) -> MeasureResult:
    """An accuracy beside the baseline's."""
    return a_result("accuracy", value, baseline=baseline, **changes)


def an_auc(value: float | None, *, baseline: float | None = 0.9, **changes: Any) -> MeasureResult:
    """A ROC AUC beside the baseline's."""
    return a_result("roc_auc", value, baseline=baseline, **changes)


ALL_WELL = (an_index("age", 0.01), an_index("school", 0.02), a_ratio("sex", 0.9), an_accuracy(0.8), an_auc(0.9))


def a_score(*results: MeasureResult, policy: TrustPolicy = DEFAULT_POLICY, previous: Score | None = None) -> Score:
    """The score of these results, by default of a version that does well in all."""
    return score(results or ALL_WELL, policy, previous=previous)


def a_policy(**changes: Any) -> TrustPolicy:
    """The default policy, changed."""
    return replace(DEFAULT_POLICY, **changes)
