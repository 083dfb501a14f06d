"""Trying a trust policy: what the newest recorded score would be by other rules, with nothing recorded of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cdt.commands import evaluations, trust
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.domain.trust.formula import score
from cdt.domain.trust.policy import DEFAULT_POLICY
from tests.api import Api, newest
from tests.domain.builders import A_DIGEST, ALL_WELL, an_index
from tests.graphql.operations import a_model, act, promoted
from tests.graphql.test_evaluations import SET_BASELINE, WINDOW, a_sent_version
from tests.graphql.test_recomputing import its_id, kept, settled

RESULTS = [*ALL_WELL, an_index("drifted", 9.0)]
TRY = """
query ($model: ID!, $policy: PolicyToTryInput!, $asOf: AsOf) {
  model(id: $model, asOf: $asOf) {
    trust { value }
    trustIf(policy: $policy) { value standing sentence recordedAt evaluationId components { kind weight contribution } }
  }
}"""


@pytest.fixture(scope="module")
async def scored(api: Api) -> str:
    """A model with one recorded score, of results of which one feature has drifted."""
    model = (await a_model(api))["id"]
    version = await a_sent_version(api, 40, model=model)
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    await promoted(api, version)
    ids = its_id(model), its_id(version)
    await settled(api, evaluations.make_plan, ids[1], model_id=ids[0])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    await settled(
        api, evaluations.request_evaluation, ids[1], model_id=ids[0], environment="production", cause="window_closed",
        window_start=start, window_end=end, through_sequence=1, specification=A_DIGEST,
    )  # fmt: skip
    evaluation = evaluation_id_of(plan_id_of(ids[1]), "window_closed", start, end, 1, specification=A_DIGEST)
    await settled(
        api, evaluations.complete_evaluation, evaluation, rows=40, labels=40, rows_digest=A_DIGEST, results=(),
        results_digest=await kept(api, *RESULTS), libraries={}, processor="any",
    )  # fmt: skip
    await settled(
        api, trust.record_score, evaluation, model_id=ids[0], version_id=ids[1], environment="production",
        score=score(RESULTS, DEFAULT_POLICY), previous=None, previous_window_end=None, window_end=end,
    )  # fmt: skip
    return model


async def tried(api: Api, model: str, **policy: Any) -> dict[str, Any]:
    return (await api.ask(TRY, {"model": model, "policy": policy}, by=api.owner))["model"]


async def test_the_newest_score_is_told_by_other_rules_and_nothing_is_recorded(api: Api, scored: str) -> None:
    before = await newest(api)

    by_worst = await tried(api, scored, aggregation="WORST", threshold=0.99)

    stability = score(RESULTS, DEFAULT_POLICY).components[0].value
    assert by_worst["trustIf"]["value"] == stability < by_worst["trust"]["value"]
    assert (by_worst["trustIf"]["standing"], by_worst["trustIf"]["recordedAt"]) == ("BELOW_THRESHOLD", None)
    weights = [{"kind": "STABILITY", "weight": 0}, {"kind": "FAIRNESS", "weight": 3}]
    without_drift = (await tried(api, scored, weights=weights))["trustIf"]
    assert without_drift["value"] == pytest.approx(1.0)
    assert without_drift["sentence"].endswith(", because the trust policy changed. Drifted: drifted.")
    assert without_drift["evaluationId"] is not None
    assert await newest(api) == before


async def test_rules_that_are_as_they_are_give_the_recorded_score(api: Api, scored: str) -> None:
    answer = await tried(api, scored)
    assert answer["trustIf"]["value"] == answer["trust"]["value"]


async def test_before_the_first_record_there_is_nothing_to_tell(api: Api) -> None:
    model = (await a_model(api))["id"]
    assert (await tried(api, model, threshold=0.5))["trustIf"] is None


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ({"threshold": 1.5}, "threshold: it lies in [0, 1]"),
        ({"weights": [{"kind": "FAIRNESS", "weight": 1}] * 2}, "weights: name each component once"),
        (
            {"weights": [{"kind": kind, "weight": 0} for kind in ("STABILITY", "FAIRNESS", "PERFORMANCE")]},
            "weights: at least one weight is above 0",
        ),
    ],
)
async def test_rules_that_can_not_be_reckoned_with_are_named(
    api: Api, scored: str, policy: dict[str, Any], problem: str
) -> None:
    answer = (await api.post(TRY, {"model": scored, "policy": policy}, by=api.owner)).json()
    assert [each["message"] for each in answer["errors"]] == [problem]
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"
