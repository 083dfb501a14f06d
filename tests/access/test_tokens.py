"""A token is good for an hour, signed by this installation's key, with the one algorithm, and not altered."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from cdt.access.tokens import Tokens
from cdt.vault.secret import VaultSecret
from tests.builders import an_id

SECRET = VaultSecret("A" * 43)
NOW = datetime.now(UTC)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET)


def forged(
    key: bytes | str = SECRET.key_for("tokens/1"), *, kid: Any = "1", algorithm: str = "HS256", **claims: Any
) -> str:
    given = {
        "iss": "cdt",
        "aud": "cdt-api",
        "sub": str(an_id(1)),
        "iat": NOW,
        "exp": NOW + timedelta(hours=1),
        **claims,
    }
    return jwt.encode(
        {name: claim for name, claim in given.items() if claim is not None}, key, algorithm=algorithm,
        headers={"kid": kid},
    )  # fmt: skip


def test_a_fresh_token_names_its_person_and_its_end(tokens: Tokens) -> None:
    issued = tokens.issue(an_id(1), now=NOW)
    read = tokens.read(issued.text)

    assert read is not None
    assert read.user_id == an_id(1)
    assert (
        read.expires_at == issued.expires_at.replace(microsecond=0) == (NOW + timedelta(hours=1)).replace(microsecond=0)
    )


def test_a_token_of_the_same_secret_is_good_in_every_process(tokens: Tokens) -> None:
    assert Tokens(VaultSecret("A" * 43)).read(tokens.issue(an_id(1), now=NOW).text) is not None


def test_a_forger_with_the_key_would_succeed_so_that_the_others_fail_for_their_own_reason(tokens: Tokens) -> None:
    assert tokens.read(forged()) is not None


@pytest.mark.parametrize(
    "text",
    [
        forged(exp=NOW - timedelta(seconds=1)),
        forged(exp=None),
        forged(sub=None),
        forged(sub="not a UUID"),
        forged(iss="elsewhere"),
        forged(aud="elsewhere"),
        forged(aud=None),
        forged(sid="no UUID"),
        forged(iss=None),
        forged(iat=NOW + timedelta(hours=1)),
        forged(VaultSecret.new()),
        forged(SECRET.key_for("names/email")),
        forged(kid="2"),
        forged(SECRET.key_for("tokens/1") * 2, algorithm="HS512"),
        forged("", algorithm="none"),
        "",
        ".",
        "..",
        "a.b.c",
        "\x00",
        "x" * 100_000,
        "é.é.é",
    ],
)
def test_what_is_expired_foreign_altered_or_no_token_admits_nobody(tokens: Tokens, text: str) -> None:
    assert tokens.read(text) is None


@pytest.mark.parametrize("part", [0, 1, 2])
def test_one_changed_letter_spoils_a_token(tokens: Tokens, part: int) -> None:
    parts = tokens.issue(an_id(1), now=NOW).text.split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]

    assert tokens.read(".".join(parts)) is None


@pytest.mark.parametrize("header", [{"alg": "HS256"}, {"alg": "HS256", "kid": 1}, {"alg": "HS256", "kid": ["1"]},
                                    {"alg": "none", "kid": "1"}, {"kid": "1"}, [], None])  # fmt: skip
def test_a_header_of_ones_own_admits_nobody(tokens: Tokens, header: Any) -> None:
    _, claims, signature = forged().split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")

    assert tokens.read(f"{head}.{claims}.{signature}") is None
    assert tokens.read(f"{head}.{claims}.") is None
