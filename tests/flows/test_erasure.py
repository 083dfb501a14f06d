"""After somebody deleted their account, no byte of who they were is found anywhere."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import structlog

from cdt.audit import chain
from cdt.bootstrap.reactions import reactions
from cdt.bootstrap.worker import worker_tools
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.accounts.events import VerificationRequested
from cdt.vault import links
from cdt.workers import leases
from cdt.workers.send_mail import send_mail
from tests.api import PASSWORD, Api, Someone, newest
from tests.flows import searching
from tests.flows.test_as_of import everything, rebuild
from tests.graphql.operations import FAILURE, SIGN_IN, act
from tests.graphql.tenancy_operations import done, member_id, organization_of
from tests.graphql.test_deletion import DELETE, carol, delete, joined
from tests.graphql.test_invitations import invited
from tests.graphql.test_joining import FORGOTTEN, SIGN_UP, VERIFY, Newcomer
from tests.graphql.test_texts import REDACT

EMAIL = "ximena.quaddlewick@zwiebelturm.example"
NAME, FORMER_NAME = "Ximena Quaddlewick-Żółkiewska", "Xim. Hupfdohle"
ADDRESS, AGENT = "203.0.113.177", "Quaddlephone/7.3 (Zwiebel)"
TEXTS = (EMAIL, "quaddlewick", "zwiebelturm", NAME, "Żółkiewska", FORMER_NAME, "Hupfdohle", ADDRESS, AGENT)
WHERE = {"x_forwarded_for": ADDRESS, "user_agent": AGENT}

SHOWN = """query ($organization: ID!, $project: ID!, $asOf: AsOf) {
  organization(id: $organization, asOf: $asOf) {
    members { nodes { email actor { id name } } }
    invitations { nodes { email invitee invitedBy { name } } }
  }
  auditLog(first: 200, asOf: $asOf) { nodes { action actor { name } subjectName changes { field old new } } }
  project(id: $project, asOf: $asOf) { members { nodes { member { actor { name } } } } }
}"""
SHOWN_TEXTS = "{ auditLog(first: 200) { nodes { position hasText } } }"
SAFETY = """query ($organization: ID!) {
  securityEvents(organizationId: $organization, first: 200) { nodes { kind address actor { name } person { name } } }
}"""
OWN_KEY = f"""
mutation ($input: CreateOwnApiKeyInput!) {{
  createOwnApiKey(input: $input) {{ ... on CreateOwnApiKeyPayload {{ key }} {FAILURE} }}
}}"""
PROFILE = f"""
mutation ($input: ChangeProfileInput!) {{
  changeProfile(input: $input) {{ ... on ViewerPayload {{ lagging }} {FAILURE} }}
}}"""


@asynccontextmanager
async def all_at_work(api: Api) -> AsyncIterator[None]:
    """Reactions and a worker that sends mails, which are kept since there is no server."""
    stopping = asyncio.Event()
    async with (
        reactions(api.settings) as made,
        worker_tools(api.settings, name="a worker") as tools,
    ):
        running = asyncio.create_task(made.runner.run(stopping))
        try:
            yield
            position = await newest(api)
            async with asyncio.timeout(60):
                while await behind(api, position):
                    pass
            async with tools.writer.transaction() as connection:
                due = await leases.due(connection)
            for each in due:
                await send_mail(tools.mailing, each.fact, each.attempt)
        finally:
            stopping.set()
            await running


async def behind(api: Api, position: int) -> int:
    async with await psycopg.AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM work.reactions WHERE position < %s OR NOT EXISTS (SELECT FROM work.reactions)",
            (position,),
        )
        row = await cursor.fetchone()
        assert row is not None
        return row[0]


class Ximena(Newcomer):
    """Somebody whom nothing else is like, who is all over the installation."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self.email = EMAIL
        self.someone = Someone("", api.owner.organization_id, api.owner.project_id)

    async def comes_in(self, name: str = FORMER_NAME) -> dict[str, Any]:
        """Signed up and verified, from where she is."""
        await self.send(SIGN_UP, email=EMAIL, name=name)
        link = self.link(links.VERIFY_EMAIL, self.asked(VerificationRequested)[-1])
        await self.send(VERIFY, link=link, password=PASSWORD)
        return await self.signs_in()

    async def signs_in(self) -> dict[str, Any]:
        await self.send(SIGN_IN, email=EMAIL, password="not it at all")
        entered = await self.send(SIGN_IN, email=EMAIL, password=PASSWORD)
        owner = self.api.owner
        self.someone = Someone(
            entered["accessToken"], owner.organization_id, owner.project_id, self.user_id, self.email
        )
        return entered

    async def send(self, document: str, **given: Any) -> dict[str, Any]:
        by = self.someone if self.someone.token else None
        (answer,) = (await self.api.post(document, {"input": given}, by=by, **WHERE)).json()["data"].values()
        return answer

    async def lives(self) -> None:
        """Another name, another link, a member here who does things, asked for by another organization too."""
        api, someone = self.api, self.someone
        await self.send(PROFILE, name=NAME)
        key = await self.send(OWN_KEY, name=f"of {FORMER_NAME}", permissions=["READ"])
        assert key["key"].startswith("cdt_")
        await act(api, FORGOTTEN, by=None, email=EMAIL)
        _, link = await invited(api, EMAIL, "ADMIN")
        await done(api, "acceptInvitation", by=someone, link=link)
        await self.signs_in()
        ours = organization_of(api.owner)
        await done(api, "describeOrganization", by=someone, organizationId=ours, description=f"ours, says {NAME}")
        await done(api, "setProjectRole", memberId=member_id(someone), projectId=api.owner.project, role="VIEWER")
        await invited(api, f"guest-of-{self.user_id.hex}@example.com", by=someone)
        await invited(api, EMAIL.upper(), by=api.stranger)


