"""Signing up and getting in again: by links that only the address gets, and answers that tell nothing."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from cdt.access import joining
from cdt.commands import accounts
from cdt.domain.accounts.events import ResetRequested, UserRegistered, VerificationRequested
from cdt.domain.kernel import Actor, Command, Tenant, derived_id
from cdt.vault import credentials, links
from cdt.vault.links import token_of
from cdt.vault.password_hashes import NO_PASSWORD, hash_password
from tests.api import PASSWORD, Api
from tests.graphql.operations import FAILURE, SIGN_IN, act


def mutation(name: str, payload: str) -> str:
    kind = name[0].upper() + name[1:]
    return f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ ... on {payload} {{ message }} {FAILURE} }} }}"


def by_link(name: str) -> str:
    session = "session { accessToken refreshToken viewer { name } }"
    return mutation(name, "LinkPayload").replace("{ message }", f"{{ message {session} }}")


SIGN_UP, VERIFY = mutation("signUp", "MailPayload"), by_link("verifyEmail")
FORGOTTEN, RESET = mutation("requestPasswordReset", "MailPayload"), by_link("resetPassword")
ON_ITS_WAY = {"message": "Follow the link in the mail that was sent to this address."}
PERHAPS = {"message": "If this address has an account, a mail with a link is on its way."}
VOID = {
    "__typename": "UnauthenticatedError", "code": "UNAUTHENTICATED", "path": None,
    "message": "This link was used, is too old or was followed by a newer one; ask for another.",
}  # fmt: skip
OTHER = "another good long password"


class Newcomer:
    """An address, and the links that were asked for to be sent there."""

    def __init__(self, api: Api) -> None:
        self.api, self.email = api, f"{uuid4().hex}@example.com"

    @property
    def user_id(self) -> UUID:
        return derived_id("user", self.api.secret.name_hash("email", self.email))

    def asked(self, kind: type[VerificationRequested] | type[ResetRequested]) -> list[UUID]:
        facts = (each.event for each in self.api.log.history(self.user_id))
        return [event.request_id for event in facts if isinstance(event, kind)]

    def link(self, purpose: str, request_id: UUID) -> str:
        return f"{self.user_id}.{request_id}.{token_of(self.api.secret, purpose, self.user_id, request_id)}"

    async def sign_up(self, name: str = "Grace", **given: Any) -> dict[str, Any]:
        return await act(self.api, SIGN_UP, by=None, email=self.email, name=name, **given)

    async def verify(self, password: str = PASSWORD, **given: Any) -> dict[str, Any]:
        link = self.link(links.VERIFY_EMAIL, self.asked(VerificationRequested)[-1])
        return await act(self.api, VERIFY, by=None, link=link, password=password, **given)

    async def viewer(self, session: dict[str, Any]) -> str | None:
        """Who is admitted by a session's token."""
        bearer = f"Bearer {session['accessToken']}"
        answer = await self.api.post("{ viewer { name } }", authorization=bearer)
        viewer = answer.json()["data"]["viewer"]
        return None if viewer is None else viewer["name"]

    async def sign_in(self, password: str = PASSWORD) -> dict[str, Any]:
        return await act(self.api, SIGN_IN, by=None, email=self.email, password=password)


@pytest.fixture
def grace(api: Api) -> Newcomer:
    return Newcomer(api)


async def test_who_signs_up_comes_in_by_the_link_with_the_password_chosen_there(grace: Newcomer) -> None:
    assert await grace.sign_up() == ON_ITS_WAY
    assert (await grace.sign_in())["message"] == "The e-mail address or the password is wrong."

    verified = await grace.verify()

    assert verified["message"] == "Your address is verified, and you are signed in."
    assert verified["session"]["viewer"] == {"name": "Grace"}
    assert await grace.viewer(verified["session"]) == "Grace"
    assert (await grace.sign_in())["viewer"]["name"] == "Grace"


