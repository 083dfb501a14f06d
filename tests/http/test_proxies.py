"""Who asks: the connection's address, unless a trusted proxy says whom it asks for; nobody else is believed."""

from typing import Any

import pytest

from cdt.http.proxies import Proxies, networks_of

TRUSTED = "10.0.0.0/8, 2001:db8::/32, 127.0.0.1"


def told(
    *headers: tuple[str, str], client: str | None = "10.0.0.1", kind: str = "http", by: str = "x-forwarded"
) -> tuple[Any, str]:
    """The client's address and the scheme, as the application sees them."""
    scope: dict[str, Any] = {
        "type": kind, "scheme": "http" if kind == "http" else "ws", "client": None if client is None else (client, 1),
        "headers": [(name.encode(), text.encode("latin-1")) for name, text in headers],
    }  # fmt: skip
    Proxies(networks_of(TRUSTED), headers=by).tell(scope)  # type: ignore[arg-type]
    return scope["client"] and scope["client"][0], scope["scheme"]


FOR, PROTO = "x-forwarded-for", "x-forwarded-proto"


def test_without_a_proxys_word_the_connection_says_it() -> None:
    assert told() == ("10.0.0.1", "http")
    assert told(client="198.51.100.7") == ("198.51.100.7", "http")
    assert told(client=None) == (None, "http")


@pytest.mark.parametrize("client", ["198.51.100.7", "2001:db9::1", "11.0.0.1", "not an address"])
def test_who_is_no_trusted_proxy_is_not_believed(client: str) -> None:
    assert told((FOR, "192.0.2.1"), (PROTO, "https"), client=client) == (client, "http")


@pytest.mark.parametrize("client", ["10.255.0.1", "127.0.0.1", "2001:db8::9", "::ffff:10.0.0.1"])
def test_a_trusted_proxy_says_who_asked_it_and_how(client: str) -> None:
    assert told((FOR, "192.0.2.1"), (PROTO, "https"), client=client) == ("192.0.2.1", "https")


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        (["192.0.2.1, 198.51.100.7"], "198.51.100.7"),
        (["192.0.2.1", "198.51.100.7"], "198.51.100.7"),
        (["192.0.2.1, 198.51.100.7, 10.0.0.3"], "198.51.100.7"),
        (["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        (["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7:4711"], "198.51.100.7"),
        (["[2001:db9::1]:4711"], "2001:db9::1"),
        (["2001:db9::1"], "2001:db9::1"),
        (["unknown"], "10.0.0.1"),
        (["192.0.2.1, unknown"], "10.0.0.1"),
        (["192.0.2.1, unknown, 10.0.0.3"], "10.0.0.3"),
        ([""], "10.0.0.1"),
        (["192.0.2.1, "], "10.0.0.1"),
        (["x" * 100_000], "10.0.0.1"),
        (["," * 100_000 + "192.0.2.1"], "192.0.2.1"),
        (["192.0.2.999"], "10.0.0.1"),
        (["\xff"], "10.0.0.1"),
    ],
)
def test_of_several_the_last_that_is_no_proxy_of_ours_asks(hops: list[str], client: str) -> None:
    assert told(*((FOR, hop) for hop in hops)) == (client, "http")


@pytest.mark.parametrize(
    ("said", "scheme"),
    [
        ("https", "https"),
        (" HTTPS ", "https"),
        ("http", "http"),
        ("https, http", "http"),
        ("ftp", "http"),
        ("", "http"),
    ],
)
def test_the_scheme_is_what_the_last_proxy_says(said: str, scheme: str) -> None:
    assert told((PROTO, said)) == ("10.0.0.1", scheme)


def test_over_tls_a_web_socket_is_a_secure_one() -> None:
    assert told((PROTO, "https"), kind="websocket") == ("10.0.0.1", "wss")


@pytest.mark.parametrize(
    ("said", "client", "scheme"),
    [
        ("for=192.0.2.1;proto=https", "192.0.2.1", "https"),
        ("For=192.0.2.1; Proto=HTTPS", "192.0.2.1", "https"),
        ('for="[2001:db9::1]:4711"', "2001:db9::1", "http"),
        ("for=192.0.2.1, for=198.51.100.7;proto=https", "198.51.100.7", "https"),
        ("for=192.0.2.1, for=10.0.0.3;proto=https", "192.0.2.1", "https"),
        ("for=_hidden", "10.0.0.1", "http"),
        ("by=10.0.0.1", "10.0.0.1", "http"),
        ('for="192.0.2.1, for=198.51.100.7', "198.51.100.7", "http"),
        ('for="192.0.2.1, for="[2001:db9::1]"', "10.0.0.1", "http"),
        ('"' * 100_000, "10.0.0.1", "http"),
        ("", "10.0.0.1", "http"),
    ],
)
def test_the_standard_header_is_read_where_proxies_write_that(said: str, client: str, scheme: str) -> None:
    assert told(("forwarded", said), by="forwarded") == (client, scheme)


def test_the_kind_that_our_proxies_do_not_write_is_a_clients_word() -> None:
    assert told(("forwarded", "for=192.0.2.1;proto=https")) == ("10.0.0.1", "http")
    assert told((FOR, "192.0.2.1"), (PROTO, "https"), by="forwarded") == ("10.0.0.1", "http")


def test_nobody_is_trusted_where_nobody_is_listed() -> None:
    assert networks_of("none") == networks_of("") == []
