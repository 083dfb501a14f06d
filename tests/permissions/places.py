"""Tenants that hold one thing of every kind, each text of which bears the tenant's mark."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from cdt.commands import alerts, backfills, compliance, evaluations, notifications, registry, tenancy, tenancy_keys
from cdt.domain.alerts.events import Raised
from cdt.domain.alerts.state import alert_id_of
from cdt.domain.alerts.state import alerts as alert_decider
from cdt.domain.evaluations.events import BackfillRequested
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from cdt.domain.evaluations.results import RECORDED
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import (
    Actor,
    BackfillId,
    Change,
    Command,
    Digest,
    EndpointId,
    EvaluationId,
    Position,
    RuleId,
    Sealed,
    Tenant,
    derived_id,
)
from cdt.domain.notifications.state import delivery_id_of
from cdt.domain.tenancy.events import MemberAdded, MemberRemoved
from cdt.domain.tenancy.roles import KeyPermission, Role
from cdt.domain.tenancy.state import organizations
from cdt.measures.definitions import ReadingRules
from cdt.predictions.documents import digest_of
from cdt.workers.specification import Specification
from tests.api import global_id
from tests.builders import A_SIGNATURE
from tests.permissions.drafting import Draft

OF_ORGANIZATION = {"Organization", "Member", "Invitation"}
"""Kinds of things that belong to an organization and to no project of it."""
OF_PERSON = {"User", "Session", "OwnApiKey"}


@dataclass
class Place:
    """An organization with a project, by the ids of what is in them; a type's name tells the kind."""

    tenant: Tenant
    mark: str
    owner: UUID
    things: dict[str, UUID] = field(default_factory=dict)
    specification: bytes = b""
    """Of its evaluation: to be kept beside the facts."""

    def global_id(self, kind: str) -> str:
        """The id of the thing of that kind."""
        return global_id(kind.removeprefix("Own"), self.things[kind])

    @property
    def project_id(self) -> UUID:
        assert self.tenant.project_id is not None
        return self.tenant.project_id

    @property
    def organization_id(self) -> UUID:
        assert self.tenant.organization_id is not None
        return self.tenant.organization_id


