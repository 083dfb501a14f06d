"""What becomes of rows that do not fit is a model's setting: asked, changed with a reason, and heeded at once."""

from typing import Any

import pytest

from cdt.domain.tenancy.roles import Role
from tests.api import Api
from tests.graphql.operations import FAILURE, a_model, a_version, act
from tests.graphql.test_ingest import INGEST, a_row

CHANGE = f"""
mutation ($input: ChangeIntakePolicyInput!) {{
  changeIntakePolicy(input: $input) {{
    ... on ChangeIntakePolicyPayload {{ position lagging model {{ intakePolicy }} }}
    {FAILURE}
  }}
}}"""
OF_MODEL = "query ($id: ID!, $asOf: AsOf) { model(id: $id, asOf: $asOf) { intakePolicy } }"
WRONG = a_row(1, features={"age": "old", "sex": "1"})


async def change(api: Api, model: dict[str, Any], policy: str, **fields: Any) -> dict[str, Any]:
    return await act(
        api, CHANGE, **{"by": api.owner, "modelId": model["id"], "policy": policy, "reason": "as agreed", **fields}
    )


async def policy_of(api: Api, model: dict[str, Any], as_of: str | None = None) -> str:
    return (await api.ask(OF_MODEL, {"id": model["id"], "asOf": as_of}, by=api.owner))["model"]["intakePolicy"]


async def test_a_policy_holds_from_the_next_row_on_and_what_held_before_can_be_asked(api: Api) -> None:
    model = await a_model(api)
    version = (await a_version(api, model["id"]))["id"]
    rejected = await act(api, INGEST, by=api.owner, versionId=version, rows=[WRONG, a_row(2)])
    changed = await change(api, model, "KEEP_MARKED")
    marked = await act(api, INGEST, by=api.owner, versionId=version, rows=[WRONG, a_row(3)])
    await change(api, model, "REJECT_BATCH")
    whole = await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(4), a_row(5, score=2)])

    assert changed["model"] == {"intakePolicy": "KEEP_MARKED"}
    assert [(each["accepted"], each["rejectedCount"]) for each in (rejected, marked, whole)] == [(1, 1), (2, 0), (0, 2)]
    assert await policy_of(api, model, str(int(changed["position"]) - 1)) == "REJECT_ROW"
    assert await policy_of(api, model, changed["position"]) == "KEEP_MARKED"
    assert await policy_of(api, model) == "REJECT_BATCH"


async def test_the_same_policy_again_is_no_change(api: Api) -> None:
    answer = await change(api, await a_model(api), "REJECT_ROW")

    assert (answer["position"], answer["model"]) == (None, {"intakePolicy": "REJECT_ROW"})


async def test_a_change_of_policy_needs_a_reason(api: Api) -> None:
    answer = await change(api, await a_model(api), "KEEP_MARKED", reason=" ")

    assert (answer["__typename"], answer["path"]) == ("InvalidError", ["reason"])


@pytest.mark.parametrize(("role", "answer"), [(Role.VIEWER, "ForbiddenError"), (None, "NotFoundError")])
async def test_whoever_may_not_set_policies_is_refused(api: Api, role: Role | None, answer: str) -> None:
    by = api.stranger if role is None else await api.make_member(role)

    assert (await change(api, await a_model(api), "KEEP_MARKED", by=by))["__typename"] == answer


async def test_a_change_of_policy_stands_in_the_audit_trail(api: Api) -> None:
    model = await a_model(api)
    await change(api, model, "KEEP_MARKED")
    document = """query ($filter: AuditFilter) {
      auditLog(first: 1, filter: $filter) { nodes { action subjectId changes { field old new } } }
    }"""
    found = await api.ask(document, {"filter": {"action": "registry.IntakePolicyChanged"}}, by=api.owner)

    (entry,) = found["auditLog"]["nodes"]
    assert {"field": "policy", "old": '"reject_row"', "new": '"keep_marked"'} in entry["changes"]
