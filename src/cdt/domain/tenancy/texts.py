"""What people wrote, one stream a text; and what may happen next to it."""

import msgspec

from cdt.domain.kernel import Decider, Event
from cdt.domain.tenancy.events import TextRedacted


class WrittenText(msgspec.Struct, frozen=True):
    """A text of a fact."""

    is_redacted: bool = False


def redact(text: WrittenText, *, of: int, field: str) -> list[Event]:
    """Make it unreadable, for good."""
    return [] if text.is_redacted else [TextRedacted(of=of, field=field)]


def evolve_text(text: WrittenText, event: Event) -> WrittenText:
    """The text after one more fact."""
    return WrittenText(is_redacted=True) if isinstance(event, TextRedacted) else text


texts = Decider(kind="text", initial=WrittenText(), evolve=evolve_text)
