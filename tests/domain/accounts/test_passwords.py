"""A password that somebody would guess soon is refused, with what to do."""

import pytest

from cdt.access.known_passwords import known_passwords
from cdt.domain.accounts.passwords import require_good
from cdt.domain.errors import Invalid

OWN = ["Ada Lovelace", "ada.lovelace@example.com"]
KNOWN = "many people have this password; choose one that nobody would guess"
OWN_NAME = "don't use your own name or address as the password"


def problem_of(password: str) -> str | None:
    try:
        require_good("password", password, common=known_passwords(), own_words=OWN)
    except Invalid as error:
        return error.problem
    return None


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "Tr0ub4dor&3xy", "пароль надёжный", "ten chars!", "x" * 5 + "abcde" + "z" * 990],
)
def test_what_nobody_would_guess_is_good(password: str) -> None:
    assert problem_of(password) is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "write at least 10 characters; a few words are easy to keep in mind"),
        ("short one", "write at least 10 characters; a few words are easy to keep in mind"),
        ("x" * 1_001, "write at most 1000 characters"),
        ("half \ud800 a pair", "write whole characters: half of a surrogate pair is none"),
        ("1234567890", KNOWN),
        ("Password123!", KNOWN),
        ("!!!iloveyou2026", KNOWN),
        ("QWERTYUIOP", KNOWN),
        ("aaaaaaaaaaaa", KNOWN),
        ("abababababab", KNOWN),
        ("lovelace2026", OWN_NAME),
        ("AdaLovelace1815", None),
        ("ada.lovelace@example.com", OWN_NAME),
        ("LovelaceLovelace", OWN_NAME),
    ],
)
def test_what_somebody_would_guess_is_refused(password: str, problem: str | None) -> None:
    assert problem_of(password) == problem


def test_the_list_has_what_many_people_use() -> None:
    assert len(known_passwords()) > 18_000
    assert {"password", "qwerty", "iloveyou"} <= known_passwords()
