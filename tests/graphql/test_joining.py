"""Signing up and getting in again: by links that only the address gets, and answers that tell nothing."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from cdt.access import joining
from cdt.domain.accounts.events import ResetRequested, UserRegistered, VerificationRequested
from cdt.domain.kernel import derived_id
from cdt.vault import links
from cdt.vault.links import token_of
from tests.api import PASSWORD, Api
from tests.graphql.operations import FAILURE, SIGN_IN, act


def mutation(name: str, payload: str) -> str:
    kind = name[0].upper() + name[1:]
    return f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ ... on {payload} {{ message }} {FAILURE} }} }}"


SIGN_UP, VERIFY = mutation("signUp", "MailPayload"), mutation("verifyEmail", "LinkPayload")
FORGOTTEN, RESET = mutation("requestPasswordReset", "MailPayload"), mutation("resetPassword", "LinkPayload")
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

    async def sign_up(self, password: str = PASSWORD, name: str = "Grace", **given: Any) -> dict[str, Any]:
        return await act(self.api, SIGN_UP, by=None, email=self.email, password=password, name=name, **given)

    async def verify(self) -> dict[str, Any]:
        link = self.link(links.VERIFY_EMAIL, self.asked(VerificationRequested)[-1])
        return await act(self.api, VERIFY, by=None, link=link)

    async def sign_in(self, password: str = PASSWORD) -> dict[str, Any]:
        return await act(self.api, SIGN_IN, by=None, email=self.email, password=password)


@pytest.fixture
def grace(api: Api) -> Newcomer:
    return Newcomer(api)


async def test_who_signs_up_comes_in_once_the_address_is_verified(grace: Newcomer) -> None:
    assert await grace.sign_up() == ON_ITS_WAY
    before = await grace.sign_in()
    assert (before["code"], before["message"]) == (
        "UNAUTHENTICATED",
        "Follow the link in the mail that was sent to this address first; signing up again sends another.",
    )

    assert await grace.verify() == {"message": "Your address is verified; sign in now."}
    assert await grace.verify() == {"message": "Your address is verified; sign in now."}
    assert (await grace.sign_in())["viewer"]["name"] == "Grace"


async def test_an_address_that_has_an_account_is_answered_alike_and_stays_as_it_is(grace: Newcomer) -> None:
    await grace.sign_up()
    await grace.verify()
    before = grace.api.log.history(grace.user_id)

    assert await grace.sign_up(OTHER, "Eve") == ON_ITS_WAY
    assert grace.api.log.history(grace.user_id) == before
    assert (await grace.sign_in(OTHER))["code"] == "UNAUTHENTICATED"
    assert (await grace.sign_in())["viewer"]["name"] == "Grace"


async def test_known_and_unknown_addresses_take_the_same_time(grace: Newcomer) -> None:
    await grace.sign_up()
    await grace.verify()
    seconds: list[float] = []
    for email in (grace.email, f"{uuid4().hex}@example.com"):
        for document, given in ((SIGN_UP, {"password": PASSWORD, "name": "Grace"}), (FORGOTTEN, {})):
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
    assert len(stored) == 3
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
        ({"password": "short"}, ["password"]),
        ({"password": "Password123!"}, ["password"]),
    ],
)
async def test_what_can_not_be_is_refused_by_its_field(api: Api, given: dict[str, str], path: list[str]) -> None:
    fields = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD, "name": "Grace", **given}
    answer = await act(api, SIGN_UP, by=None, **fields)
    assert (answer["code"], answer["path"]) == ("INVALID", path)


async def test_a_forgotten_password_is_set_by_a_link_which_signs_out_everywhere(grace: Newcomer) -> None:
    await grace.sign_up()
    await grace.verify()
    session = await grace.sign_in()
    assert await act(grace.api, FORGOTTEN, by=None, email=f" {grace.email.upper()} ") == PERHAPS
    link = grace.link(links.RESET_PASSWORD, grace.asked(ResetRequested)[-1])

    answer = await act(grace.api, RESET, by=None, link=link, newPassword=OTHER)

    assert answer == {"message": "Your password is changed; sign in with the new one."}
    assert (await grace.sign_in())["code"] == "UNAUTHENTICATED"
    assert (await grace.sign_in(OTHER))["viewer"]["name"] == "Grace"
    assert await act(grace.api, RESET, by=None, link=link, newPassword=PASSWORD) == VOID
    seen = await grace.api.client.post(
        "/graphql",
        json={"query": "{ sessions { id } }"},
        headers={"authorization": f"Bearer {session['accessToken']}"},
    )
    assert seen.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


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

    assert await act(grace.api, VERIFY, by=None, link=link) == VOID
    assert (await grace.sign_in())["code"] == "UNAUTHENTICATED"
