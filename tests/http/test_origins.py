"""Pages of other origins: those of listed ones may ask the API with their visitors' cookies, no others may."""

from collections.abc import AsyncIterator

import httpx
import pytest
import websockets
from websockets.exceptions import InvalidStatus

from cdt.embedded import EmbeddedValkey
from tests.api import Api, opened, running, settings_of

LISTED = "https://tools.example.com"
PATHS = ["/graphql", "/graphql/stream", "/v1/versions/x/predictions", "/v1/audit/export"]


@pytest.fixture(scope="module")
async def api(module_dsn: str, valkey: EmbeddedValkey) -> AsyncIterator[Api]:
    """An API that has listed two origins, behind a proxy that speaks TLS."""
    given = settings_of(
        module_dsn, valkey.url, allowed_origins=f"{LISTED}, https://other.example.com:8443",
        public_url="https://cdt.example.com/",
    )  # fmt: skip
    async with running(given) as api:
        yield api


def told(answer: httpx.Response) -> dict[str, str]:
    return {name: text for name, text in answer.headers.items() if name.startswith("access-control")}


def preflight(origin: str) -> dict[str, str]:
    return {
        "origin": origin, "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [LISTED, "https://other.example.com:8443", "https://cdt.example.com"])
async def test_a_listed_page_is_told_what_it_may_send(api: Api, path: str, origin: str) -> None:
    answer = await api.client.options(path, headers=preflight(origin))

    assert (answer.status_code, answer.content) == (204, b"")
    assert told(answer) == {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, POST, OPTIONS",
        "access-control-allow-headers": (
            "authorization, content-type, content-encoding, accept, idempotency-key, x-csrf-token"
        ),
        "access-control-max-age": "600",
    }
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "*", "http://tools.example.com", f"{LISTED}.evil.example", f"{LISTED}:444",
     "https://eviltools.example.com"],
)  # fmt: skip
async def test_any_other_page_is_told_nothing(api: Api, path: str, origin: str) -> None:
    answer = await api.client.options(path, headers=preflight(origin))

    assert (answer.status_code, answer.json()["code"], told(answer)) == (403, "FORBIDDEN", {})
    assert answer.headers["vary"] == "Origin"


async def test_a_listed_page_may_read_the_answer(api: Api) -> None:
    answer = await api.post("{ viewer { id } }", by=api.owner, origin=LISTED)

    assert answer.json()["data"]["viewer"]
    assert told(answer) == {
        "access-control-allow-origin": LISTED,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "x-request-id, retry-after, ratelimit, ratelimit-policy",
    }


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_another_page_may_not(api: Api, origin: str) -> None:
    answer = await api.post("{ viewer { id } }", by=api.owner, origin=origin)

    assert told(answer) == {}
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics"])
async def test_pages_and_figures_are_shared_with_nobody(api: Api, path: str) -> None:
    assert told(await api.client.get(path, headers={"origin": LISTED})) == {}


async def test_who_is_no_page_notices_nothing(api: Api) -> None:
    answer = await api.post("{ viewer { id } }", by=api.owner)

    assert told(answer) == {}
    assert "vary" not in answer.headers


@pytest.mark.parametrize("origin", [LISTED, "https://cdt.example.com"])
async def test_a_listed_page_may_open_a_web_socket(api: Api, origin: str) -> None:
    async with api.socket(by=api.owner, origin=origin) as socket:
        await socket.send("ping")
        assert (await socket.receive())["type"] == "pong"


@pytest.mark.parametrize("origin", ["https://evil.example", f"{LISTED}.evil.example", "http://tools.example.com"])
async def test_another_page_may_not_open_one(api: Api, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(api.address, origin=websockets.Origin(origin)):
            pass

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/graphql", "/v1/versions/x/predictions"])
async def test_over_tls_browsers_are_told_to_come_by_tls_alone(api: Api, path: str) -> None:
    plain = await api.client.post(path)
    secure = await api.client.post(path, headers={"x-forwarded-proto": "https"})

    assert "strict-transport-security" not in plain.headers
    assert secure.headers["strict-transport-security"] == "max-age=31536000"
