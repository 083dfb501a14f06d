"""What of safety is told to those who look after an organization, and how much of it is kept apart.

What is decided (a session begins, a role changes) is an event. What only happens, perhaps by the thousand (a wrong
password, a refusal, a look at a model), is none: it is counted, and kept as so many of the same between two moments.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from cdt.domain.kernel import Actor

LONGEST_SUBJECT = 200
FIRST_HOLD_SECONDS, LONGEST_HOLD_SECONDS = 60.0, 600.0


class SecurityKind(StrEnum):
    """What kind of thing it was."""

    SIGNED_IN = "signed_in"
    SESSION_ENDED = "session_ended"
    PASSWORD_SET = "password_set"  # noqa: S105  the name of a kind
    ROLE_CHANGED = "role_changed"
    KEY_CHANGED = "key_changed"
    SIGN_IN_FAILED = "sign_in_failed"
    CREDENTIAL_REFUSED = "credential_refused"
    PERMISSION_REFUSED = "permission_refused"
    KEY_FROM_NEW_ADDRESS = "key_from_new_address"
    EXPORTED = "exported"


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is no event. Those that are equal are counted together.

    person: whose account it is about, who need not be the one that did it. organization_id: whose business it is; None
    means every organization that the person belongs to. reason, subject: why, and what was wanted; never free text.
    """

    kind: SecurityKind
    reason: str
    subject: str = ""
    actor: Actor | None = None
    person: UUID | None = None
    organization_id: UUID | None = None
    address: str = ""

    @property
    def is_anybodys(self) -> bool:
        """Whether there is somebody to be told of it."""
        return self.person is not None or self.organization_id is not None

    @property
    def whose(self) -> str:
        """Whom it is counted under, so that nobody takes all the room."""
        return str(self.person or (self.actor and self.actor.id) or self.organization_id)

    def without_details(self) -> "Occurrence":
        """What is still told of it when there are too many different ones: not where from, nor what was wanted."""
        return msgspec.structs.replace(self, address="", subject="")


class Access(StrEnum):
    """How a model was read: by itself, or as one of a list."""

    OPENED = "opened"
    LISTED = "listed"


HOURS_OF_INTERVAL = {Access.OPENED: 1, Access.LISTED: 24}
"""Reading is counted in intervals of so many hours, from midnights of UTC on. A dashboard lists all models all day."""


def next_hold(seconds: float) -> float:
    """How long more of the same is only counted: a burst is a row, and what goes on for hours a row now and then.

    >>> [next_hold(0.0), next_hold(60.0), next_hold(240.0), next_hold(480.0)]
    [60.0, 120.0, 480.0, 600.0]
    """
    return min(max(seconds * 2, FIRST_HOLD_SECONDS), LONGEST_HOLD_SECONDS)


def interval_of(how: Access, moment: datetime) -> tuple[datetime, datetime]:
    """The interval that a moment is counted in: its beginning and its end.

    >>> [each.hour for each in interval_of(Access.OPENED, datetime(2026, 3, 3, 12, 40, tzinfo=UTC))]
    [12, 13]
    """
    hours = HOURS_OF_INTERVAL[how]
    at = moment.astimezone(UTC)
    began = at.replace(hour=at.hour - at.hour % hours, minute=0, second=0, microsecond=0)
    return began, began + timedelta(hours=hours)
