"""The audit export over HTTP: `GET /v1/audit/export`."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from cdt.access.admission import Admission
from cdt.access.grants import Grants
from cdt.audit.export import Keys, export, has_gaps
from cdt.database.reading import Reader, Scope
from cdt.domain.errors import Forbidden
from cdt.domain.kernel import Position
from cdt.domain.security import Occurrence, SecurityKind
from cdt.domain.tenancy.roles import Permission
from cdt.http.ids import id_in
from cdt.security.journal import Journal

MEDIA_TYPE = "application/x-ndjson"


def export_route(
    reader: Callable[[], Reader],
    admission: Callable[[], Admission],
    journal: Callable[[], Journal],
    now: Callable[[], datetime],
    keys: Keys,
) -> Callable[[Request], Awaitable[Response]]:
    """Every entry that the one who asks may see, up to `until` (a position; default: the newest)."""

    async def answer(request: Request) -> Response:
        address = "" if request.client is None else request.client.host
        identity = await admission().identify(request.headers.get("authorization"), address)
        if identity is None:
            return _refused(401, "UNAUTHENTICATED", "Send a bearer token.")
        grants = await admission().grants(identity)
        if not grants.may_anywhere(Permission.READ_AUDIT):
            admission().notice_refusal(
                Forbidden(permission=Permission.READ_AUDIT.value),
                grants,
                subject="audit/export",
                address=address,
                organization_id=None if identity.key is None else identity.key.organization_id,
            )
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
            project_id = id_in(request.query_params["project"], "Project")
            if project_id is None:
                return _refused(400, "INVALID", "project is the id of a project.")
        scope = grants.scope(Permission.READ_AUDIT)
        await journal().record(_exports(grants, scope, project_id, until=text, address=address))
        lines = export(
            reader(),
            scope,
            until=Position(int(text)),
            asked_by=f"{grants.actor.kind} {grants.actor.id}",
            at=now(),
            project_id=project_id,
            keys=keys,
        )
        headers = {"content-disposition": f'attachment; filename="cdt-audit-until-{text}.ndjson"'}
        return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=headers)

    return answer


def _exports(grants: Grants, scope: Scope, project_id: UUID | None, *, until: str, address: str) -> list[Occurrence]:
    """What is told of an export, in each organization whose record is in it."""
    projects = scope.projects if project_id is None else [each for each in scope.projects if each == project_id]
    of_projects = {grants.projects[each] for each in projects if each in grants.projects}
    of_projects |= {each.organization_id for each in grants.ended if each.id in projects}
    organizations = of_projects | set(scope.organizations if project_id is None else ())
    return [
        Occurrence(
            kind=SecurityKind.EXPORTED,
            reason="audit",
            subject=f"until {until}",
            actor=grants.actor,
            person=grants.user_id,
            organization_id=each,
            address=address,
        )
        for each in sorted(organizations)
    ]


def _refused(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "path": None}, status_code=status)
