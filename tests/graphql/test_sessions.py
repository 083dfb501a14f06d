"""Signing in begins a session; its tokens admit until it ends, here or everywhere, and then at once nobody."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from cdt.access.hashing import Hashing
from cdt.access.signing_in import SigningIn
from cdt.bootstrap.api import WRITER_CONNECTIONS
from tests.api import PASSWORD, Api, Someone, global_id
from tests.graphql.operations import FAILURE, act

TOKENS = "accessToken expiresAt refreshToken refreshExpiresAt viewer { id }"
SIGN_IN = f"""
mutation ($input: SignInInput!) {{
  signIn(input: $input) {{ ... on SignInPayload {{ {TOKENS} }} {FAILURE} }}
}}"""
REFRESH = f"""
mutation ($input: RefreshSessionInput!) {{
  refreshSession(input: $input) {{ ... on RefreshSessionPayload {{ {TOKENS} }} {FAILURE} }}
}}"""
SIGN_OUT = f"""
mutation ($input: SignOutInput!) {{
  signOut(input: $input) {{ ... on EndedPayload {{ lagging }} {FAILURE} }}
}}"""
EVERYWHERE = f"""
mutation ($input: SignOutEverywhereInput!) {{
  signOutEverywhere(input: $input) {{ ... on EndedPayload {{ lagging }} {FAILURE} }}
}}"""
END = f"""
mutation ($input: EndSessionInput!) {{
  endSession(input: $input) {{ ... on EndedPayload {{ lagging }} {FAILURE} }}
}}"""
PASSWORDS = f"""
mutation ($input: ChangePasswordInput!) {{
  changePassword(input: $input) {{ ... on ViewerPayload {{ lagging viewer {{ name }} }} {FAILURE} }}
}}"""
PROFILE = f"""
mutation ($input: ChangeProfileInput!) {{
  changeProfile(input: $input) {{ ... on ViewerPayload {{ position viewer {{ name }} }} {FAILURE} }}
}}"""
SESSIONS = "{ sessions { id startedAt renewedAt endsAt isThis address agent } }"
DELETE = f"""
mutation ($input: DeleteAccountInput!) {{
  deleteAccount(input: $input) {{ ... on DeleteAccountPayload {{ pseudonym }} {FAILURE} }}
}}"""
OVER = {
    "__typename": "UnauthenticatedError", "code": "UNAUTHENTICATED", "path": None,
    "message": "The refresh token is used up, ended or none of ours; sign in again.",
}  # fmt: skip
NO_SESSION = {
    "__typename": "NotFoundError", "code": "NOT_FOUND", "path": None,
    "message": "There is no such session, or you may not see it.",
}  # fmt: skip


class Visitor:
    """Somebody with a session."""

    def __init__(self, api: Api, tokens: dict[str, Any], like: Someone) -> None:
        self.api, self.tokens = api, tokens
        self.someone = Someone(tokens["accessToken"], like.organization_id, like.project_id, like.user_id, like.email)

    async def act(self, document: str, **given: Any) -> dict[str, Any]:
        return await act(self.api, document, by=self.someone, **given)

    async def sessions(self) -> list[dict[str, Any]]:
        return (await self.api.ask(SESSIONS, by=self.someone))["sessions"]

    async def is_in(self) -> bool:
        answer = await self.api.ask("{ viewer { id } }", by=self.someone)
        return answer["viewer"] is not None

    async def is_out_soon(self) -> bool:
        """The end is told as soon as it is projected; every process hears of it a moment later."""
        async with asyncio.timeout(5):
            while await self.is_in():
                pass
        return True


async def enter(api: Api, who: Someone, password: str = PASSWORD) -> Visitor:
    return Visitor(api, await act(api, SIGN_IN, by=None, email=who.email, password=password), who)


@pytest.fixture
async def ada(api: Api) -> Someone:
    return await api.make_owner(f"ada-{uuid4().hex[:8]}")


async def test_a_session_goes_on_with_its_refresh_token(api: Api, ada: Someone) -> None:
    visitor = await enter(api, ada)
    renewed = await act(api, REFRESH, by=None, refreshToken=visitor.tokens["refreshToken"])

    assert renewed["viewer"]["id"] == global_id("User", ada.user_id or "")
    assert await Visitor(api, renewed, ada).is_in()
    assert await visitor.is_in()  # until its hour is over


async def test_a_refresh_token_that_is_used_twice_signs_out_whoever_has_the_session(api: Api, ada: Someone) -> None:
    visitor = await enter(api, ada)
    used = visitor.tokens["refreshToken"]
    renewed = Visitor(api, await act(api, REFRESH, by=None, refreshToken=used), ada)

    assert await act(api, REFRESH, by=None, refreshToken=used) == OVER
    assert await act(api, REFRESH, by=None, refreshToken=renewed.tokens["refreshToken"]) == OVER
    assert await visitor.is_out_soon()
    assert await renewed.is_out_soon()


async def test_a_refresh_token_is_no_access_token_nor_the_other_way_round(api: Api, ada: Someone) -> None:
    visitor = await enter(api, ada)
    swapped = Visitor(api, visitor.tokens | {"accessToken": visitor.tokens["refreshToken"]}, ada)

    assert not await swapped.is_in()
    assert await act(api, REFRESH, by=None, refreshToken=visitor.tokens["accessToken"]) == OVER


async def test_signing_out_ends_this_session_alone(api: Api, ada: Someone) -> None:
    here, there = await enter(api, ada), await enter(api, ada)
    assert await here.act(SIGN_OUT) == {"lagging": False}

    assert await here.is_out_soon()
    assert await there.is_in()
    assert await act(api, REFRESH, by=None, refreshToken=here.tokens["refreshToken"]) == OVER
    assert [each["isThis"] for each in await there.sessions()] == [True]


@pytest.mark.parametrize("keep", [True, False])
async def test_signing_out_everywhere_spares_this_session_if_asked(api: Api, ada: Someone, keep: bool) -> None:
    here, there, elsewhere = [await enter(api, ada) for _ in range(3)]
    assert await here.act(EVERYWHERE, keepThis=keep) == {"lagging": False}

    assert await there.is_out_soon()
    assert await elsewhere.is_out_soon()
    assert await here.is_in() if keep else await here.is_out_soon()


async def test_who_has_just_signed_in_finds_this_session_among_theirs(own_api: Api) -> None:
    await own_api.stop_following()
    visitor = await enter(own_api, own_api.owner)
    asking = asyncio.create_task(visitor.sessions())
    await asyncio.sleep(0.2)  # while its beginning can't be read yet
    await own_api.start_following()

    assert [each["isThis"] for each in await asking] == [True]


async def test_the_sessions_are_listed_newest_first_and_one_can_be_ended(api: Api, ada: Someone) -> None:
    there, here = await enter(api, ada), await enter(api, ada)
    newest, oldest = await here.sessions()

    assert (newest["isThis"], oldest["isThis"]) == (True, False)
    assert newest["address"] == "127.0.0.1"
    assert newest["agent"].startswith("python-httpx/")
    assert await here.act(END, sessionId=oldest["id"]) == {"lagging": False}
    assert await there.is_out_soon()
    assert [each["id"] for each in await here.sessions()] == [newest["id"]]
    assert await here.act(END, sessionId=oldest["id"]) == NO_SESSION


async def test_nobody_ends_or_sees_the_sessions_of_another(api: Api, ada: Someone) -> None:
    hers, other = await enter(api, ada), await enter(api, await api.make_owner(f"eve-{uuid4().hex[:8]}"))
    (session,) = await hers.sessions()

    assert await other.act(END, sessionId=session["id"]) == NO_SESSION
    assert [each["id"] for each in await other.sessions()] != [session["id"]]
    assert await hers.is_in()


async def test_a_program_has_no_sessions(api: Api) -> None:
    key = await api.make_key()
    assert (await api.ask(SESSIONS, by=key))["sessions"] == []
    assert (await act(api, SIGN_OUT, by=key))["code"] == "FORBIDDEN"
    assert (await act(api, EVERYWHERE, by=key))["code"] == "FORBIDDEN"


async def test_another_password_signs_out_everywhere_else(api: Api, ada: Someone) -> None:
    here, there = await enter(api, ada), await enter(api, ada)
    answer = await here.act(PASSWORDS, currentPassword=PASSWORD, newPassword="another good long password")

    assert answer["lagging"] is False
    assert await there.is_out_soon()
    assert await here.is_in()
    assert (await act(api, SIGN_IN, by=None, email=ada.email, password=PASSWORD))["code"] == "UNAUTHENTICATED"
    assert await (await enter(api, ada, "another good long password")).is_in()


@pytest.mark.parametrize(
    ("current", "new", "code", "message"),
    [
        ("wrong", "another good long password", "UNAUTHENTICATED", "The present password is wrong."),
        (PASSWORD, "password123", "INVALID", None),
        (PASSWORD, "", "INVALID", None),
    ],
)
async def test_a_password_that_is_refused_changes_nothing(
    api: Api, ada: Someone, current: str, new: str, code: str, message: str | None
) -> None:
    here = await enter(api, ada)
    answer = await here.act(PASSWORDS, currentPassword=current, newPassword=new)
    assert (answer["code"], answer["message"]) == (code, message or answer["message"])
    assert await (await enter(api, ada)).is_in()


async def test_a_password_that_is_checked_for_long_keeps_no_connection_from_others(
    api: Api, ada: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, tries = await enter(api, ada), 2 * WRITER_CONNECTIONS
    released, all_asked, asked = asyncio.Event(), asyncio.Event(), 0
    prove, answer = SigningIn.prove, Hashing._answer

    async def noted(self: SigningIn, *args: Any, **given: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == tries:
            all_asked.set()
        return await prove(self, *args, **given)

    async def held(self: Hashing, line: bytes) -> Any:
        await released.wait()
        return await answer(self, line)

    monkeypatch.setattr(SigningIn, "prove", noted)
    monkeypatch.setattr(Hashing, "_answer", held)
    wrong: list[tuple[str, dict[str, Any]]] = [
        (PASSWORDS, {"input": {"currentPassword": "wrong", "newPassword": "another good long password"}}),
        (DELETE, {"input": {"password": "wrong"}}),
    ]
    waiting = [
        asyncio.create_task(api.post(*wrong[number % 2], by=here.someone, x_forwarded_for=f"198.51.100.{number}"))
        for number in range(tries)
    ]
    try:
        async with asyncio.timeout(10):
            await all_asked.wait()
            written = await here.act(PROFILE, name="Ada meanwhile")
        assert written["viewer"] == {"name": "Ada meanwhile"}
        assert not any(each.done() for each in waiting)
    finally:
        released.set()
        answers = await asyncio.gather(*waiting)
    codes = [next(iter(each.json()["data"].values()))["code"] for each in answers]
    assert codes.count("UNAUTHENTICATED") == 5
    assert codes.count("RATE_LIMITED") == tries - 5


async def test_no_password_is_in_the_log_of_facts(api: Api, ada: Someone) -> None:
    here = await enter(api, ada)
    await here.act(PASSWORDS, currentPassword=PASSWORD, newPassword="another good long password")
    assert ada.user_id is not None
    stored = [bytes(each.state) for each in api.log.recorder.select_events(ada.user_id)]
    assert stored
    assert not any(b"password" in state.replace(b"credentials", b"") and b"good long" in state for state in stored)
    assert not any(PASSWORD.encode() in state for state in stored)


async def test_another_name_is_seen_at_once_and_the_same_changes_nothing(api: Api, ada: Someone) -> None:
    here = await enter(api, ada)
    answer = await here.act(PROFILE, name=" Ada Lovelace ")

    assert answer["viewer"] == {"name": "Ada Lovelace"}
    assert (await here.act(PROFILE, name="Ada Lovelace"))["position"] is None
    assert (await here.act(PROFILE, name=" "))["code"] == "INVALID"
