"""An id that names nothing is answered in one way, whatever is wrong with it, and tells nobody what others have."""

from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import pytest
from strawberry.relay import GlobalID
from structlog.testing import capture_logs

from tests.api import Api, global_id
from tests.graphql.operations import ADD_VERSION, CREATE_KEY, FAILURE, PROMOTE, SIGNATURE, a_model, a_version, act

AN_ID = UUID(int=1)
NO_IDS = ["", "?", "é", "x", "0", str(AN_ID), "UHJvamVjdA==", "VXNlcjp4", "TW9kZWw6bm90LWEtdXVpZA==",
          b64encode(b"Model:\xff").decode(), b64encode(b"Model").decode(), "TW9kZWw6\n", global_id("Model", "0" * 32),
          global_id("Nothing", AN_ID), "x" * 100_000]  # fmt: skip

FINDING = """query ($id: ID!) {
  model(id: $id) { id } version(id: $id) { id } evaluation(id: $id) { id } alert(id: $id) { id } node(id: $id) { id }
  alertRules(modelId: $id) { id } deliveries(alertId: $id) { totalCount nodes { id } }
  models(filter: { projectId: $id }) { totalCount } alerts(filter: { modelId: $id }) { totalCount }
  ofProject: alerts(filter: { projectId: $id }) { totalCount }
  auditLog(filter: { subjectId: $id }) { nodes { position } }
}"""
NOTHING: dict[str, Any] = {
    "model": None, "version": None, "evaluation": None, "alert": None, "node": None,
    "alertRules": [], "deliveries": {"totalCount": 0, "nodes": []},
    "models": {"totalCount": 0}, "alerts": {"totalCount": 0}, "ofProject": {"totalCount": 0}, "auditLog": {"nodes": []},
}  # fmt: skip
SWITCH = f"""
mutation ($input: SwitchAlertRuleInput!) {{ switchAlertRule(input: $input) {{ {FAILURE} }} }}"""


@pytest.mark.parametrize("text", NO_IDS)
async def test_a_query_finds_nothing_by_what_is_no_id(api: Api, text: str) -> None:
    with capture_logs() as lines:
        found = await api.ask(FINDING, {"id": text}, by=api.owner)

    assert found == NOTHING
    assert lines == []


async def test_a_query_finds_nothing_by_an_unknown_or_anothers_id(api: Api) -> None:
    hidden = (await a_model(api, by=api.stranger))["id"]

    assert await api.ask(FINDING, {"id": hidden}, by=api.owner) == NOTHING
    assert await api.ask(FINDING, {"id": global_id("Model", uuid4())}, by=api.owner) == NOTHING


@pytest.mark.parametrize(
    ("document", "field", "kind", "others"),
    [
        (ADD_VERSION, "modelId", "Model", {"tag": "1", "signature": SIGNATURE}),
        (PROMOTE, "versionId", "Version", {"reason": "r"}),
        (CREATE_KEY, "projectId", "Project", {"name": "n"}),
        (SWITCH, "ruleId", "AlertRule", {"isEnabled": True}),
    ],
)
async def test_a_mutation_says_of_any_such_id_the_same(
    api: Api, document: str, field: str, kind: str, others: dict[str, Any]
) -> None:
    hidden = await a_model(api, by=api.stranger)
    theirs = {
        "Model": hidden["id"], "Version": (await a_version(api, hidden["id"], by=api.stranger))["id"],
        "Project": api.stranger.project, "AlertRule": global_id("AlertRule", uuid4()),
    }  # fmt: skip
    disguised = global_id("Endpoint", GlobalID.from_id(theirs[kind]).node_id)

    told = [
        await act(api, document, by=api.owner, **{field: each}, **others)
        for each in ("", "é", str(uuid4()), global_id(kind, "x"), global_id(kind, uuid4()), disguised, theirs[kind])
    ]

    words = {"AlertRule": "alert rule"}.get(kind, kind.lower())
    assert all(each == told[0] for each in told), told
    assert told[0] == {
        "__typename": "NotFoundError", "code": "NOT_FOUND", "path": None,
        "message": f"There is no such {words}, or you may not see it.",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["x", "", global_id("Version", AN_ID), global_id("Model", AN_ID)])
async def test_a_subscription_says_so_too(api: Api, text: str) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe("subscription ($id: ID!) { trustScore(modelId: $id) { cursor } }", {"id": text})
        answer = await socket.receive()

    (error,) = answer["payload"]["errors"]
    assert error["message"] == "There is no such model, or you may not see it."
    assert error["extensions"] == {"code": "NOT_FOUND"}
