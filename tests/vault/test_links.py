"""Links' tokens follow from what they are about, and from nothing that is kept."""

import pytest

from cdt.vault.links import is_token, token_of
from cdt.vault.secret import VaultSecret
from tests.builders import an_id

SECRET, OTHER = VaultSecret(VaultSecret.new()), VaultSecret(VaultSecret.new())


def test_the_same_link_has_the_same_token_again() -> None:
    token = token_of(SECRET, "verify-email", an_id(1), an_id(2))
    assert token == token_of(SECRET, "verify-email", an_id(1), an_id(2))
    assert is_token(SECRET, token, "verify-email", an_id(1), an_id(2))


def test_a_token_is_32_letters_and_digits() -> None:
    token = token_of(SECRET, "verify-email", an_id(1))
    assert len(token) == 32
    assert token.isalnum()
    assert token.isascii()


@pytest.mark.parametrize(
    ("secret", "purpose", "about"),
    [
        (OTHER, "verify-email", (an_id(1), an_id(2))),
        (SECRET, "reset-password", (an_id(1), an_id(2))),
        (SECRET, "verify-email", (an_id(2), an_id(1))),
        (SECRET, "verify-email", (an_id(1),)),
    ],
)
def test_a_token_opens_nothing_else(secret: VaultSecret, purpose: str, about: tuple) -> None:  # type: ignore[type-arg]
    token = token_of(SECRET, "verify-email", an_id(1), an_id(2))
    assert not is_token(secret, token, purpose, *about)


@pytest.mark.parametrize("text", ["", "x", "ä" * 32, "0" * 10_000])
def test_what_was_made_up_is_no_token(text: str) -> None:
    assert not is_token(SECRET, text, "verify-email", an_id(1), an_id(2))