async def test_whoever_has_the_mailbox_chooses_the_password_however_often_others_signed_up(grace: Newcomer) -> None:
    await grace.sign_up("Eve")
    await set_password_as_before_there_were_links(grace, OTHER)

    await grace.verify()

    assert (await grace.sign_in(OTHER))["code"] == "UNAUTHENTICATED"
    assert (await grace.sign_in())["viewer"]["name"] == "Eve"


async def test_a_reset_before_the_address_was_verified_leaves_nobody_elses_password(grace: Newcomer) -> None:
    await grace.sign_up("Eve")
    await set_password_as_before_there_were_links(grace, OTHER)
    await act(grace.api, FORGOTTEN, by=None, email=grace.email)
    link = grace.link(links.RESET_PASSWORD, grace.asked(ResetRequested)[-1])

    await act(grace.api, RESET, by=None, link=link, newPassword=PASSWORD)

    assert (await grace.sign_in(OTHER))["code"] == "UNAUTHENTICATED"
    assert (await grace.sign_in())["viewer"]["name"] == "Eve"


async def set_password_as_before_there_were_links(grace: Newcomer, password: str) -> None:
    async with grace.api.writer.transaction() as connection:
        await credentials.change(connection, grace.user_id, password_hash=hash_password(password))


async def test_a_link_verifies_once_and_the_same_request_again_is_answered_the_same(grace: Newcomer) -> None:
    await grace.sign_up()
    command_id = str(uuid4())
    first, again = [await grace.verify(commandId=command_id) for _ in range(2)]

    assert first["message"] == again["message"]
    assert first["session"]["refreshToken"] == again["session"]["refreshToken"]
    assert (await grace.verify(OTHER, commandId=command_id))["code"] == "CONFLICT"
    assert await grace.verify(OTHER) == VOID
    assert (await grace.sign_in())["viewer"]["name"] == "Grace"


async def test_of_two_who_follow_a_link_at_once_one_chooses_the_password(grace: Newcomer) -> None:
    await grace.sign_up()
    answers = await asyncio.gather(grace.verify(PASSWORD), grace.verify(OTHER))

    came_in = [password for password, answer in zip((PASSWORD, OTHER), answers, strict=True) if answer.get("session")]
    assert len(came_in) == 1
    admitted = [each for each in (PASSWORD, OTHER) if "accessToken" in await grace.sign_in(each)]
    assert admitted == came_in


async def somebody_waits(api: Api) -> None:
    """Until a transaction waits for a credential that another holds."""
    async with await psycopg.AsyncConnection.connect(api.dsn, autocommit=True) as connection:
        waiting = None
        while waiting is None:
            cursor = await connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                " AND query LIKE '%vault.credentials%'"
            )
            waiting = await cursor.fetchone()


