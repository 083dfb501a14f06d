"""What every subscription asks itself again and again: whether it may go on."""

from uuid import UUID

from cdt.access.grants import Grants
from cdt.domain.errors import Forbidden, NotFound
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Context
from cdt.graphql.patience import patiently

LOOK_AGAIN_SECONDS = 2.0
"""Whoever follows is looked at this often even when nothing moves: the token may have ended, the permission be gone.

Five seconds are promised, on a server that has much else to do.
"""


async def admitted(
    context: Context, permission: Permission, project_id: UUID | None = None, kind: str = "project"
) -> Grants:
    """What the one who follows may do now.

    Unauthenticated once the token has ended, Forbidden once the permission opens nothing any more; where a project is
    followed, NotFound of the kind once it is not among what the permission opens.
    """
    context.require_fresh()
    grants = await patiently(context.grants)
    scope = grants.scope(permission)
    if project_id is not None and project_id not in scope.projects:
        raise NotFound(kind=kind)
    if not (scope.projects or scope.organizations):
        raise Forbidden(permission=permission.value)
    return grants
