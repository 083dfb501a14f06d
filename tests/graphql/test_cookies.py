"""A page's session: its refresh token is in a cookie that no script sees, and counts with our own origin alone."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api import PASSWORD, Api, client_of

FIELDS = "accessToken refreshToken viewer { name }"
SIGN_IN = f"mutation ($input: SignInInput!) {{ done: signIn(input: $input) {{ ... on SignInPayload {{ {FIELDS} }} }} }}"
REFRESH = f"""mutation ($input: RefreshSessionInput!) {{
  done: refreshSession(input: $input) {{ ... on RefreshSessionPayload {{ {FIELDS} }} ... on Failure {{ code message }}
  }}
}}"""
SIGN_OUT = "mutation ($input: SignOutInput!) { done: signOut(input: $input) { __typename } }"
COOKIE = "cdt_refresh"
OVER = "The refresh token is used up, ended or none of ours; sign in again."
PLAIN, LIBRARYS = "application/json", "application/graphql-response+json, application/json"


class Browser:
    """Sends what a browser does for a page: its origin, and the cookies of our path."""

    def __init__(self, api: Api, accept: str = PLAIN) -> None:
        self.api = api
        self.headers = {"origin": api.address, "x-csrf-token": "1", "accept": accept}
        self.kept: str | None = None
        self.answer: httpx.Response | None = None

    async def ask(self, document: str, token: str | None = None, **given: Any) -> dict[str, Any]:
        headers = dict(self.headers)
        if self.kept:
            headers["cookie"] = f"{COOKIE}={self.kept}"
        if token:
            headers["authorization"] = f"Bearer {token}"
        body = {"query": document, "variables": {"input": given}}
        async with client_of(self.api.address) as client:
            self.answer = await client.post("/graphql", json=body, headers=headers)
        set_cookie = self.answer.headers.get("set-cookie")
        if set_cookie is not None:
            self.kept = set_cookie.split(";")[0].partition("=")[2]
        return self.answer.json()["data"]["done"]

    async def sign_in(self) -> dict[str, Any]:
        return await self.ask(SIGN_IN, email=self.api.owner.email, password=PASSWORD)

    def told(self, name: str) -> str | None:
        assert self.answer is not None
        return self.answer.headers.get(name)


@pytest.mark.parametrize("accept", [PLAIN, LIBRARYS])
async def test_a_page_gets_the_refresh_token_in_a_cookie_and_nowhere_else(api: Api, accept: str) -> None:
    browser = Browser(api, accept)
    begun = await browser.sign_in()

    assert begun["refreshToken"] is None
    assert browser.kept
    assert browser.kept.startswith("cdtr_")
    kept = browser.told("set-cookie")
    # the cookie ends with the token, which is as old as its sign-in took on a busy machine
    assert kept in {
        f"{COOKIE}={browser.kept}; Path=/graphql; Max-Age={seconds}; HttpOnly; SameSite=Strict"
        for seconds in range(604_740, 604_801)
    }
    assert browser.told("cache-control") == "no-store"
    first = browser.kept
    renewed = await browser.ask(REFRESH)
    assert (renewed["viewer"], renewed["refreshToken"]) == ({"name": "Ada"}, None)
    assert browser.kept != first


async def test_a_program_gets_the_refresh_token_in_the_answer_and_no_cookie(api: Api) -> None:
    program = Browser(api)
    program.headers = {}
    begun = await program.sign_in()

    assert begun["refreshToken"].startswith("cdtr_")
    assert program.told("set-cookie") is None
    assert (await program.ask(REFRESH, refreshToken=begun["refreshToken"]))["refreshToken"] != begun["refreshToken"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("origin", "https://evil.example.com"), ("origin", None), ("origin", "null"), ("x-csrf-token", None)],
)
async def test_a_cookie_counts_for_nothing_that_is_not_our_page(api: Api, name: str, text: str | None) -> None:
    browser = Browser(api)
    await browser.sign_in()
    ours, kept = dict(browser.headers), browser.kept
    browser.headers = {
        **{each: value for each, value in ours.items() if each != name},
        **({name: text} if text else {}),
    }

    assert await browser.ask(REFRESH) == {"code": "UNAUTHENTICATED", "message": OVER}
    assert (browser.told("set-cookie"), browser.kept) == (None, kept)

    browser.headers = ours
    assert "accessToken" in await browser.ask(REFRESH)


async def test_a_form_of_another_site_reaches_nothing(api: Api) -> None:
    browser = Browser(api)
    await browser.sign_in()
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = await api.client.post(
            "/graphql",
            content='{"query": "mutation { signOut(input: {}) { __typename } }", "x": "="}',
            headers={"content-type": kind, "origin": "https://evil.example.com", "cookie": f"{COOKIE}={browser.kept}"},
        )
        assert answer.status_code == (403 if kind.startswith("multipart/form-data") else 400)
    assert "accessToken" in await browser.ask(REFRESH)


async def test_a_lost_answer_is_answered_the_same_and_another_use_ends_the_session(api: Api) -> None:
    browser, command_id = Browser(api), str(uuid4())
    await browser.sign_in()
    first = browser.kept
    await browser.ask(REFRESH, commandId=command_id)
    renewed = browser.kept

    browser.kept = first
    assert "accessToken" in await browser.ask(REFRESH, commandId=command_id)
    assert browser.kept == renewed
    browser.kept = first
    assert (await browser.ask(REFRESH))["code"] == "UNAUTHENTICATED"
    browser.kept = renewed
    assert (await browser.ask(REFRESH))["code"] == "UNAUTHENTICATED"


async def test_who_signs_out_has_no_cookie_and_no_session(api: Api) -> None:
    browser = Browser(api)
    begun = await browser.sign_in()
    kept = browser.kept
    assert await browser.ask(SIGN_OUT, begun["accessToken"]) == {"__typename": "EndedPayload"}
    assert browser.told("set-cookie") == f"{COOKIE}=; Path=/graphql; Max-Age=0; HttpOnly; SameSite=Strict"

    browser.kept = kept
    assert await browser.ask(REFRESH) == {"code": "UNAUTHENTICATED", "message": OVER}


async def test_behind_tls_the_cookie_is_secure(api: Api) -> None:
    browser = Browser(api)
    browser.headers |= {"x-forwarded-proto": "https", "origin": api.address.replace("http:", "https:")}
    await browser.sign_in()

    kept = browser.told("set-cookie") or ""
    assert kept.startswith("__Secure-cdt_refresh=cdtr_")
    assert kept.endswith("; HttpOnly; SameSite=Strict; Secure")
