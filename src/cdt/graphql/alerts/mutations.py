"""Rules, what people say of alerts, and where alerts are sent."""

from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.commands import alerts as commands
from cdt.commands import notifications as notification_commands
from cdt.domain.alerts.events import AlertState
from cdt.domain.evaluations.results import RECORDED
from cdt.domain.kernel import AlertId, Command, EndpointId, RuleId, Tenant, derived_id
from cdt.domain.notifications.decisions import checked_url
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import Text
from cdt.graphql.acting import acted_on
from cdt.graphql.alerts.types import Alert, AlertRule, Operator
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Done, Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.registry.subjects import model_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.subjects import tenant_of
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.readmodels import alerts
from cdt.vault import webhooks


@strawberry.input(description="A number to be told about.")
class AddAlertRuleInput:
    """Rings when so many recorded results in a row lie on the wrong side of the threshold."""

    model_id: strawberry.ID
    name: str
    subject: str = strawberry.field(
        description='"trust", a measure such as "accuracy", a measure:feature, or a measure@slice.'
    )
    operator: Operator
    threshold: float
    in_a_row: int = 1
    command_id: str | None = None


@strawberry.input(description="A rule to be judged no longer, or again.")
class SwitchAlertRuleInput:
    """Its alerts stay as they are."""

    rule_id: strawberry.ID
    is_enabled: bool
    command_id: str | None = None


@strawberry.input(description="What somebody says of an alert.")
class AlertNoteInput:
    """The note becomes part of the record."""

    alert_id: strawberry.ID
    note: str = ""
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="An address that the project's alerts shall be sent to.")
class AddWebhookInput:
    """Messages are signed; see docs/webhooks.md."""

    project_id: strawberry.ID
    url: str
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The rule; null when it can't be read yet.")
class AlertRulePayload:
    """`lagging` says that the change is recorded but not readable yet."""

    rule: AlertRule | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ)
@strawberry.type(description="The alert; null when it can't be read yet.")
class AlertPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    alert: Alert | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ)
@strawberry.type(description="See AlertRulePayload.")
class AddAlertRulePayload(AlertRulePayload):
    """The new rule."""


@needs(Permission.READ)
@strawberry.type(description="See AlertRulePayload.")
class SwitchAlertRulePayload(AlertRulePayload):
    """The rule, switched."""


@needs(Permission.READ)
@strawberry.type(description="See AlertPayload.")
class AcknowledgeAlertPayload(AlertPayload):
    """The alert, acknowledged."""


@needs(Permission.READ)
@strawberry.type(description="See AlertPayload.")
class ResolveAlertPayload(AlertPayload):
    """The alert, resolved."""


@needs(Permission.WRITE_ALERTS)
@strawberry.type(description="The secret that signs the messages; it is shown this once.")
class AddWebhookPayload:
    """CDT keeps it sealed."""

    id: strawberry.ID
    secret: str
    position: PositionText | None
    lagging: bool


AddAlertRuleResult = Annotated[AddAlertRulePayload | Failures, strawberry.union("AddAlertRuleResult")]
SwitchAlertRuleResult = Annotated[SwitchAlertRulePayload | Failures, strawberry.union("SwitchAlertRuleResult")]
AcknowledgeAlertResult = Annotated[AcknowledgeAlertPayload | Failures, strawberry.union("AcknowledgeAlertResult")]
ResolveAlertResult = Annotated[ResolveAlertPayload | Failures, strawberry.union("ResolveAlertResult")]
AddWebhookResult = Annotated[AddWebhookPayload | Failures, strawberry.union("AddWebhookResult")]


