"""Changing how a model's trust is reckoned: what is answered, recorded once, and refused."""

from typing import Any
from uuid import uuid4

import pytest

from cdt.domain.tenancy.roles import Role
from tests.api import Api, Someone, global_id, newest
from tests.graphql.operations import FAILURE, a_model, act

CHANGE = f"""
mutation ($input: ChangeTrustPolicyInput!) {{
  changeTrustPolicy(input: $input) {{
    ... on ChangeTrustPolicyPayload {{
      position lagging
      policy {{ version threshold minimumCoverage weights {{ kind weight }} reason changedBy {{ id }} }}
    }}
    {FAILURE}
  }}
}}"""
POLICY = """
query ($model: ID!, $asOf: AsOf) {
  model(id: $model, asOf: $asOf) { trustPolicy { version threshold minimumCoverage weights { kind weight } } }
}"""
THIRD = 1 / 3


@pytest.fixture
async def model(api: Api) -> str:
    return (await a_model(api))["id"]


async def policy_of(api: Api, model: str, *, as_of: str | None = None) -> dict[str, Any]:
    """The model's policy, its weights by component."""
    answer = await api.ask(POLICY, {"model": model, "asOf": as_of}, by=api.owner)
    policy = answer["model"]["trustPolicy"]
    return policy | {"weights": {each["kind"]: each["weight"] for each in policy["weights"]}}


async def test_what_is_given_changes_and_the_rest_stays(api: Api, model: str) -> None:
    answer = await act(
        api, CHANGE, by=api.owner, modelId=model, reason=" fairness first ", threshold=0.8,
        weights=[{"kind": "FAIRNESS", "weight": 2}],
    )  # fmt: skip

    assert answer["lagging"] is False
    assert answer["policy"] | {"changedBy": None} == {
        "version": 2, "threshold": 0.8, "minimumCoverage": 0.5, "reason": "fairness first", "changedBy": None,
        "weights": [
            {"kind": "STABILITY", "weight": THIRD}, {"kind": "FAIRNESS", "weight": 2.0},
            {"kind": "PERFORMANCE", "weight": THIRD},
            {"kind": "QUALITY", "weight": 0},
        ],
    }  # fmt: skip
    assert api.owner.user_id is not None
    assert answer["policy"]["changedBy"] == {"id": global_id("User", api.owner.user_id)}


async def test_the_former_policy_is_what_the_past_answers(api: Api, model: str) -> None:
    first = await act(api, CHANGE, by=api.owner, modelId=model, reason="stricter", threshold=0.9)
    await act(api, CHANGE, by=api.owner, modelId=model, reason="milder", minimumCoverage=0.25)

    then = await policy_of(api, model, as_of=first["position"])
    now = await policy_of(api, model)

    assert (then["version"], then["threshold"], then["minimumCoverage"]) == (2, 0.9, 0.5)
    assert (now["version"], now["threshold"], now["minimumCoverage"]) == (3, 0.9, 0.25)


async def test_the_same_command_twice_is_one_change(api: Api, model: str) -> None:
    fields = {"modelId": model, "reason": "stricter", "threshold": 0.9, "commandId": str(uuid4())}
    first = await act(api, CHANGE, by=api.owner, **fields)
    again = await act(api, CHANGE, by=api.owner, **fields)

    assert again == first
    assert again["policy"]["version"] == 2
    assert str(await newest(api)) == first["position"]


async def test_a_policy_that_is_so_already_is_no_change(api: Api, model: str) -> None:
    await act(api, CHANGE, by=api.owner, modelId=model, reason="stricter", threshold=0.9)
    answer = await act(api, CHANGE, by=api.owner, modelId=model, reason="stricter", threshold=0.9)

    assert answer["position"] is None
    assert answer["policy"]["version"] == 2


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"threshold": -0.01}, ["threshold"], "threshold: it lies in [0, 1]"),
        ({"threshold": 1.01}, ["threshold"], "threshold: it lies in [0, 1]"),
        ({"minimumCoverage": 0}, ["minimumCoverage"], "minimumCoverage: it lies in (0, 1]"),
        (
            {"weights": [{"kind": kind, "weight": 0} for kind in ("STABILITY", "FAIRNESS", "PERFORMANCE", "QUALITY")]},
            ["weights"], "weights: at least one weight is above 0",
        ),
        ({"weights": [{"kind": "FAIRNESS", "weight": -1}]}, ["weights"], "weights: a weight lies between 0 and 1,000"),
        (
            {"weights": [{"kind": "FAIRNESS", "weight": 1}, {"kind": "FAIRNESS", "weight": 2}]},
            ["weights"], "weights: name each component once",
        ),
        ({"reason": " "}, ["reason"], "reason: say why; the record needs it"),
        ({"reason": "a\x00b"}, ["reason"], "reason: write no NUL characters"),
        ({"reason": "x" * 4_001}, ["reason"], "reason: write at most 4000 characters"),
        ({"commandId": "x"}, ["commandId"], "commandId: give a UUID, or leave it out"),
    ],
)  # fmt: skip
async def test_what_can_not_be_reckoned_with_is_refused_by_its_field(
    api: Api, model: str, fields: dict[str, Any], path: list[str], message: str
) -> None:
    answer = await act(api, CHANGE, by=api.owner, **{"modelId": model, "reason": "why", "threshold": 0.9, **fields})

    assert answer == {"__typename": "InvalidError", "code": "INVALID", "message": message, "path": path}
    assert (await policy_of(api, model))["version"] == 1


@pytest.mark.parametrize(
    "change", ["threshold: 1e999", "minimumCoverage: 1e999", "weights: [{ kind: FAIRNESS, weight: 1e999 }]"]
)
async def test_a_number_beyond_all_floats_is_refused(api: Api, model: str, change: str) -> None:
    document = CHANGE.replace("($input: ChangeTrustPolicyInput!)", "($model: ID!)").replace(
        "input: $input", f'input: {{ modelId: $model, reason: "why", {change} }}'
    )

    answer = await api.ask(document, {"model": model}, by=api.owner)

    assert answer["changeTrustPolicy"]["__typename"] == "InvalidError"


async def test_somebody_elses_model_is_answered_as_one_that_is_not_there(api: Api, model: str) -> None:
    unknown = {
        "__typename": "NotFoundError", "code": "NOT_FOUND", "path": None,
        "message": "There is no such model, or you may not see it.",
    }  # fmt: skip
    fields = {"reason": "mine", "threshold": 0.1}

    for by, named in (
        (api.stranger, model), (api.owner, global_id("Model", uuid4())), (api.owner, global_id("Version", uuid4())),
    ):  # fmt: skip
        assert await act(api, CHANGE, by=by, modelId=named, **fields) == unknown
    assert (await policy_of(api, model))["threshold"] == 0.7


async def test_who_only_reads_may_not_change_it(api: Api, model: str) -> None:
    viewer, key = await api.make_member(Role.VIEWER), await api.make_key()
    refusals: list[tuple[Someone | None, str]] = [
        (viewer, "ForbiddenError"), (key, "ForbiddenError"), (None, "UnauthenticatedError"),
    ]  # fmt: skip

    for by, kind in refusals:
        answer = await act(api, CHANGE, by=by, modelId=model, reason="mine", threshold=0.1)
        assert answer["__typename"] == kind
    assert (await policy_of(api, model))["version"] == 1
