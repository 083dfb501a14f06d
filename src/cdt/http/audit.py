"""The audit export over HTTP: `GET /v1/audit/export`."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from cdt.access.admission import Admission
from cdt.audit.export import export, has_gaps
from cdt.database.reading import Reader
from cdt.domain.kernel import Position
from cdt.domain.tenancy.roles import Permission

MEDIA_TYPE = "application/x-ndjson"


def export_route(
    reader: Callable[[], Reader], admission: Callable[[], Admission], now: Callable[[], datetime]
) -> Callable[[Request], Awaitable[Response]]:
    """Every entry that the one who asks may see, up to `until` (a position; default: the newest)."""

    async def answer(request: Request) -> Response:
        identity = await admission().identify(request.headers.get("authorization"))
        if identity is None:
            return _refused(401, "UNAUTHENTICATED", "Send a bearer token.")
        grants = await admission().grants(identity)
        if not grants.may_anywhere(Permission.READ_AUDIT):
            return _refused(403, "FORBIDDEN", "You may not read the audit trail.")
        newest = await reader().projected_position()
        text = request.query_params.get("until", str(newest))
        if not (text.isascii() and text.isdigit() and len(text) < 19 and 0 < int(text) <= newest):
            return _refused(400, "INVALID", f"until is a position from 1 to {newest}.")
        if await has_gaps(reader(), Position(int(text))):
            message = "Some events could not be written into the trail; mend the cause, `cdt rebuild`, then ask again."
            return _refused(503, "INCOMPLETE", message)
        project_id: UUID | None = None
        if "project" in request.query_params:
            try:
                project_id = UUID(request.query_params["project"])
            except ValueError:
                return _refused(400, "INVALID", "project is a UUID.")
        lines = export(
            reader(),
            grants.scope(Permission.READ_AUDIT),
            until=Position(int(text)),
            asked_by=f"{grants.actor.kind} {grants.actor.id}",
            at=now(),
            project_id=project_id,
        )
        headers = {"content-disposition": f'attachment; filename="cdt-audit-until-{text}.ndjson"'}
        return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=headers)

    return answer


def _refused(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "path": None}, status_code=status)
