"""The trust policy that a project's new models begin with."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from cdt.domain.tenancy.roles import Role
from tests.api import Api, Someone
from tests.graphql.operations import FAILURE, REGISTER, a_model, act
from tests.graphql.tenancy_operations import a_project, done, in_project

POLICY = "version threshold minimumCoverage weights { kind weight } reason changedBy { id }"
CHANGE = f"""
mutation ($input: ChangeDefaultTrustPolicyInput!) {{
  changeDefaultTrustPolicy(input: $input) {{
    ... on ChangeDefaultTrustPolicyPayload {{ position lagging policy {{ {POLICY} }} }}
    {FAILURE}
  }}
}}"""
OF_PROJECT = f"""query ($id: ID!, $asOf: AsOf) {{
  project(id: $id, asOf: $asOf) {{ defaultTrustPolicy {{ {POLICY} }} }}
}}"""
OF_MODEL = f"query ($id: ID!) {{ model(id: $id) {{ trustPolicy {{ {POLICY} }} marks {{ text }} }} }}"
CDTS = {"version": 1, "threshold": 0.7, "minimumCoverage": 0.5, "reason": None, "changedBy": None}


@pytest.fixture
async def project(api: Api) -> Someone:
    return await a_project(api)


async def change(api: Api, project: Someone, reason: str = "the board wants it", **wanted: Any) -> dict[str, Any]:
    return await act(api, CHANGE, by=project, projectId=project.project, reason=reason, **wanted)


async def default_of(api: Api, project: Someone, as_of: str | None = None) -> dict[str, Any]:
    answer = await api.ask(OF_PROJECT, {"id": project.project, "asOf": as_of}, by=project)
    return answer["project"]["defaultTrustPolicy"]


async def of_model(api: Api, model: dict[str, Any]) -> dict[str, Any]:
    return (await api.ask(OF_MODEL, {"id": model["id"]}, by=api.owner))["model"]


async def test_models_begin_with_what_their_project_has_when_they_are_registered(api: Api, project: Someone) -> None:
    before = await a_model(api, by=project)
    changed = await change(api, project, threshold=0.9, weights=[{"kind": "FAIRNESS", "weight": 3}])
    after = await a_model(api, by=project)
    await change(api, project, threshold=0.95)
    elsewhere = await a_model(api)

    assert changed["policy"]["threshold"] == 0.9
    for model in (before, elsewhere):
        found = await of_model(api, model)
        assert (found["trustPolicy"]["version"], found["trustPolicy"]["threshold"], found["marks"]) == (1, 0.7, [])
    begun = await of_model(api, after)
    assert begun["trustPolicy"] == {
        **changed["policy"], "version": 1, "reason": "The project's default for new models.",
    }  # fmt: skip
    assert [each["text"] for each in begun["marks"]] == ["Trust policy changed: The project's default for new models."]


async def test_what_is_left_out_stays_and_the_past_answers_what_was(api: Api, project: Someone) -> None:
    first = await change(api, project, threshold=0.9, reason="stricter")
    second = await change(api, project, minimumCoverage=0.6, reason="more evidence")
    again = await change(api, project, minimumCoverage=0.6, reason="more evidence")

    assert (second["policy"]["version"], second["policy"]["threshold"]) == (3, 0.9)
    assert (again["position"], again["policy"]) == (None, second["policy"])
    assert await default_of(api, project) == second["policy"]
    assert await default_of(api, project, first["position"]) == first["policy"]
    as_it_was = await default_of(api, project, str(int(first["position"]) - 1))
    assert {name: as_it_was[name] for name in CDTS} == CDTS


async def test_two_who_change_a_weight_each_at_once_keep_both(api: Api, project: Someone) -> None:
    stability, fairness = await asyncio.gather(
        change(api, project, weights=[{"kind": "STABILITY", "weight": 5}]),
        change(api, project, weights=[{"kind": "FAIRNESS", "weight": 3}]),
    )

    assert (stability.get("code"), fairness.get("code")) == (None, None)
    present = await default_of(api, project)
    assert {each["kind"]: each["weight"] for each in present["weights"]} == {
        "STABILITY": 5, "FAIRNESS": 3, "PERFORMANCE": 1 / 3, "QUALITY": 0,
    }  # fmt: skip


async def test_registering_again_by_the_same_command_changes_nothing(api: Api, project: Someone) -> None:
    await change(api, project, threshold=0.9)
    asked = {"projectId": project.project, "name": f"model {uuid4()}", "commandId": str(uuid4())}
    first = await act(api, REGISTER, by=project, **asked)
    await change(api, project, threshold=0.8)

    again = await act(api, REGISTER, by=project, **asked)
    taken = await act(api, REGISTER, by=project, **{**asked, "commandId": str(uuid4())})

    assert again == first
    assert (await of_model(api, first["model"]))["trustPolicy"]["threshold"] == 0.9
    assert taken["code"] == "CONFLICT"


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"threshold": 1.5}, "threshold"),
        ({"minimumCoverage": 0.0}, "minimumCoverage"),
        ({"weights": [{"kind": "FAIRNESS", "weight": -1}]}, "weights"),
        ({"weights": [{"kind": "FAIRNESS", "weight": 1}] * 2}, "weights"),
        ({"threshold": 0.9, "reason": " "}, "reason"),
    ],
)
async def test_what_can_not_be_reckoned_with_is_refused_by_its_field(
    api: Api, project: Someone, wanted: dict[str, Any], path: str
) -> None:
    answer = await change(api, project, **wanted)

    assert (answer["code"], answer["path"]) == ("INVALID", [path])
    assert (await default_of(api, project))["version"] == 1


async def test_it_is_for_those_who_manage_projects(api: Api, project: Someone) -> None:
    for role, code in ((Role.ADMIN, None), (Role.MEMBER, "FORBIDDEN"), (Role.AUDITOR, "FORBIDDEN")):
        someone = in_project(await api.make_member(role), project)
        answer = await change(api, someone, threshold=0.8)
        assert answer.get("code") == code
    assert (await change(api, in_project(api.stranger, project), threshold=0.6))["code"] == "NOT_FOUND"


async def test_an_archived_projects_stays_as_it_is_until_it_is_restored(api: Api, project: Someone) -> None:
    await done(api, "archiveProject", projectId=project.project)

    refused = await change(api, project, threshold=0.9)

    assert refused["code"] == "CONFLICT"
    assert (await default_of(api, project))["version"] == 1
    await done(api, "restoreProject", projectId=project.project)
    assert (await change(api, project, threshold=0.9))["policy"]["threshold"] == 0.9
