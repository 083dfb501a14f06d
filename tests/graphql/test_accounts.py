"""Signing in through the API, and who one is afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api import PASSWORD, Api, global_id
from tests.graphql.operations import SIGN_IN, act

VIEWER = "{ viewer { id kind name email } }"
WRONG = {
    "__typename": "UnauthenticatedError", "code": "UNAUTHENTICATED",
    "message": "The e-mail address or the password is wrong.", "path": None,
}  # fmt: skip


async def test_the_right_password_answers_a_token_that_is_good_for_an_hour(api: Api) -> None:
    answer = await act(api, SIGN_IN, by=None, email="ada@example.com", password=PASSWORD)

    ends_in = datetime.fromisoformat(answer["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < ends_in <= timedelta(hours=1)
    assert answer["viewer"] == {
        "id": global_id("User", api.owner.user_id or ""), "name": "Ada", "email": "ada@example.com",
    }  # fmt: skip
    seen = await api.client.post(
        "/graphql", json={"query": VIEWER}, headers={"authorization": f"bearer  {answer['accessToken']}"}
    )
    assert seen.json()["data"]["viewer"]["name"] == "Ada"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("\x00", "\x00"),
        ("ada@example.com", "x" * 1_000_000),
    ],
)
async def test_a_refusal_does_not_tell_what_was_wrong(own_api: Api, email: str, password: str) -> None:
    assert await act(own_api, SIGN_IN, by=None, email=email, password=password) == WRONG


async def test_too_many_failures_say_how_long_to_wait(own_api: Api) -> None:
    document = SIGN_IN.replace(
        "code message path }", "code message path } ... on RateLimitedError { retryAfterSeconds }"
    )
    for _ in range(5):
        assert await act(own_api, SIGN_IN, by=None, email="ada@example.com", password="wrong") == WRONG

    answer = await act(own_api, document, by=None, email="ada@example.com", password=PASSWORD)

    assert (answer["__typename"], answer["code"]) == ("RateLimitedError", "RATE_LIMITED")
    assert 0 < answer["retryAfterSeconds"] <= 1.0


async def test_a_header_is_of_a_bounded_length(api: Api) -> None:
    token = api.owner.headers["authorization"].removeprefix("Bearer ")

    answer = await api.client.post(
        "/graphql", json={"query": VIEWER}, headers={"authorization": f"Bearer {' ' * 10_000}{token}"}
    )

    assert answer.json() == {"data": {"viewer": None}}


async def test_a_viewer_is_who_the_token_or_the_key_says(api: Api) -> None:
    key = await api.make_key()

    assert await api.ask(VIEWER) == {"viewer": None}
    assert (await api.ask(VIEWER, by=api.owner))["viewer"] == {
        "id": global_id("User", api.owner.user_id or ""), "kind": "USER", "name": "Ada", "email": "ada@example.com",
    }  # fmt: skip
    program = (await api.ask(VIEWER, by=key))["viewer"]
    assert (program["kind"], program["name"], program["email"]) == ("KEY", "a program", None)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic eDp5", "Bearer x", "Bearer cdt_x", "Bearer cdt_" + "0" * 38, "x" * 30_000],
)
async def test_any_other_authorization_is_nobodys(api: Api, header: str) -> None:
    answer = await api.client.post("/graphql", json={"query": VIEWER}, headers={"authorization": header})

    assert answer.json() == {"data": {"viewer": None}}


@pytest.mark.parametrize(
    "document",
    [
        "{ projects { totalCount } }",
        "{ models { totalCount } }",
        "{ auditLog { totalCount } }",
        "{ recordedTime { position } }",
        '{ node(id: "x") { id } }',
    ],
)
async def test_who_is_not_signed_in_reads_nothing(api: Api, document: str) -> None:
    answer: dict[str, Any] = (await api.post(document)).json()

    assert answer["data"] is None or set(answer["data"].values()) == {None}
    assert answer["errors"][0]["extensions"]["code"] in {"UNAUTHENTICATED", "INVALID"}


async def test_a_member_of_nothing_reads_nothing(api: Api) -> None:
    nobody = api.tokens.issue(api.owner.organization_id, now=datetime.now(UTC)).text

    answer = await api.client.post(
        "/graphql", json={"query": "{ models { totalCount } }"}, headers={"authorization": f"Bearer {nobody}"}
    )

    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