async def shown(api: Api, as_of: str | None = None) -> str:
    """What the first owner and the other one are shown, as text."""
    texts: list[str] = []
    for who in (api.owner, api.stranger):
        asked = {"organization": organization_of(who), "project": who.project}
        texts.append(json.dumps(await api.ask(SHOWN, {**asked, "asOf": as_of}, by=who), ensure_ascii=False))
        safety = await api.ask(SAFETY, {"organization": organization_of(who)}, by=who)
        texts.append(json.dumps(safety, ensure_ascii=False))
    return "\n".join(texts)


async def export(api: Api) -> bytes:
    return (await api.client.get("/v1/audit/export", headers=api.owner.headers)).content


@pytest.mark.parametrize("text", [NAME, EMAIL, ADDRESS])
def test_the_search_finds_a_text_in_every_form_it_can_have(text: str) -> None:
    search = searching.Search(text)
    for hidden in (
        text.encode(),
        json.dumps(text).encode(),
        quote(text).encode(),
        text.upper().encode(),
        text.encode().hex().encode(),
        *(base64.b64encode(b"x" * shift + text.encode() + b"y" * 7) for shift in range(4)),
        base64.urlsafe_b64encode(text.encode() + b"y" * 7),
        hashlib.sha256(text.encode()).hexdigest().encode(),
        hashlib.sha256(text.lower().encode()).digest(),
    ):
        assert search.found_in([("here", b"before " + hidden + b" after")]) == [("here", text)], hidden
    assert search.found_in([("nowhere", b"ada@example.com 127.0.0.1")]) == []


async def test_no_byte_of_somebody_who_was_erased_is_found_anywhere(api: Api, state_folder: Path) -> None:
    ximena, search = Ximena(api), searching.Search(*TEXTS)
    with structlog.testing.capture_logs() as logged:
        async with all_at_work(api):
            await ximena.comes_in()
            await ximena.lives()
        before, seen = await newest(api), ""
        async with asyncio.timeout(10):  # what happens at the door is kept a moment later
            while any(text not in seen for text in (EMAIL, NAME, ADDRESS)):
                seen = await shown(api)
        # what others wrote of somebody is theirs to redact
        entries = (await api.ask(SHOWN_TEXTS, by=api.owner))["auditLog"]["nodes"]
        (position,) = [each["position"] for each in entries if each["hasText"]]
        await act(api, REDACT, by=api.owner, position=position)
        exported = await export(api)

        async with all_at_work(api):
            answer = await ximena.send(DELETE, password=PASSWORD)
            assert answer["pseudonym"] == f"erased person {ximena.user_id.hex[:8]}"
        await api.settle(await newest(api))

    now, then = await shown(api), await shown(api, str(before))
    for text in (now, then):
        assert answer["pseudonym"] in text
    places = [
        ("what is shown", now.encode()),
        ("what was shown", then.encode()),
        ("an export", await export(api)),
        ("an export of before", exported),
        ("logs", json.dumps(logged, default=str, ensure_ascii=False).encode()),
        searching.dump(api.dsn),
    ]
    assert search.found_in(places) == []
    assert search.found_in(searching.tables(api.dsn)) == []
    assert search.found_in(searching.redis(str(api.settings.redis_url))) == []
    assert search.found_in(searching.files(state_folder / "logs")) == []
    assert search.looked_at > 100_000
    assert chain.verify(exported.splitlines(keepends=True)).position == before + 1


async def test_a_rebuild_after_an_erasure_and_a_redaction_changes_no_row_and_shows_nobody_again(api: Api) -> None:
    newcomer, visitor = await carol(api)
    await joined(api, visitor)
    ours = organization_of(api.owner)
    for text in ("Carol looks after it", "nobody does"):
        await done(api, "describeOrganization", by=visitor.someone, organizationId=ours, description=text)
    entries = (await api.ask(SHOWN_TEXTS, by=api.owner))["auditLog"]["nodes"]
    written, redacted = [each["position"] for each in entries if each["hasText"]][:2]
    await act(api, REDACT, by=api.owner, position=redacted)
    before = await newest(api)
    pseudonym = (await delete(visitor))["pseudonym"]
    await api.settle(await newest(api))
    moments = (None, str(before), redacted, written)
    rows, texts = everything(api.dsn), [await shown(api, moment) for moment in moments]
    assert any(newcomer.user_id.hex in str(row).replace("-", "") for row in rows["accounts_users_history"])

    await rebuild(api)

    after = everything(api.dsn)
    assert after.keys() == rows.keys()
    for table, former in rows.items():
        assert after[table] == former, table
    assert [await shown(api, moment) for moment in moments] == texts
    assert pseudonym in texts[0]
    assert not [moment for moment, text in zip(moments, texts, strict=True) if "Carol" in text]
