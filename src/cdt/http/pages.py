"""The built dashboard and GraphiQL, as files of the package; nothing is loaded from elsewhere."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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
        Route("/graphiql", _page("graphiql")),
        Route("/graphiql/{path:path}", _page("graphiql")),
        Mount("/assets", _Assets(directory=STATIC / "dashboard" / "assets", check_dir=False)),
        Route("/{path:path}", _page("dashboard")),
    ]


def _file_below(root: Path, path: str) -> Path | None:
    try:
        wanted = (root / path).resolve()
        return wanted if root in wanted.parents and wanted.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _page(folder: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        root = STATIC / folder
        index = root / "index.html"
        if not index.is_file():
            return PlainTextResponse(NOT_BUILT, status_code=503)
        path = str(request.path_params.get("path", ""))
        if (wanted := _file_below(root.resolve(), path)) is not None:
            return FileResponse(wanted, headers={"cache-control": "no-cache"})
        if path.startswith("v1/") or "." in path.rpartition("/")[2]:
            raise HTTPException(404)
        return FileResponse(index, headers={"cache-control": "no-cache"})

    return page
