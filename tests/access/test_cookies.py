"""A cookie counts for a page of ours that says so, and for nobody else."""

from datetime import timedelta

import pytest

from cdt.access.cookies import Page, page_of
from cdt.access.tokens import IssuedToken
from tests.builders import NOON

LISTED = {"https://tools.example.com"}


def asked(scheme: str = "http", **headers: str) -> Page | None:
    given = {"host": "cdt.example.com", "x-csrf-token": "1", "origin": "http://cdt.example.com"}
    told = {**given, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return page_of([(name.encode(), text.encode("latin-1")) for name, text in told.items() if text], scheme, LISTED)


def test_our_own_page_has_the_cookie_of_its_name() -> None:
    assert asked(cookie="other=1; cdt_refresh=abc; __Secure-cdt_refresh=secure") == Page(False, "abc")
    over_tls = asked("https", origin="https://cdt.example.com", cookie="cdt_refresh=abc; __Secure-cdt_refresh=secure")
    assert over_tls == Page(True, "secure")


def test_a_proxy_that_does_not_tell_of_tls_does_not_make_the_cookie_less_secure() -> None:
    page = asked("http", origin="https://cdt.example.com")
    assert page == Page(True, None)


@pytest.mark.parametrize(
    "given",
    [
        {"x_csrf_token": ""},
        {"origin": ""},
        {"origin": "null"},
        {"origin": "https://evil.example.com"},
        {"origin": "http://cdt.example.com.evil.example"},
        {"origin": "http://cdt.example.com:8080"},
        {"origin": "http://tools.example.com"},
        {"origin": "http://cdt.example.com/"[:-1] + "@evil.example"},
    ],
)
def test_who_is_not_our_page_or_does_not_say_so_has_none(given: dict[str, str]) -> None:
    assert asked(cookie="cdt_refresh=abc", **given) is None


def test_over_tls_a_page_in_clear_is_not_ours() -> None:
    assert asked("https", origin="http://cdt.example.com") is None


def test_a_listed_origins_page_is_one_of_ours() -> None:
    assert asked(origin="https://tools.example.com") == Page(True, None)


@pytest.mark.parametrize(
    "cookie", ["", "cdt_refresh=", "cdt_refresh=a; cdt_refresh=b", "cdt_refresh=" + "x" * 201, ";=;"]
)
def test_what_can_not_be_one_token_is_none(cookie: str) -> None:
    assert asked(cookie=cookie) == Page(False, None)


def test_a_cookie_is_kept_from_scripts_and_other_sites_until_its_token_ends() -> None:
    token = IssuedToken("abc", NOON + timedelta(days=7))
    assert Page(False, None).keeping(token, NOON) == (
        "cdt_refresh=abc; Path=/graphql; Max-Age=604800; HttpOnly; SameSite=Strict"
    )
    assert Page(True, None).forgetting() == (
        "__Secure-cdt_refresh=; Path=/graphql; Max-Age=0; HttpOnly; SameSite=Strict; Secure"
    )
