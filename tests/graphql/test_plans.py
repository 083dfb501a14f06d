"""Changing a version's plan: what is answered, recorded once, and refused."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from strawberry.relay import GlobalID

from cdt.commands import evaluations as commands
from cdt.domain.evaluations.proposing import Reason
from cdt.domain.tenancy.roles import Role
from cdt.graphql import limits
from tests.api import Api, a_system_command, newest
from tests.graphql import test_backfilling as by_the_hour
from tests.graphql.operations import FAILURE, a_model, a_version, act
from tests.graphql.test_evaluations import SET_BASELINE, WINDOW, a_sent_version, watched

__all__ = ["watched"]  # the version with a plan

CHANGE = f"""
mutation ($input: ChangePlanInput!) {{
  changePlan(input: $input) {{
    ... on ChangePlanPayload {{
      position lagging
      plan {{ psiLimit minimumRows features measures schedule triggers leastLabelShare reason changedBy {{ id }} }}
    }}
    {FAILURE}
  }}
}}"""
PLAN = """
query ($version: ID!, $asOf: AsOf) { version(id: $version, asOf: $asOf) { plan { psiLimit features schedule } } }"""


async def plan_of(api: Api, version: str, *, as_of: str | None = None) -> dict[str, Any]:
    return (await api.ask(PLAN, {"version": version, "asOf": as_of}, by=api.owner))["version"]["plan"]


async def test_what_is_given_changes_and_the_rest_stays(api: Api, watched: str) -> None:
    before = str(await newest(api))

    answer = await act(
        api, CHANGE, by=api.owner, versionId=watched, reason=" the audit asks for it ", psiLimit=0.2, features=["age"],
        schedule="0 6 * * 1", triggers=["LABELS"], leastLabelShare=0.5,
    )  # fmt: skip

    assert answer["plan"].pop("changedBy") is not None
    assert answer["plan"] == {
        "psiLimit": 0.2, "minimumRows": 200, "features": ["age"], "schedule": "0 6 * * 1",
        "measures": ["estimated_accuracy", "estimated_roc_auc", "drift_score"],
        "triggers": ["LABELS"], "leastLabelShare": 0.5, "reason": "the audit asks for it",
    }  # fmt: skip
    assert await plan_of(api, watched, as_of=before) == {"psiLimit": 0.15, "features": None, "schedule": None}


MORE = f"""
mutation ($input: ChangePlanInput!) {{
  changePlan(input: $input) {{
    ... on ChangePlanPayload {{ plan {{ measures outputs bands {{ measure low high }} }} }}
    {FAILURE}
  }}
}}"""


async def test_a_plan_names_further_measures_outputs_and_bands(api: Api, watched: str) -> None:
    own = {"measure": "hellinger_distance", "low": 0.1, "medium": 0.2, "high": 0.3, "critical": 0.4}

    answer = await act(
        api, MORE, by=api.owner, versionId=watched, reason="more", measures=["hellinger_distance", "chi_square"],
        outputs=["DECISION", "SCORE"], bands=[own],
    )  # fmt: skip

    plan = answer["plan"]
    assert (plan["measures"], plan["outputs"]) == (["hellinger_distance", "chi_square"], ["DECISION", "SCORE"])
    high_by_measure = {bands["measure"]: bands["high"] for bands in plan["bands"]}
    assert (high_by_measure["hellinger_distance"], high_by_measure["population_stability_index"]) == (0.3, 0.15)
    refused = await act(api, MORE, by=api.owner, versionId=watched, reason="no", bands=[own | {"low": 0.25}])
    assert refused["code"] == "INVALID"


async def test_null_takes_away_what_need_not_be_there(api: Api, watched: str) -> None:
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="a try", features=["age"], schedule="0 6 * * 1")

    answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="enough", features=None, psiLimit=None)
    assert (answer["plan"]["features"], answer["plan"]["schedule"]) == (None, "0 6 * * 1")
    answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="enough", schedule=None)
    assert answer["plan"]["schedule"] is None


async def test_a_change_is_recorded_once_for_one_command(api: Api, watched: str) -> None:
    fields = {"versionId": watched, "reason": "twice", "psiLimit": 0.21, "commandId": str(uuid4())}
    first = await act(api, CHANGE, by=api.owner, **fields)
    again = await act(api, CHANGE, by=api.owner, **fields)
    assert first["position"] == again["position"] is not None


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"features": ["height"]}, "features: the version has no feature 'height'"),
        ({"measures": ["luck"]}, "measures: there is no measure 'luck' that an evaluation could take"),
        ({"schedule": "now and then"}, "schedule: write five fields"),
        ({"schedule": "61 * * * *"}, "schedule: it can't be read: Bad minute"),
        ({"psiLimit": 1e9}, "psiLimit: it lies in (0, 1]"),
        ({"features": ["age"] * 2}, "features: name each once"),
        ({"reason": " ", "psiLimit": 0.3}, "reason: say why"),
    ],
)
async def test_a_plan_that_can_not_be_followed_is_refused(
    api: Api, watched: str, wanted: dict[str, Any], message: str
) -> None:
    answer = await act(api, CHANGE, by=api.owner, **({"versionId": watched, "reason": "why not"} | wanted))
    assert (answer["__typename"], answer["code"]) == ("InvalidError", "INVALID")
    assert message in answer["message"]


async def test_a_version_without_a_plan_has_none_to_change(api: Api) -> None:
    version = (await a_version(api, (await a_model(api))["id"]))["id"]
    answer = await act(api, CHANGE, by=api.owner, versionId=version, reason="too early", psiLimit=0.2)
    assert (answer["__typename"], answer["code"]) == ("NotFoundError", "NOT_FOUND")


async def test_who_may_not_write_policy_changes_no_plan(api: Api, watched: str) -> None:
    viewer = await api.make_member(Role.VIEWER)
    answer = await act(api, CHANGE, by=viewer, versionId=watched, reason="I would", psiLimit=0.2)
    assert answer["__typename"] == "ForbiddenError"


WHY = """
query ($version: ID!, $asOf: AsOf) { version(id: $version, asOf: $asOf) { plan { because { field because } } } }"""


async def test_a_plan_says_why_it_is_what_it_is_until_somebody_changes_that(api: Api) -> None:
    model = await a_model(api)
    version = await a_sent_version(api, 40, model=model["id"])
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    because = (Reason("windowSeconds", "so it is"), Reason("psiLimit", "why not"), Reason("features", "all"))
    position = await asyncio.to_thread(
        commands.make_plan, api.log, UUID(GlobalID.from_id(version).node_id), because=because,
        model_id=UUID(GlobalID.from_id(model["id"]).node_id), by=a_system_command(api.owner.tenant),
    )  # fmt: skip
    assert position is not None
    await api.settle(position)

    async def told(as_of: str | None = None) -> list[str]:
        answer = await api.ask(WHY, {"version": version, "asOf": as_of}, by=api.owner)
        return [f"{each['field']}: {each['because']}" for each in answer["version"]["plan"]["because"]]

    assert await told() == ["windowSeconds: so it is", "psiLimit: why not", "features: all"]
    await act(api, CHANGE, by=api.owner, versionId=version, reason="ours", psiLimit=0.2, minimumRows=30)
    assert await told() == ["windowSeconds: so it is", "features: all"]
    assert len(await told(str(position))) == 3
    await act(api, CHANGE, by=api.owner, versionId=version, reason="ours", features=["age"])
    await act(api, "mutation ($input: ChangePlanInput!) { changePlan(input: $input) { __typename } }",
        by=api.owner, versionId=version, reason="ours", windowSeconds=3_600)  # fmt: skip
    assert await told() == []


PROPOSAL = """
query ($id: ID!) {
  version(id: $id) {
    plan {
      windowSeconds
      proposal { windowSeconds minimumRows features outputs leastLabelShare because { field because } }
    }
  }
}"""


async def test_a_plan_says_what_would_suit_its_version_and_why(api: Api) -> None:
    version = await by_the_hour.watched(api, hours=range(6))

    plan = (await api.ask(PROPOSAL, {"id": version}, by=api.owner))["version"]["plan"]

    # sixty rows of one day
    assert plan["windowSeconds"] == 3_600
    assert plan["proposal"] | {"because": None} == {
        "windowSeconds": 7 * 86_400, "minimumRows": 200, "features": None, "outputs": ["DECISION", "SCORE"],
        "leastLabelShare": 0, "because": None,
    }  # fmt: skip
    assert plan["proposal"]["because"][0] == {
        "field": "windowSeconds", "because": "240 rows come in on a day, so that 7 days hold about 1,680",
    }  # fmt: skip


async def test_a_proposal_counts_by_the_columns_of_which_a_profile_is_read(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await by_the_hour.watched(api, hours=range(6))

    monkeypatch.setattr(limits, "MAXIMUM_ROWS", 2 * limits.A_STATEMENT + 20)  # the version has two columns
    assert await api.refused(PROPOSAL, {"id": version}, by=api.owner) == "INVALID"
    monkeypatch.setattr(limits, "MAXIMUM_ROWS", 2 * limits.A_STATEMENT + 30)
    assert await api.ask(PROPOSAL, {"id": version}, by=api.owner)
