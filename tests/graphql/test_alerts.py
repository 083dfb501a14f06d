"""Rules, and what people say of alerts: what each mutation answers, records once, and refuses."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from strawberry.relay import GlobalID

from cdt.domain.tenancy.roles import Role
from tests.api import Api, global_id, newest
from tests.graphql.operations import FAILURE, a_model, act
from tests.graphql.tenancy_operations import a_project
from tests.graphql.test_documents import an_alert

RULE = "id name subject operator threshold inARow isEnabled addedBy { id }"
ALERT = "id state note timesRaised acknowledgedBy { id } resolvedBy { id } acknowledgedAt resolvedAt"
ADD_RULE = f"""
mutation ($input: AddAlertRuleInput!) {{
  addAlertRule(input: $input) {{ ... on AddAlertRulePayload {{ position lagging rule {{ {RULE} }} }} {FAILURE} }}
}}"""
SWITCH_RULE = f"""
mutation ($input: SwitchAlertRuleInput!) {{
  switchAlertRule(input: $input) {{ ... on SwitchAlertRulePayload {{ position lagging rule {{ {RULE} }} }} {FAILURE} }}
}}"""
TAKEN = "The alert is already acknowledged, and keeps the note that was given then."
ACKNOWLEDGE = f"""
mutation ($input: AlertNoteInput!) {{
  acknowledgeAlert(input: $input) {{
    ... on AcknowledgeAlertPayload {{ position lagging alert {{ {ALERT} }} }}
    {FAILURE}
  }}
}}"""
RESOLVE = f"""
mutation ($input: AlertNoteInput!) {{
  resolveAlert(input: $input) {{ ... on ResolveAlertPayload {{ position lagging alert {{ {ALERT} }} }} {FAILURE} }}
}}"""
OF = "query ($filter: AlertFilter!) { alerts(first: 200, filter: $filter) { totalCount nodes { id } } }"
RULES = "query ($model: ID!) { alertRules(modelId: $model) { id isEnabled } }"
TERMS = {"name": "Trust is low", "subject": "trust", "operator": "BELOW", "threshold": 0.7}
NO_MODEL = {
    "__typename": "NotFoundError", "code": "NOT_FOUND", "path": None,
    "message": "There is no such model, or you may not see it.",
}  # fmt: skip
NO_RULE = NO_MODEL | {"message": "There is no such alert rule, or you may not see it."}
NO_ALERT = NO_MODEL | {"message": "There is no such alert, or you may not see it."}
MEASURED = (
    'subject: write "trust", a measure, a measure, a colon and a feature or attribute, or a measure, @ and a slice'
)


@pytest.fixture
async def model(api: Api) -> str:
    return (await a_model(api))["id"]


@pytest.fixture
async def alert(api: Api, model: str) -> str:
    """One that rings."""
    return await an_alert(api, UUID(GlobalID.from_id(model).node_id))


def owner_of(api: Api) -> dict[str, str]:
    assert api.owner.user_id is not None
    return {"id": global_id("User", api.owner.user_id)}


async def test_a_rule_is_answered_as_it_was_added(api: Api, model: str) -> None:
    answer = await act(
        api, ADD_RULE, by=api.owner, modelId=model, name=" Ages ", subject="population_stability_index:age",
        operator="ABOVE", threshold=0.2, inARow=3,
    )  # fmt: skip

    rule = answer["rule"]
    assert (answer["lagging"], answer["position"]) == (False, str(await newest(api)))
    assert rule | {"id": None} == {
        "id": None, "name": "Ages", "subject": "population_stability_index:age", "operator": "ABOVE", "threshold": 0.2,
        "inARow": 3, "isEnabled": True, "addedBy": owner_of(api),
    }  # fmt: skip
    assert (await api.ask(RULES, {"model": model}, by=api.owner))["alertRules"] == [
        {"id": rule["id"], "isEnabled": True}
    ]


async def test_a_models_alerts_are_its_own_whatever_model_the_filter_names(api: Api, model: str, alert: str) -> None:
    query = """query ($of: ID!, $wanted: ID!) {
      model(id: $of) { alerts(filter: { modelId: $wanted }) { totalCount nodes { id } } }
    }"""
    other = (await a_model(api))["id"]

    async def listed(of: str, wanted: str) -> dict[str, Any]:
        return (await api.ask(query, {"of": of, "wanted": wanted}, by=api.owner))["model"]["alerts"]

    assert await listed(model, model) == {"totalCount": 1, "nodes": [{"id": alert}]}
    for of, wanted in ((other, model), (model, other), (model, "nonsense"), (other, other)):
        assert await listed(of, wanted) == {"totalCount": 0, "nodes": []}


async def test_the_same_command_twice_is_one_rule(api: Api, model: str) -> None:
    fields = {"modelId": model, **TERMS, "commandId": str(uuid4())}
    first = await act(api, ADD_RULE, by=api.owner, **fields)
    again = await act(api, ADD_RULE, by=api.owner, **fields)

    assert again == first
    assert str(await newest(api)) == first["position"]
    assert len((await api.ask(RULES, {"model": model}, by=api.owner))["alertRules"]) == 1


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"name": " "}, "name", "name: write at least one character"),
        ({"name": "x" * 201}, "name", "name: write at most 200 characters"),
        ({"name": "a\x00b"}, "name", "name: write printable characters only"),
        ({"subject": ""}, "subject", "subject: write at least one character"),
        ({"subject": "accuracy:\x00"}, "subject", "subject: write printable characters only"),
        ({"subject": "accuracy:" + "x" * 192}, "subject", "subject: write at most 200 characters"),
        ({"subject": "happiness"}, "subject", MEASURED),
        ({"subject": "accuracy:"}, "subject", MEASURED),
        ({"inARow": 0}, "inARow", "inARow: between 1 and 100 results"),
        ({"inARow": 101}, "inARow", "inARow: between 1 and 100 results"),
        ({"commandId": "x"}, "commandId", "commandId: give a UUID, or leave it out"),
    ],
)
async def test_what_could_never_ring_is_refused_by_its_field(
    api: Api, model: str, change: dict[str, Any], path: str, message: str
) -> None:
    answer = await act(api, ADD_RULE, by=api.owner, **{"modelId": model, **TERMS, **change})

    assert answer == {"__typename": "InvalidError", "code": "INVALID", "message": message, "path": [path]}
    assert (await api.ask(RULES, {"model": model}, by=api.owner))["alertRules"] == []


@pytest.mark.parametrize("threshold", ["1e999", "-1e999"])
async def test_a_threshold_is_finite(api: Api, model: str, threshold: str) -> None:
    document = f"""mutation ($model: ID!) {{
      addAlertRule(
        input: {{ modelId: $model, name: "x", subject: "trust", operator: ABOVE, threshold: {threshold} }}
      ) {{ {FAILURE} }}
    }}"""

    answer = await api.ask(document, {"model": model}, by=api.owner)

    assert answer["addAlertRule"]["message"] == "threshold: it is a finite number"


async def test_a_rule_is_switched_off_and_on_and_each_counts_once(api: Api, model: str) -> None:
    rule = (await act(api, ADD_RULE, by=api.owner, modelId=model, **TERMS))["rule"]["id"]
    fields = {"ruleId": rule, "isEnabled": False, "commandId": str(uuid4())}
    off = await act(api, SWITCH_RULE, by=api.owner, **fields)
    off_again = await act(api, SWITCH_RULE, by=api.owner, **fields)
    still_off = await act(api, SWITCH_RULE, by=api.owner, ruleId=rule, isEnabled=False)
    on = await act(api, SWITCH_RULE, by=api.owner, ruleId=rule, isEnabled=True)

    assert off == off_again
    assert off["rule"]["isEnabled"] is False
    assert (still_off["position"], still_off["rule"]["isEnabled"]) == (None, False)
    assert on["rule"]["isEnabled"] is True
    assert int(on["position"]) == int(off["position"]) + 1


async def test_an_alert_is_acknowledged_once(api: Api, alert: str) -> None:
    fields = {"alertId": alert, "note": " looking ", "commandId": str(uuid4())}
    first = await act(api, ACKNOWLEDGE, by=api.owner, **fields)
    again = await act(api, ACKNOWLEDGE, by=api.owner, **fields)
    same = await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note="looking")
    other = await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note="not mine")

    assert again == first
    assert first["position"] == str(await newest(api))
    assert same["position"] is None
    assert first["alert"] | {"acknowledgedAt": None} == {
        "id": alert, "state": "ACKNOWLEDGED", "note": "looking", "timesRaised": 1, "acknowledgedBy": owner_of(api),
        "resolvedBy": None, "acknowledgedAt": None, "resolvedAt": None,
    }  # fmt: skip
    assert first["alert"]["acknowledgedAt"] is not None
    assert (other["__typename"], other["message"]) == (
        "ConflictError", TAKEN,
    )  # fmt: skip


async def test_of_those_who_acknowledge_an_alert_at_once_one_does_and_nobody_is_told_an_untruth(
    api: Api, alert: str
) -> None:
    answers = await asyncio.gather(
        *(act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note="looking") for _ in range(3))
    )

    assert len([each for each in answers if each.get("position")]) == 1
    assert {each.get("message", TAKEN) for each in answers} == {TAKEN}
    assert {each["alert"]["note"] for each in answers if "alert" in each} == {"looking"}


async def test_an_alert_is_resolved_once_and_then_acknowledged_no_more(api: Api, alert: str) -> None:
    await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note="looking")
    fields = {"alertId": alert, "note": "retrained", "commandId": str(uuid4())}
    first = await act(api, RESOLVE, by=api.owner, **fields)
    again = await act(api, RESOLVE, by=api.owner, **fields)

    assert again == first
    assert first["position"] == str(await newest(api))
    assert (first["alert"]["state"], first["alert"]["note"]) == ("RESOLVED", "retrained")
    assert first["alert"]["resolvedBy"] == owner_of(api)
    for document, note in ((RESOLVE, "otherwise"), (ACKNOWLEDGE, "retrained")):
        answer = await act(api, document, by=api.owner, alertId=alert, note=note)
        assert (answer["__typename"], answer["message"]) == (
            "ConflictError",
            "The alert is already resolved; it opens again by itself when the value is on the wrong side once more.",
        )


@pytest.mark.parametrize(
    ("note", "message"),
    [("a\x00b", "note: write no NUL characters"), ("x" * 4_001, "note: write at most 4000 characters")],
)
async def test_a_note_can_be_kept(api: Api, alert: str, note: str, message: str) -> None:
    for document in (ACKNOWLEDGE, RESOLVE):
        answer = await act(api, document, by=api.owner, alertId=alert, note=note)
        assert answer == {"__typename": "InvalidError", "code": "INVALID", "message": message, "path": ["note"]}


async def test_somebody_elses_is_answered_as_what_is_not_there(api: Api, model: str, alert: str) -> None:
    rule = (await act(api, ADD_RULE, by=api.owner, modelId=model, **TERMS))["rule"]["id"]
    switched = {"isEnabled": False}
    for document, named, fields, unknown in (
        (ADD_RULE, {"modelId": model}, TERMS, NO_MODEL),
        (SWITCH_RULE, {"ruleId": rule}, switched, NO_RULE),
        (ACKNOWLEDGE, {"alertId": alert}, {}, NO_ALERT),
        (RESOLVE, {"alertId": alert}, {}, NO_ALERT),
    ):
        ((name, text),) = named.items()
        kind = GlobalID.from_id(text).type_name
        assert await act(api, document, by=api.stranger, **named, **fields) == unknown
        assert await act(api, document, by=api.owner, **{name: global_id(kind, uuid4())}, **fields) == unknown
        foreign = await act(api, document, by=api.owner, **{name: global_id("Version", uuid4())}, **fields)
        assert foreign["__typename"] == "NotFoundError"


async def test_who_only_reads_changes_nothing(api: Api, model: str, alert: str) -> None:
    rule = (await act(api, ADD_RULE, by=api.owner, modelId=model, **TERMS))["rule"]["id"]
    before, viewer, key = await newest(api), await api.make_member(Role.VIEWER), await api.make_key()
    for document, fields in (
        (ADD_RULE, {"modelId": model, **TERMS}),
        (SWITCH_RULE, {"ruleId": rule, "isEnabled": False}),
        (ACKNOWLEDGE, {"alertId": alert}),
        (RESOLVE, {"alertId": alert}),
    ):
        for by, kind in ((viewer, "ForbiddenError"), (key, "ForbiddenError"), (None, "UnauthenticatedError")):
            assert (await act(api, document, by=by, **fields))["__typename"] == kind
    assert await newest(api) == before + 2  # the viewer and the key themselves


async def test_alerts_are_listed_by_project_and_everything_that_is_asked_for_must_hold(api: Api, alert: str) -> None:
    elsewhere = await a_project(api)
    model = (await a_model(api, by=elsewhere))["id"]
    other = await an_alert(api, UUID(GlobalID.from_id(model).node_id), of=elsewhere)

    async def listed(**wanted: Any) -> list[str]:
        page = (await api.ask(OF, {"filter": wanted}, by=api.owner))["alerts"]
        assert page["totalCount"] == len(page["nodes"])
        return [each["id"] for each in page["nodes"]]

    assert await listed(projectId=elsewhere.project) == [other]
    assert await listed(projectId=elsewhere.project, states=["RESOLVED"]) == []
    assert await listed(projectId=elsewhere.project, modelId=model) == [other]
    of_ours = await listed(projectId=api.owner.project)
    assert alert in of_ours
    assert other not in of_ours
    assert {alert, other} <= set(await listed())
    assert await listed(projectId=api.owner.project, modelId=model) == []
    assert await listed(projectId=api.stranger.project) == []
    assert await listed(projectId=model) == []