def a_place(draft: Draft) -> Place:
    """A tenant with its owner, a colleague, and one thing of every kind."""
    organization_id, project_id, owner, colleague = uuid7(), uuid7(), uuid7(), uuid7()
    place = Place(Tenant(organization_id, project_id), f"mark{uuid7().hex[-12:]}", owner)
    now = datetime.now(UTC)

    def by(tenant: Tenant = place.tenant) -> Command:
        return Command(id=uuid7(), actor=Actor("user", str(owner)), at=now, tenant=tenant)

    of_organization = Tenant(organization_id)
    tenancy.create_organization(draft, organization_id, name=place.mark, owner=owner, by=by(of_organization))
    joins(draft, place, colleague, Role.VIEWER)
    invitation_id, invited = uuid7(), uuid7()
    tenancy.invite_member(
        draft, organization_id, invitation_id=invitation_id, email=Sealed(invited, "Ym94"), email_hash=invited.hex * 2,
        invited=None, role=Role.VIEWER, user_id=owner, by=by(of_organization),
    )  # fmt: skip
    tenancy.create_project(
        draft, project_id, organization_id=organization_id, name=place.mark, time_zone="UTC", by=by()
    )
    key_id, model_id, version_id = uuid7(), uuid7(), uuid7()
    tenancy_keys.create_api_key(draft, project_id, key_id=key_id, name=place.mark, prefix="cdt_mark", by=by())
    registry.register_model(draft, model_id, name=place.mark, description=place.mark, by=by())
    registry.add_version(draft, model_id, version_id=version_id, tag=place.mark, signature=A_SIGNATURE, by=by())
    registry.promote_version(
        draft, model_id, version_id=version_id, environment="production", role="champion", reason=place.mark, by=by()
    )
    plan_id = plan_id_of(version_id)
    evaluations.make_plan(draft, version_id, model_id=model_id, by=by())
    start, end = now - timedelta(days=1), now
    asked = Specification(
        version_id=version_id, grid=Digest("a" * 64), baseline=Digest("b" * 64), window_start=start, window_end=end,
        through_sequence=1, rules=ReadingRules(), policy=DEFAULT_POLICY,
    )  # fmt: skip
    place.specification = msgspec.json.encode(asked, order="deterministic")
    evaluations.request_evaluation(
        draft, version_id, model_id=model_id, environment="production", cause="asked", window_start=start,
        window_end=end, through_sequence=1, specification=digest_of(place.specification), by=by(),
    )  # fmt: skip
    evaluation_id = evaluation_id_of(plan_id, "asked", start, end, 1, specification=digest_of(place.specification))
    backfill_id = BackfillId(uuid7())
    asked_of_history = BackfillRequested(
        backfill_id=backfill_id, plan_id=plan_id, version_id=version_id, model_id=model_id, environment="production",
        windows=(Window(start, end),), through_sequence=1, rules=Digest("c" * 64), reason=place.mark,
    )  # fmt: skip
    backfills.request_backfill(draft, asked_of_history, by=by())
    rule_id, endpoint_id = RuleId(uuid7()), EndpointId(uuid7())
    alerts.add_alert_rule(
        draft, rule_id, model_id=model_id, name=place.mark, subject="trust", operator="below", threshold=0.5,
        in_a_row=1, measures=RECORDED, by=by(),
    )  # fmt: skip
    alert_id = alert_id_of(rule_id, version_id)
    raised = Raised(
        rule_id=rule_id, model_id=model_id, version_id=version_id, evaluation_id=EvaluationId(evaluation_id), value=0.4,
        judged_through=Position(1), state=Change(None, "open"),
    )  # fmt: skip
    draft.add(alert_decider, alert_id, raised, by=by())
    notifications.add_webhook(draft, endpoint_id, url=f"https://{place.mark}.example.org/", by=by())
    notifications.request_delivery(
        draft, endpoint_id, alert_id=alert_id, model_id=model_id, what="raised", fact=Position(1), by=by()
    )
    compliance.request_erasure(
        draft, project_id, erasure_id=uuid7(), model_id=model_id, version_ids=[version_id], column=place.mark,
        subjects=["a" * 64], reason=place.mark, by=by(),
    )  # fmt: skip
    hold_id = uuid7()
    compliance.place_hold(draft, project_id, hold_id=hold_id, model_id=None, reason=place.mark, by=by())
    place.things = {
        "LegalHold": hold_id,
        "Organization": organization_id,
        "Project": project_id,
        "Member": derived_id("member", organization_id, colleague),
        "Invitation": invitation_id,
        "User": colleague,
        "ApiKey": key_id,
        "Model": model_id,
        "Version": version_id,
        "MonitoringPlan": plan_id,
        "Evaluation": evaluation_id,
        "Backfill": backfill_id,
        "AlertRule": rule_id,
        "Alert": alert_id,
        "Endpoint": endpoint_id,
        "Delivery": delivery_id_of(Position(1), endpoint_id),
        "Session": uuid7(),
        "OwnApiKey": uuid7(),
    }
    return place


def joins(draft: Draft, place: Place, user_id: UUID, role: Role, project_role: Role | None = None) -> None:
    """Somebody belongs there."""
    by = _by_owner(place)
    draft.add(organizations, place.organization_id, MemberAdded(user_id=user_id, role=Change(None, role)), by=by)
    if project_role is not None:
        tenancy.set_project_role(
            draft, place.organization_id, project_id=place.project_id, member=user_id, role=project_role,
            user_id=place.owner, by=_by_owner(place),
        )  # fmt: skip


def works(draft: Draft, place: Place, key_id: UUID, permission: KeyPermission) -> None:
    """A program works for the project."""
    tenancy_keys.create_api_key(
        draft, place.project_id, key_id=key_id, name=f"key that may {permission}", prefix="cdt_prog",
        permissions=[permission], by=replace(_by_owner(place), tenant=place.tenant),
    )  # fmt: skip


def has_a_key(draft: Draft, user_id: UUID, key_id: UUID, name: Sealed) -> None:
    """Somebody has a key of their own."""
    by = Command(id=uuid7(), actor=Actor("user", str(user_id)), at=datetime.now(UTC), tenant=Tenant())
    tenancy_keys.create_own_api_key(
        draft, user_id, key_id=key_id, name=name, prefix="cdt_mine", permissions=[KeyPermission.READ], by=by
    )


def is_removed(draft: Draft, place: Place, user_id: UUID) -> None:
    """Somebody does so no longer."""
    gone = MemberRemoved(user_id=user_id, role=Change(Role.ADMIN, None))
    draft.add(organizations, place.organization_id, gone, by=_by_owner(place))


def _by_owner(place: Place) -> Command:
    return Command(
        id=uuid7(), actor=Actor("user", str(place.owner)), at=datetime.now(UTC), tenant=Tenant(place.organization_id)
    )
