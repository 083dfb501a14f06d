"""The built dashboard and GraphiQL, as files of the package; nothing is loaded from elsewhere."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from cdt.http.policies import NONCE_PLACE, POLICY_OF_EXPLORER, policy_of_dashboard

STATIC = Path(__file__).parent / "static"
NOT_BUILT = "The dashboard is not built yet: run `make install`, then load this page again.\n"


class _Assets(StaticFiles):
    """Files whose names carry their content's digest: kept by browsers for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def routes() -> list[Route | Mount]:
    """The dashboard at /, with its own paths; GraphiQL at /graphiql."""
    return [
        Mount("/graphiql/assets", _Assets(directory=STATIC / "graphiql" / "assets", check_dir=False)),
        Route("/graphiql", _page("graphiql", _explorer)),
        Route("/graphiql/{path:path}", _page("graphiql", _explorer)),
        Mount("/assets", _Assets(directory=STATIC / "dashboard" / "assets", check_dir=False)),
        Route("/{path:path}", _page("dashboard", _dashboard)),
    ]


def _file_below(root: Path, path: str) -> Path | None:
    try:
        wanted = (root / path).resolve()
        return wanted if root in wanted.parents and wanted.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


async def _dashboard(index: Path) -> Response:
    """With a nonce that no other answer has, so it is asked for each time."""
    nonce = secrets.token_urlsafe(16)
    text = (await asyncio.to_thread(index.read_text, encoding="utf-8")).replace(NONCE_PLACE, nonce)
    headers = {"cache-control": "no-cache", "content-security-policy": policy_of_dashboard(nonce)}
    return HTMLResponse(text, headers=headers)


async def _explorer(index: Path) -> Response:
    return FileResponse(index, headers={"cache-control": "no-cache", "content-security-policy": POLICY_OF_EXPLORER})


def _page(folder: str, shown: Callable[[Path], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        root = STATIC / folder
        index = root / "index.html"
        if not index.is_file():
            return PlainTextResponse(NOT_BUILT, status_code=503)
        path = str(request.path_params.get("path", ""))
        if (wanted := _file_below(root.resolve(), path)) is not None and wanted != index.resolve():
            return FileResponse(wanted, headers={"cache-control": "no-cache"})
        if path.startswith("v1/") or ("." in path.rpartition("/")[2] and path != index.name):
            raise HTTPException(404)
        return await shown(index)

    return page
