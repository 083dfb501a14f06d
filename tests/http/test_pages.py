"""The built pages: served from the package alone, and kept by browsers as long as their names allow."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from cdt.http import pages


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> httpx.AsyncClient:
    """A package with both pages built, and a file beside them that is nobody's business."""
    for name in ("dashboard", "graphiql"):
        (tmp_path / name / "assets").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text(f"the {name}")
        (tmp_path / name / "assets" / "index-d1g3s7.js").write_text(f"the {name}'s script")
    (tmp_path / "dashboard" / "icon.svg").write_text("an icon")
    (tmp_path / "secret.txt").write_text("a secret")
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=pages.routes())), base_url="http://cdt")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "the dashboard"),
        ("/models/TW9kZWw6", "the dashboard"),
        ("/models/TW9kZWw6/trust", "the dashboard"),
        ("/graphiql", "the graphiql"),
        ("/graphiql/", "the graphiql"),
        ("/icon.svg", "an icon"),
        ("/assets/index-d1g3s7.js", "the dashboard's script"),
        ("/graphiql/assets/index-d1g3s7.js", "the graphiql's script"),
    ],
)
async def test_pages_and_their_own_paths_are_served(built: httpx.AsyncClient, path: str, text: str) -> None:
    answer = await built.get(path)

    assert (answer.status_code, answer.text) == (200, text)


async def test_pages_are_asked_for_each_time_and_what_is_named_by_its_content_is_kept(built: httpx.AsyncClient) -> None:
    assert (await built.get("/")).headers["cache-control"] == "no-cache"
    assert (await built.get("/assets/index-d1g3s7.js")).headers[
        "cache-control"
    ] == "public, max-age=31536000, immutable"


async def test_each_page_of_the_dashboard_has_a_nonce_of_its_own_by_which_alone_styles_are_written(
    built: httpx.AsyncClient, tmp_path: Path
) -> None:
    (tmp_path / "dashboard" / "index.html").write_text('<meta property="csp-nonce" nonce="CSP-NONCE" />')
    nonces = set[str]()
    for path in ("/", "/models/TW9kZWw6", "/index.html"):
        answer = await built.get(path)
        nonce = re.fullmatch(r'<meta property="csp-nonce" nonce="([\w-]{22})" />', answer.text)
        assert nonce is not None, answer.text
        rules = answer.headers["content-security-policy"].split("; ")
        assert {"script-src 'self'", f"style-src 'self' 'nonce-{nonce[1]}'"} <= set(rules)
        assert "unsafe" not in answer.headers["content-security-policy"]
        nonces.add(nonce[1])

    assert len(nonces) == 3


async def test_the_explorer_alone_may_write_styles_without_one_and_scripts_it_may_not(built: httpx.AsyncClient) -> None:
    for path in ("/graphiql", "/graphiql/index.html"):
        rules = (await built.get(path)).headers["content-security-policy"].split("; ")

        assert {"script-src 'self'", "style-src 'self' 'unsafe-inline'"} <= set(rules), path


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere.txt",
        "/assets/nowhere.js",
        "/v1/nowhere",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/graphiql/..%2f..%2fsecret.txt",
        "//etc/passwd.txt",
        "/%00.txt",
        "/assets/%00",
        "/" + "x" * 5_000 + ".txt",
        "/assets/" + "x" * 5_000,
    ],
)
async def test_what_is_no_page_is_not_found(built: httpx.AsyncClient, path: str) -> None:
    answer = await built.get(path)

    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_without_a_build_the_pages_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    app = Starlette(routes=pages.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://cdt") as client:
        for path in ("/", "/graphiql", "/models/x"):
            answer = await client.get(path)
            assert answer.status_code == 503
            assert "make install" in answer.text