async def test_whoever_follows_a_link_too_late_takes_nobodys_password_away(
    grace: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grace.sign_up()
    change, asked = credentials.change, list[int]()
    of_both, has_gone_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: Any, user_id: UUID, *, password_hash: str) -> None:
        if password_hash == NO_PASSWORD:
            asked.append(1)
            if len(asked) == 1:  # go on once both have seen that nobody came in yet, or the other waits for this one
                waits = [asyncio.create_task(of_both.wait()), asyncio.create_task(somebody_waits(grace.api))]
                await asyncio.wait(waits, timeout=20, return_when=asyncio.FIRST_COMPLETED)
                for each in waits:
                    each.cancel()
                has_gone_on.set()
            elif not has_gone_on.is_set():
                of_both.set()
                await asyncio.wait(verifying, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        await change(connection, user_id, password_hash=password_hash)

    monkeypatch.setattr(credentials, "change", slow)
    verifying = [asyncio.create_task(grace.verify(each)) for each in (PASSWORD, OTHER)]
    answers = await asyncio.gather(*verifying)

    came_in = [password for password, answer in zip((PASSWORD, OTHER), answers, strict=True) if answer.get("session")]
    admitted = [each for each in (PASSWORD, OTHER) if "accessToken" in await grace.sign_in(each)]
    assert admitted == came_in
    assert len(came_in) == 1


async def test_a_reset_that_is_sent_again_does_not_undo_a_later_one(grace: Newcomer) -> None:
    await grace.sign_up()
    await grace.verify()
    await act(grace.api, FORGOTTEN, by=None, email=grace.email)
    link = grace.link(links.RESET_PASSWORD, grace.asked(ResetRequested)[-1])
    given = {"link": link, "newPassword": OTHER, "commandId": str(uuid4())}
    session = (await act(grace.api, RESET, by=None, **given))["session"]
    change = mutation("changePassword", "ViewerPayload").replace("{ message }", "{ lagging }")
    changed = {"currentPassword": OTHER, "newPassword": PASSWORD}
    await grace.api.post(change, {"input": changed}, authorization=f"Bearer {session['accessToken']}")

    assert (await act(grace.api, RESET, by=None, **given))["session"]["refreshToken"] == session["refreshToken"]

    assert (await grace.sign_in(OTHER))["code"] == "UNAUTHENTICATED"
    assert "accessToken" in await grace.sign_in(PASSWORD)


async def test_a_process_that_dies_before_the_password_is_kept_lets_nobody_in(grace: Newcomer) -> None:
    await grace.sign_up()
    request_id, command_id = grace.asked(VerificationRequested)[-1], uuid4()
    by = Command(
        id=command_id, actor=Actor("user", str(grace.user_id)), at=datetime.now(UTC), tenant=Tenant(),
    )  # fmt: skip
    await asyncio.to_thread(accounts.verify_email, grace.api.log, grace.user_id, request_id=request_id, by=by)

    assert (await grace.sign_in(""))["code"] == "UNAUTHENTICATED"
    assert "session" in await grace.verify(commandId=str(command_id))
    assert (await grace.sign_in())["viewer"]["name"] == "Grace"


async def test_an_address_that_has_an_account_is_answered_alike_and_stays_as_it_is(grace: Newcomer) -> None:
    await grace.sign_up()
    await grace.verify()
    before = grace.api.log.history(grace.user_id)

    assert await grace.sign_up("Eve") == ON_ITS_WAY
    assert grace.api.log.history(grace.user_id) == before
    assert (await grace.sign_in())["viewer"]["name"] == "Grace"


async def test_known_and_unknown_addresses_take_the_same_time(grace: Newcomer) -> None:
    await grace.sign_up()
    await grace.verify()
    seconds: list[float] = []
    for email in (grace.email, f"{uuid4().hex}@example.com"):
        for document, given in ((SIGN_UP, {"name": "Grace"}), (FORGOTTEN, {})):
            began = time.monotonic()
            await act(grace.api, document, by=None, email=email, **given)
            seconds.append(time.monotonic() - began)
    assert min(seconds) >= joining.ANSWER_SECONDS


async def test_the_same_sign_up_again_is_one(grace: Newcomer) -> None:
    command_id = str(uuid4())
    assert await grace.sign_up(commandId=command_id) == await grace.sign_up(commandId=command_id) == ON_ITS_WAY
    assert len(grace.asked(VerificationRequested)) == 1
    facts = grace.api.log.history(grace.user_id)
    assert sum(isinstance(each.event, UserRegistered) for each in facts) == 1


async def test_nothing_of_a_person_is_recorded_in_clear(grace: Newcomer) -> None:
    await grace.sign_up(name="Grace Hopper")
    stored = [bytes(each.state) for each in grace.api.log.recorder.select_events(grace.user_id)]
    assert len(stored) == 2
    for clear in (grace.email, grace.email.partition("@")[0], "Hopper", PASSWORD):
        assert not any(clear.encode() in each for each in stored)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"email": "nobody"}, ["email"]),
        ({"email": ""}, ["email"]),
        ({"email": "a@b@example.com"}, ["email"]),
        ({"email": "a b@example.com"}, ["email"]),
        ({"email": "x" * 250 + "@example.com"}, ["email"]),
        ({"email": "a\r\nbcc: b@example.com"}, ["email"]),
        ({"name": " "}, ["name"]),
        ({"name": "x" * 10_000}, ["name"]),
        ({"name": "\u202eeve"}, ["name"]),
    ],
)
async def test_what_can_not_be_is_refused_by_its_field(api: Api, given: dict[str, str], path: list[str]) -> None:
    fields = {"email": f"{uuid4().hex}@example.com", "name": "Grace", **given}
    answer = await act(api, SIGN_UP, by=None, **fields)
    assert (answer["code"], answer["path"]) == ("INVALID", path)


