"""Places in another tenant's lists, positions of their entries, and their projects in addresses: they tell nothing."""

import io
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from strawberry.relay import GlobalID

from cdt.audit.chain import verify
from cdt.graphql.schema import as_text
from tests.api import Api, Someone, global_id
from tests.graphql.operations import a_model, a_version, act
from tests.graphql.tenancy_operations import organization_of
from tests.graphql.test_compliance import ERASE
from tests.graphql.test_documents import an_alert
from tests.graphql.test_texts import REDACT

LISTS: dict[str, str] = {
    "organizations": "id", "projects": "id", "receivedInvitations": "id", "apiKeys": "id", "ownApiKeys": "id",
    "models": "id", "alerts": "id", "deliveries": "id", "auditLog": "position", "securityEvents": "kind lastAt",
    "modelAccesses": "lastAt model { id }", "erasures": "id",
}  # fmt: skip
ABOUT = {
    "apiKeys": "projectId", "deliveries": "alertId", "securityEvents": "organizationId",
    "modelAccesses": "organizationId", "erasures": "projectId",
}  # fmt: skip

NO_PLACE = "The cursor is not one that this list gave; leave it out to begin."


class Reading:
    """Somebody, with a thing of each kind that is listed."""

    def __init__(self, api: Api, who: Someone, alert: str) -> None:
        self.api, self.who = api, who
        self.about = {"projectId": who.project, "alertId": alert, "organizationId": organization_of(who)}

    async def page(self, name: str, *, first: int, after: str | None) -> dict[str, Any] | None:
        """None where the place is none of this list's."""
        given = [f'{key}: "{self.about[key]}"' for key in [ABOUT.get(name)] if key]
        arguments = ", ".join([*given, f"first: {first}", f"after: {json.dumps(after)}"])
        page = f"{name}({arguments}) {{ nodes {{ {LISTS[name]} }} pageInfo {{ endCursor }} }}"
        answer = (await self.api.post(f"{{ {page} }}", by=self.who)).json()
        if "errors" not in answer:
            return answer["data"][name]
        (error,) = answer["errors"]
        assert (error["message"], error["extensions"]["code"]) == (NO_PLACE, "INVALID")
        return None


async def a_reading(api: Api, who: Someone) -> Reading:
    model = await a_model(api, by=who)
    await a_version(api, model["id"], by=who)
    await act(api, ERASE, by=who, modelId=model["id"], predictionIds=["a"], reason="They asked.")
    await api.ask("query ($id: ID!) { model(id: $id) { name } }", {"id": model["id"]}, by=who)
    return Reading(api, who, await an_alert(api, UUID(GlobalID.from_id(model["id"]).node_id), of=who))


@pytest.mark.parametrize("name", LISTS)
async def test_a_place_in_anothers_list_leads_into_ones_own_alone(api: Api, name: str) -> None:
    ours, theirs = await a_reading(api, api.owner), await a_reading(api, api.stranger)
    their_page, own_page = await theirs.page(name, first=1, after=None), await ours.page(name, first=200, after=None)
    assert their_page is not None
    assert own_page is not None

    found = await ours.page(name, first=200, after=their_page["pageInfo"]["endCursor"])

    assert found is None or all(each in own_page["nodes"] for each in found["nodes"])


def test_every_list_at_the_root_is_looked_at() -> None:
    root = as_text().partition("type Query {")[2].partition("\n}")[0]

    assert set(re.findall(r"^  (\w+)\(.*\bafter: Cursor", root, re.MULTILINE)) == set(LISTS)


async def test_anothers_entry_is_redacted_like_one_that_is_not_there(api: Api) -> None:
    theirs = await a_model(api, by=api.stranger, description="a text of theirs")
    log = await api.ask("{ auditLog(first: 50) { nodes { position hasText } } }", by=api.stranger)
    foreign = [each["position"] for each in log["auditLog"]["nodes"] if each["hasText"]]

    answers = [await act(api, REDACT, by=api.owner, position=each) for each in (*foreign, "9999999999")]

    assert len(foreign) >= 1
    assert all(each == answers[-1] for each in answers)
    assert answers[-1]["code"] == "NOT_FOUND"
    read = await api.ask("query ($id: ID!) { model(id: $id) { description } }", {"id": theirs["id"]}, by=api.stranger)
    assert read["model"]["description"] == "a text of theirs"


async def test_anothers_project_is_exported_like_one_that_is_not_there(api: Api) -> None:
    await a_model(api, by=api.stranger)

    async def entries(project: str) -> tuple[int, int]:
        answer = await api.client.get("/v1/audit/export", params={"project": project}, headers=api.owner.headers)
        return answer.status_code, verify(io.BytesIO(answer.content), expect=None).entries

    foreign, unknown = [await entries(each) for each in (api.stranger.project, global_id("Project", uuid4()))]
    own = await entries(api.owner.project)

    assert foreign == unknown == (200, 0)
    assert own[1] > 0
    assert own == await entries(str(api.owner.project_id))
