"""What people write freely: warned of, sealed under a key of its own, redacted for good."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from strawberry.relay import GlobalID

from cdt.audit import chain
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from tests.api import Api, Someone
from tests.flows import searching
from tests.graphql.operations import ADD_VERSION, FAILURE, PROMOTE, REGISTER, SIGNATURE, a_model, act
from tests.graphql.tenancy_operations import a_project, do, done, organization_of
from tests.graphql.test_alerts import ACKNOWLEDGE, RESOLVE
from tests.graphql.test_documents import an_alert

REDACT = f"""
mutation ($input: RedactTextInput!) {{
  redactText(input: $input) {{ ... on RedactTextPayload {{ position lagging }} {FAILURE} }}
}}"""
POLICY = f"""
mutation ($input: ChangeTrustPolicyInput!) {{
  changeTrustPolicy(input: $input) {{ ... on ChangeTrustPolicyPayload {{ position policy {{ reason }} }} {FAILURE} }}
}}"""
READ = """query ($model: ID!, $project: ID!, $asOf: AsOf) {
  model(id: $model, asOf: $asOf) {
    description production { reason } trustPolicy { reason } marks { text }
  }
  project(id: $project, asOf: $asOf) { description }
}"""
AUDIT = """query ($filter: AuditFilter) {
  auditLog(first: 50, filter: $filter) { nodes { position action hasText mayRedact changes { field old new } } }
}"""
WRITTEN = {
    "description": "Watches what Quaddlewick counts", "project": "Quaddlewick's project",
    "promotion": "Quaddlewick said so", "policy": "Quaddlewick wants it",
}  # fmt: skip


class Written:
    """A model of a project of its own, with a text wherever there can be one."""

    def __init__(self, api: Api, who: Someone) -> None:
        self.api, self.who, self.model = api, who, ""

    async def act(self, document: str, **given: Any) -> dict[str, Any]:
        answer = await act(self.api, document, by=self.who, **given)
        assert "code" not in answer, answer
        return answer

    async def read(self, as_of: str | None = None) -> dict[str, Any]:
        asked = {"model": self.model, "project": self.who.project, "asOf": as_of}
        return await self.api.ask(READ, asked, by=self.who)

    async def entries(self, *, by: Someone | None = None) -> list[dict[str, Any]]:
        asked = {"filter": {"projectId": self.who.project}}
        return (await self.api.ask(AUDIT, asked, by=by or self.who))["auditLog"]["nodes"]

    async def redact(self, action: str) -> dict[str, Any]:
        (entry,) = [each for each in await self.entries() if each["action"] == action and each["hasText"]]
        return await self.act(REDACT, position=entry["position"])

    async def export(self) -> bytes:
        project = {"project": str(self.who.project_id)}
        answer = await self.api.client.get("/v1/audit/export", params=project, headers=self.who.headers)
        return answer.content


@pytest.fixture
async def written(api: Api) -> Written:
    written = Written(api, await a_project(api, description=WRITTEN["project"]))
    project = written.who.project
    made = await written.act(REGISTER, projectId=project, name=f"model {uuid4()}", description=WRITTEN["description"])
    written.model = made["model"]["id"]
    version = await written.act(ADD_VERSION, modelId=written.model, tag="1", signature=SIGNATURE)
    await written.act(PROMOTE, versionId=version["version"]["id"], reason=WRITTEN["promotion"])
    await written.act(POLICY, modelId=written.model, threshold=0.61, reason=WRITTEN["policy"])
    return written


def shown(model: dict[str, Any]) -> list[str]:
    inner = model["model"]
    return [
        inner["description"], model["project"]["description"], inner["production"]["reason"],
        inner["trustPolicy"]["reason"], *(each["text"] for each in inner["marks"]),
    ]  # fmt: skip


async def test_what_people_write_is_read_everywhere_and_in_clear_in_no_table(written: Written) -> None:
    assert shown(await written.read()) == [
        *WRITTEN.values(),
        f"Version 1 promoted to production as champion: {WRITTEN['promotion']}",
        f"Trust policy changed: {WRITTEN['policy']}",
    ]
    entries = {each["action"]: each for each in await written.entries()}
    assert {"field": "reason", "old": None, "new": json.dumps(WRITTEN["promotion"])} in entries["registry.Promoted"][
        "changes"
    ]
    texts = [json.loads(line).get("texts") for line in (await written.export()).splitlines()]
    assert {"new": WRITTEN["policy"]} in texts

    assert searching.Search("Quaddlewick").found_in(searching.tables(written.api.dsn)) == []


async def test_a_redacted_text_is_gone_everywhere_and_in_the_past_too(written: Written) -> None:
    before = (await written.api.ask("{ recordedTime { position } }", by=written.who))["recordedTime"]["position"]
    exported = await written.export()

    for action in ("registry.ModelRegistered", "registry.Promoted", "trust.PolicySet", "tenancy.ProjectDescribed"):
        assert (await written.redact(action))["lagging"] is False

    for as_of in (None, before):
        assert shown(await written.read(as_of)) == [
            *["[redacted]"] * 4,
            "Version 1 promoted to production as champion: [redacted]",
            "Trust policy changed: [redacted]",
        ]
    search = searching.Search("Quaddlewick")
    places = [
        ("trail", json.dumps(await written.entries()).encode()),
        ("export", await written.export()),
        searching.dump(written.api.dsn),
    ]
    assert search.found_in(places) == []
    texts = [json.loads(line).get("texts") for line in (await written.export()).splitlines()]
    assert [each for each in texts if each] == [{"new": "[redacted]"}] * 4
    assert chain.verify(exported.splitlines(keepends=True)).entries == len(texts) - 2 - 4


async def test_redacting_again_changes_nothing_and_who_may_not_is_refused(written: Written) -> None:
    first = await written.redact("registry.Promoted")
    (entry,) = [each for each in await written.entries() if each["action"] == "registry.Promoted"]
    assert entry["mayRedact"]
    again = await written.act(REDACT, position=entry["position"])
    assert (first["position"] is None, again["position"]) == (False, None)

    for who, code in (
        (await written.api.make_member(Role.MEMBER), "FORBIDDEN"),
        (await written.api.make_member(Role.AUDITOR), "FORBIDDEN"),
        (written.api.stranger, "NOT_FOUND"),
    ):
        assert not any(each["mayRedact"] for each in await written.entries(by=who))
        answer = await act(written.api, REDACT, by=who, position=entry["position"])
        assert answer["code"] == code, answer


@pytest.mark.parametrize("position", ["0", "99999999999", "-1", "x", "1" * 40, ""])
async def test_what_is_no_entry_with_a_text_can_not_be_redacted(api: Api, position: str) -> None:
    answer = await act(api, REDACT, by=api.owner, position=position)

    assert answer["code"] in {"NOT_FOUND", "INVALID"}


async def test_a_text_that_looks_personal_is_recorded_only_once_that_is_confirmed(api: Api) -> None:
    ours = organization_of(api.owner)
    text = "Ask ada.l@example.com about it"

    warned = await do(api, "describeOrganization", organizationId=ours, description=text)

    assert (warned["__typename"], warned["code"], warned["path"]) == ("InvalidError", "PERSONAL_DATA", ["description"])
    assert warned["message"] == (
        "description: this looks like an e-mail address; leave it out, or confirm that it is meant"
    )
    meant = await done(api, "describeOrganization", organizationId=ours, description=text, confirmPersonal=True)
    assert meant["organization"]["description"] == text
    same = await done(api, "describeOrganization", organizationId=ours, description=text, confirmPersonal=True)
    assert same["position"] is None


async def test_a_note_on_an_alert_is_warned_of_sealed_and_redacted_as_any_text(api: Api) -> None:
    model = (await a_model(api))["id"]
    alert = await an_alert(api, UUID(GlobalID.from_id(model).node_id))
    note = f"Ask quibblethorp.{uuid4().hex}@example.com"

    warned = await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note=note)
    assert (warned["code"], warned["path"]) == ("PERSONAL_DATA", ["note"])
    meant = await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note=note, confirmPersonal=True)
    same = await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note=note, confirmPersonal=True)
    assert (meant["alert"]["note"], same["alert"]["note"], same["position"]) == (note, note, None)
    assert searching.Search(note).found_in(searching.tables(api.dsn)) == []

    await act(api, REDACT, by=api.owner, position=meant["position"])
    resolved = await act(api, RESOLVE, by=api.owner, alertId=alert)
    assert (resolved["alert"]["state"], resolved["alert"]["note"]) == ("RESOLVED", "[redacted]")
    entries = (await api.ask(AUDIT, {"filter": {"subjectId": alert}}, by=api.owner))["auditLog"]["nodes"]
    notes = {
        each["action"]: (each["hasText"], [change["new"] for change in each["changes"] if change["field"] == "note"])
        for each in entries
    }
    assert notes["alerts.Acknowledged"] == (True, ['"[redacted]"'])
    assert notes["alerts.Resolved"] == (False, ['""'])


async def test_a_note_that_repeats_another_is_a_text_of_its_own(api: Api) -> None:
    alert = await an_alert(api, UUID(GlobalID.from_id((await a_model(api))["id"]).node_id))
    note = f"flimbrook {uuid4().hex}"
    acknowledged = await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note=note)
    resolved = await act(api, RESOLVE, by=api.owner, alertId=alert, note=note)
    same = await act(api, RESOLVE, by=api.owner, alertId=alert, note=note)
    assert (resolved["alert"]["note"], same["position"]) == (note, None)

    await act(api, REDACT, by=api.owner, position=acknowledged["position"])

    entries = (await api.ask(AUDIT, {"filter": {"subjectId": alert}}, by=api.owner))["auditLog"]["nodes"]
    notes = {
        each["action"]: change["new"] for each in entries for change in each["changes"] if change["field"] == "note"
    }
    assert notes == {"alerts.Acknowledged": '"[redacted]"', "alerts.Resolved": f'"{note}"'}


async def test_a_command_that_is_repeated_after_its_text_was_redacted_answers_as_before(api: Api) -> None:
    ours, command = organization_of(api.owner), str(uuid4())
    given = {"organizationId": ours, "description": f"about {uuid4()}", "commandId": command}
    first = await done(api, "describeOrganization", **given)
    await act(api, REDACT, by=api.owner, position=first["position"])

    again = await done(api, "describeOrganization", **given)

    assert again["position"] == first["position"]
    assert again["organization"]["description"] == "[redacted]"


async def test_a_key_is_made_in_the_save_of_its_text_or_not_at_all(api: Api, written: Written) -> None:
    version = await written.act(ADD_VERSION, modelId=written.model, tag="2", signature=SIGNATURE)
    promoted = {"versionId": version["version"]["id"], "reason": "it is the better one", "commandId": str(uuid4())}
    before = count_keys(api)

    first = await written.act(PROMOTE, **promoted)
    again = await written.act(PROMOTE, **promoted)
    changing_nothing = await written.act(PROMOTE, **{**promoted, "reason": "another", "commandId": str(uuid4())})
    refused = await act(api, PROMOTE, by=written.who, **{**promoted, "reason": "another"})

    assert again["position"] == first["position"]
    assert changing_nothing["position"] is None
    assert refused["code"] == "CONFLICT"
    assert count_keys(api) == before + 1


async def test_of_two_who_write_at_once_the_text_that_is_recorded_can_be_read(api: Api) -> None:
    who = await a_project(api)
    before = count_keys(api)
    texts = [f"thought {number}" for number in range(8)]

    answers = await asyncio.gather(
        *(do(api, "describeProject", by=who, projectId=who.project, description=each) for each in texts)
    )

    recorded = [each for each in answers if "code" not in each]
    assert {each["code"] for each in answers if "code" in each} <= {"CONFLICT"}
    assert count_keys(api) == before + len(recorded)
    answer = await api.ask("query ($id: ID!) { project(id: $id) { description } }", {"id": who.project}, by=who)
    assert answer["project"]["description"] in texts


def count_keys(api: Api) -> int:
    with psycopg.connect(conninfo_as(api.dsn, DatabaseRole.API)) as connection:
        row = connection.execute("SELECT count(*) FROM vault.person_keys").fetchone()
    assert row is not None
    return int(row[0])
