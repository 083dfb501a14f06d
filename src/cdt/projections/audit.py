"""The audit trail: each event an entry, each field with its old and new value, sealed ones still sealed."""

from typing import Any

from msgspec import UNSET

from cdt.domain.kernel import Change, Envelope, Event
from cdt.domain.topics import TOPIC_OF
from cdt.projections.writing import View, projects_every_event

SUBJECTS = {
    "kernel": "name",
    "accounts": "user",
    "registry": "model",
    "compliance": "keeping of rows",
    "tenancy": "organization",
    "tenancy.ProjectCreated": "project",
    "tenancy.ProjectRenamed": "project",
    "tenancy.ProjectDescribed": "project",
    "tenancy.ProjectSettingsChanged": "project",
    "tenancy.ProjectArchived": "project",
    "tenancy.ProjectRestored": "project",
    "tenancy.ProjectDeleted": "project",
    "tenancy.TextRedacted": "text",
    "tenancy.KeyCreated": "project",
    "tenancy.KeyRotated": "project",
    "tenancy.KeyRevoked": "project",
    "tenancy.PersonalKeyCreated": "key ring",
    "tenancy.PersonalKeyRotated": "key ring",
    "tenancy.PersonalKeyRevoked": "key ring",
    "evaluations": "evaluation",
    "evaluations.PlanMade": "plan",
    "evaluations.PlanChanged": "plan",
    "evaluations.BackfillRequested": "backfill",
    "evaluations.BackfillCancelled": "backfill",
    "evaluations.RecomputationRequested": "recomputation",
    "evaluations.Recomputed": "recomputation",
    "evaluations.RecomputationFailed": "recomputation",
    "trust.PolicySet": "trust policy",
    "trust.DefaultPolicySet": "default trust policy",
    "trust.Scored": "trust score",
    "alerts": "alert",
    "alerts.RuleAdded": "alert rule",
    "alerts.RuleEnabled": "alert rule",
    "alerts.RuleDisabled": "alert rule",
    "notifications": "delivery",
    "notifications.EndpointAdded": "endpoint",
    "notifications.EndpointRemoved": "endpoint",
}


@projects_every_event
def entry_written(view: View, event: Event, of: Envelope) -> None:
    """An entry of the audit trail."""
    topic = TOPIC_OF[type(event)]
    view.write(
        "INSERT INTO audit_entries (position, organization_id, project_id, stream_id, subject_kind, action, actor_kind,"
        " actor_id, at, recorded_at, command_id, caused_by, changes)"
        " VALUES (%(position)s, %(organization_id)s, %(project_id)s, %(stream_id)s, %(subject_kind)s, %(action)s,"
        " %(actor_kind)s, %(actor_id)s, %(at)s, %(recorded_at)s, %(command_id)s, %(caused_by)s, %(changes)s)",
        subject_kind=SUBJECTS.get(topic) or SUBJECTS.get(topic.partition(".")[0]) or topic.partition(".")[0],
        action=topic,
        command_id=of.command_id,
        caused_by=of.caused_by,
        changes={"fields": changed_fields(event)},
    )


def changed_fields(event: Event) -> list[dict[str, Any]]:
    """Each field of an event with its old and new value, to be made JSON; what is no Change had no value before.

    What a fact of a former release does not say is no field of it.
    """
    fields: list[dict[str, Any]] = []
    for name in event.__struct_fields__:
        value: Any = getattr(event, name)
        if value is UNSET:
            continue
        old, new = (value.old, value.new) if isinstance(value, Change) else (None, value)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        fields.append({"field": name, "old": old, "new": new})
    return fields
