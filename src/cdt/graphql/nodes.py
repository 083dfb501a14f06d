"""Relay's way to any thing by its global id."""

import strawberry
from strawberry import relay

from cdt.domain.tenancy.roles import Permission
from cdt.graphql.alerts.types import Alert, AlertRule
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.plans import MonitoringPlan
from cdt.graphql.evaluations.types import Evaluation
from cdt.graphql.fields import query
from cdt.graphql.ids import read_id
from cdt.graphql.registry.models import Model
from cdt.graphql.registry.types import Version
from cdt.graphql.scalars import AsOf
from cdt.graphql.tenancy.members import Invitation, Member, moment_of
from cdt.graphql.tenancy.types import Organization, Project


@strawberry.type
class NodeQueries:
    """Fields of Query."""

    @query(Permission.READ, "Anything that has an id; null when there is none, or none that you may see.")
    async def node(self, info: Info, id: strawberry.ID, as_of: AsOf | None = None) -> relay.Node | None:  # noqa: A002
        """As known at the moment that is asked about."""
        found = await _load(info, await info.context.at(as_of), id)
        match found:
            case Model():
                info.context.note_read(found.row.id, found.row.project_id)
            case Version() | Evaluation() | Alert() | AlertRule():
                info.context.note_read(found.row.model_id, found.row.project_id)
            case _:
                pass
        return found


async def _load(  # noqa: PLR0911  one for each type
    info: Info, at: At, text: strawberry.ID
) -> relay.Node | None:
    wanted = read_id(text)
    loaders, key = info.context.loaders, (at, wanted.uuid)
    match wanted.type_name:
        case "Model":
            model = await loaders.registry.model.load(key)
            return None if model is None else Model.of(model, at)
        case "Version":
            version = await loaders.registry.version.load(key)
            return None if version is None else Version.of(version, at)
        case "Project":
            project = await loaders.tenancy.project.load(key)
            return None if project is None else Project.of(project, at)
        case "Organization":
            organization = await loaders.tenancy.organization.load(key)
            return None if organization is None else Organization.of(organization, at)
        case "Member":
            member = await loaders.tenancy.member.load(key)
            return None if member is None else Member.of(member, at)
        case "Invitation":
            invitation = await loaders.tenancy.invitation.load(key)
            return None if invitation is None else Invitation.of(invitation, at, await moment_of(info, at))
        case "Evaluation":
            evaluation = await loaders.evaluations.evaluation.load(key)
            return None if evaluation is None else Evaluation.of(evaluation, at)
        case "MonitoringPlan":
            plan = await loaders.evaluations.plan.load(key)
            return None if plan is None else MonitoringPlan.of(plan, at)
        case "Alert":
            alert = await loaders.alerts.alert.load(key)
            return None if alert is None else Alert.of(alert, at)
        case "AlertRule":
            rule = await loaders.alerts.rule.load(key)
            return None if rule is None else AlertRule.of(rule, at)
        case _:
            return None
