"""Entries of the audit trail."""

import json
from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.grants import Grants
from cdt.access.permissions import needs
from cdt.domain.free_text import FREE_TEXT
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import opened
from cdt.readmodels import audit

_TYPE_NAMES = {"plan": "MonitoringPlan"}
"""Where the name of the type is another than the kind's."""


@needs(Permission.READ_AUDIT)
@strawberry.type(description="One changed field; values as JSON, sealed ones still sealed.")
class FieldChange:
    """Before and after."""

    field: str
    old: str | None
    new: str | None


@needs(Permission.READ_AUDIT)
@strawberry.type(description="One fact: who did what to what, when, and what changed.")
class AuditEntry:
    """An event, as the log holds it."""

    position: PositionText
    recorded_at: datetime
    at: datetime
    action: str
    subject_kind: str
    command_id: str
    caused_by: PositionText | None
    row: strawberry.Private[audit.Entry]
    read_at: strawberry.Private[At]

    @classmethod
    def of(cls, row: audit.Entry, read_at: At) -> "AuditEntry":
        """From a row."""
        return cls(
            position=PositionText(str(row.position)),
            recorded_at=row.recorded_at,
            at=row.at,
            action=row.action,
            subject_kind=row.subject_kind,
            command_id=str(row.command_id),
            caused_by=None if row.caused_by is None else PositionText(str(row.caused_by)),
            row=row,
            read_at=read_at,
        )

    @strawberry.field(description="Who did it.")
    def actor(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.actor_kind, self.row.actor_id, self.read_at)

    @strawberry.field(description="What it is about.")
    def subject_id(self) -> strawberry.ID:
        """The global id of the thing."""
        kind = _TYPE_NAMES.get(self.row.subject_kind) or self.row.subject_kind.title().replace(" ", "")
        return strawberry.ID(str(relay.GlobalID(type_name=kind, node_id=str(self.row.stream_id))))

    @strawberry.field(description="What people call the thing, where it has a name.")
    async def subject_name(self, info: Info) -> str | None:
        """Models and projects have names."""
        if self.row.subject_kind == "model":
            model = await info.context.loaders.registry.model.load((self.read_at, self.row.stream_id))
            return None if model is None else model.name
        if self.row.subject_kind == "project":
            project = await info.context.loaders.tenancy.project.load((self.read_at, self.row.stream_id))
            return None if project is None else project.name
        return None

    @strawberry.field(description="Each field of the fact, with its old and new value.")
    async def changes(self, info: Info) -> list[FieldChange]:
        """A value that is not there is null. What people wrote is opened; what tells who they are stays sealed."""
        written = FREE_TEXT.get(self.row.action)
        return [
            FieldChange(
                field=each["field"],
                old=_text(await _opened(info, each["old"]) if each["field"] == written else each["old"]),
                new=_text(await _opened(info, each["new"]) if each["field"] == written else each["new"]),
            )
            for each in self.row.changes["fields"]
        ]

    @strawberry.field(description="Whether somebody wrote a text in it that can be redacted.")
    def has_text(self) -> bool:
        """One in clear, of before texts were sealed, can't be."""
        return self.row.text is not None

    @strawberry.field(description="Whether it has such a text and you may redact it.")
    async def may_redact(self, info: Info) -> bool:
        """So that a screen offers nothing that would be refused."""
        grants = await info.context.grants()
        organization_id = organization_of(self.row, grants)
        may = organization_id is not None and grants.may_in(Permission.MANAGE_ORGANIZATION, organization_id)
        return may and self.row.text is not None


def organization_of(row: audit.Entry, grants: Grants) -> UUID | None:
    """Whose the thing is that an entry with a text is about; None where the reader does not know it any more."""
    return row.stream_id if row.project_id is None else grants.projects.get(row.project_id)


async def _opened(info: Info, value: object) -> object:
    text = audit.sealed_in(value)
    return value if text is None else await opened(info, text)


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