@strawberry.type
class AlertsMutations:
    """Fields of Mutation."""

    @mutation(Permission.WRITE_ALERTS, "Watch a number of a model, and ring when it passes a threshold.")
    async def add_alert_rule(self, info: Info, input: AddAlertRuleInput) -> AddAlertRuleResult:  # noqa: A002
        """The same commandId again answers the same rule."""
        model, tenant = await model_of(info, input.model_id, Permission.WRITE_ALERTS)
        by = await command_of(info, input, tenant)
        rule_id = RuleId(derived_id("rule", model.id, by.id))
        done = await info.context.do(
            commands.add_alert_rule,
            rule_id,
            model_id=model.id,
            name=input.name,
            subject=input.subject,
            operator=input.operator.value,
            threshold=input.threshold,
            in_a_row=input.in_a_row,
            measures=RECORDED,
            by=by,
        )
        rule = await _rule(info, done, rule_id)
        return AddAlertRulePayload(rule=rule, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.WRITE_ALERTS, "Judge a rule no longer, or again.")
    async def switch_alert_rule(self, info: Info, input: SwitchAlertRuleInput) -> SwitchAlertRuleResult:  # noqa: A002
        """Its alerts stay as they are."""
        rule_id = id_of(input.rule_id, "AlertRule")
        row = await acted_on(
            info.context,
            Permission.WRITE_ALERTS,
            partial(alerts.rules, ids=[rule_id]),
            "project",
            lambda row: row.project_id,
            kind="alert rule",
        )
        by = await command_of(info, input, (await info.context.grants()).tenant(row.project_id))
        command = commands.enable_alert_rule if input.is_enabled else commands.disable_alert_rule
        done = await info.context.do(command, RuleId(rule_id), by=by)
        rule = await _rule(info, done, rule_id)
        return SwitchAlertRulePayload(rule=rule, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.WRITE_ALERTS, "Say that somebody looks after an alert.")
    async def acknowledge_alert(self, info: Info, input: AlertNoteInput) -> AcknowledgeAlertResult:  # noqa: A002
        """A conflict when it is resolved already."""
        row, tenant = await _alert_of(info, input.alert_id)
        by = await command_of(info, input, tenant)
        note = await _note(info, input, row, "acknowledged", by=by)
        done = await info.context.do(commands.acknowledge_alert, AlertId(row.id), note=note, by=by)
        alert = await _alert(info, done, row.id)
        return AcknowledgeAlertPayload(alert=alert, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.WRITE_ALERTS, "Say that an alert is over; only later results make it ring again.")
    async def resolve_alert(self, info: Info, input: AlertNoteInput) -> ResolveAlertResult:  # noqa: A002
        """By what could be seen when it was said."""
        row, tenant = await _alert_of(info, input.alert_id)
        at = await info.context.at()
        by = await command_of(info, input, tenant)
        note = await _note(info, input, row, "resolved", by=by)
        done = await info.context.do(commands.resolve_alert, AlertId(row.id), note=note, seen_at=at.position, by=by)
        alert = await _alert(info, done, row.id)
        return ResolveAlertPayload(alert=alert, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.WRITE_ALERTS, "Send the project's alerts to an address, signed.")
    async def add_webhook(self, info: Info, input: AddWebhookInput) -> AddWebhookResult:  # noqa: A002
        """The vault keeps the secret before the event is recorded."""
        context = info.context
        tenant = await tenant_of(info, input.project_id, Permission.WRITE_ALERTS)
        project_id = id_of(input.project_id, "Project")
        url = checked_url(input.url)
        by = await command_of(info, input, tenant)
        endpoint_id = EndpointId(derived_id("endpoint", project_id, by.actor.kind, by.actor.id, by.id))
        async with context.services.writer.transaction([project_id]) as connection:
            secret = await webhooks.keep(
                connection, context.services.secret, endpoint_id=endpoint_id, project_id=project_id
            )
        done = await context.do(notification_commands.add_webhook, endpoint_id, url=url, by=by)
        return AddWebhookPayload(
            id=strawberry.ID(str(relay.GlobalID(type_name="Endpoint", node_id=str(endpoint_id)))),
            secret=secret,
            position=done.position_text,
            lagging=done.lagging,
        )


async def _alert_of(info: Info, global_id: strawberry.ID) -> tuple[alerts.Alert, Tenant]:
    row = await acted_on(
        info.context,
        Permission.WRITE_ALERTS,
        partial(alerts.alerts, ids=[id_of(global_id, "Alert")]),
        "project",
        lambda row: row.project_id,
        kind="alert",
    )
    return row, (await info.context.grants()).tenant(row.project_id)


async def _note(info: Info, given: AlertNoteInput, row: alerts.Alert, state: AlertState, *, by: Command) -> Text:
    """Sealed for itself, unless just this was said already: to redact a note must leave that of another step."""
    present = row.note if row.state == state else ""
    return await sealed_text(info, "note", given.note, by=by, confirmed=given.confirm_personal, present=present)


async def _rule(info: Info, done: Done, rule_id: UUID) -> AlertRule | None:
    row = None if done.lagging else await info.context.loaders.alerts.rule.load((done.at, rule_id))
    return None if row is None else AlertRule.of(row, done.at)


async def _alert(info: Info, done: Done, alert_id: UUID) -> Alert | None:
    row = None if done.lagging else await info.context.loaders.alerts.alert.load((done.at, alert_id))
    return None if row is None else Alert.of(row, done.at)