@pytest.mark.parametrize("password", ["", "short", "Password123!", "Grace Hopper", "x" * 1_001])
async def test_a_link_that_is_given_a_bad_password_stays_good(grace: Newcomer, password: str) -> None:
    await grace.sign_up("Grace Hopper")
    answer = await grace.verify(password)
    assert (answer["code"], answer["path"]) == ("INVALID", ["password"])
    assert "session" in await grace.verify()


async def test_a_forgotten_password_is_set_by_a_link_which_signs_out_everywhere(grace: Newcomer) -> None:
    await grace.sign_up()
    await grace.verify()
    before = await grace.sign_in()
    assert await act(grace.api, FORGOTTEN, by=None, email=f" {grace.email.upper()} ") == PERHAPS
    link = grace.link(links.RESET_PASSWORD, grace.asked(ResetRequested)[-1])

    answer = await act(grace.api, RESET, by=None, link=link, newPassword=OTHER)

    assert answer["message"] == "Your password is changed, and you are signed in."
    assert await grace.viewer(answer["session"]) == "Grace"
    assert (await grace.sign_in())["code"] == "UNAUTHENTICATED"
    assert (await grace.sign_in(OTHER))["viewer"]["name"] == "Grace"
    assert await act(grace.api, RESET, by=None, link=link, newPassword=PASSWORD) == VOID
    assert await grace.viewer(before) is None


async def test_nobody_is_asked_about_for_an_unknown_address(grace: Newcomer) -> None:
    assert await act(grace.api, FORGOTTEN, by=None, email=grace.email) == PERHAPS
    assert grace.api.log.history(grace.user_id) == []


async def test_a_link_that_is_refused_its_password_stays_good(grace: Newcomer) -> None:
    await grace.sign_up()
    await act(grace.api, FORGOTTEN, by=None, email=grace.email)
    link = grace.link(links.RESET_PASSWORD, grace.asked(ResetRequested)[-1])

    assert (await act(grace.api, RESET, by=None, link=link, newPassword="short"))["code"] == "INVALID"
    assert "message" in await act(grace.api, RESET, by=None, link=link, newPassword=OTHER)
    assert (await grace.sign_in(OTHER))["viewer"]["name"] == "Grace"


@pytest.mark.parametrize("kind", ["other request", "other purpose", "made up", "empty", "huge", "without a token"])
async def test_links_that_are_none_open_nothing(grace: Newcomer, kind: str) -> None:
    await grace.sign_up()
    request_id = grace.asked(VerificationRequested)[-1]
    link = {
        "other request": grace.link(links.VERIFY_EMAIL, uuid4()),
        "other purpose": grace.link(links.RESET_PASSWORD, request_id),
        "made up": f"{grace.user_id}.{request_id}.{'0' * 32}",
        "empty": "",
        "huge": grace.link(links.VERIFY_EMAIL, request_id) + "0" * 100_000,
        "without a token": f"{grace.user_id}.{request_id}",
    }[kind]

    before = grace.api.log.history(grace.user_id)
    assert await act(grace.api, VERIFY, by=None, link=link, password=PASSWORD) == VOID
    assert grace.api.log.history(grace.user_id) == before
