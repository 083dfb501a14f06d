"""Which evaluation a command is about, and whose it is."""

from functools import partial

import strawberry

from cdt.domain.kernel import Tenant
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.acting import acted_on
from cdt.graphql.context import Info
from cdt.graphql.ids import id_of
from cdt.readmodels import evaluations


async def evaluation_of(
    info: Info, global_id: strawberry.ID, permission: Permission
) -> tuple[evaluations.Evaluation, Tenant]:
    """The evaluation and whose it is; NotFound when it can't be seen, Forbidden when only seeing is allowed."""
    row = await acted_on(
        info.context,
        permission,
        partial(evaluations.evaluations, ids=[id_of(global_id, "Evaluation")]),
        "project",
        lambda row: row.project_id,
        kind="evaluation",
    )
    return row, (await info.context.grants()).tenant(row.project_id)
