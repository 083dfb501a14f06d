"""What CDT writes to people: each letter as plain text that is whole by itself, and as HTML.

The words are in `templates/`. A letter to an address that nobody has confirmed says nothing that a stranger wrote. The
names in an invitation are somebody's free text, so they are made one short line of which no mail program makes a link.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Literal

from cdt.domain.tenancy.roles import Role
from cdt.senders.addresses import Mailbox

TEMPLATES = Path(__file__).with_name("templates")
LONGEST_NAME = 80
WORD_JOINER = "\u2060"
"""Without width, and no part of a host's name."""
BOUNDARY = "=_cdt_parts"
"""The same in each attempt, so that a mail is the same to the byte. No part holds it: what is quoted has no `=_`."""

Kind = Literal["verification", "reset", "invitation"]
KINDS: dict[Kind, str] = {
    "verification": "confirm an address",
    "reset": "set a new password",
    "invitation": "join an organization",
}
"""Every kind of letter, in few words."""

_ROLES = {
    Role.OWNER: "an owner",
    Role.ADMIN: "an admin",
    Role.MEMBER: "a member",
    Role.VIEWER: "a viewer",
    Role.AUDITOR: "an auditor",
}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter, before it is put into words. `values` go into its templates; `until` is when its link ends."""

    kind: Kind
    subject: str
    action: str
    link: str
    until: datetime
    values: Mapping[str, str]


def verification(*, link: str, until: datetime) -> Letter:
    """Asks whoever reads the address to confirm it."""
    return Letter(
        kind="verification",
        subject="Confirm your address for CDT",
        action="Confirm the address",
        link=link,
        until=until,
        values={},
    )


def reset(*, link: str, until: datetime) -> Letter:
    """Lets whoever forgot their password choose another one."""
    return Letter(
        kind="reset",
        subject="Set a new password for CDT",
        action="Set a new password",
        link=link,
        until=until,
        values={},
    )


def invitation(*, organization: str, role: Role, inviter: str | None, link: str, until: datetime) -> Letter:
    """Invites to an organization; `inviter` is None for somebody whose name is not known any more."""
    return Letter(
        kind="invitation",
        subject="You are invited to an organization at CDT",
        action="See the invitation",
        link=link,
        until=until,
        values={
            "organization": one_line(organization) or "an organization without a name",
            "inviter": one_line(inviter or "") or "Somebody",
            "role": _ROLES[role],
        },
    )


def as_text(letter: Letter, *, address: str) -> str:
    """The plain part; `address` is where this CDT is."""
    values = {**letter.values, "link": letter.link, "until": _moment(letter.until), "address": address}
    return _filled(f"{letter.kind}.txt", values) + _filled("footer.txt", values)


def as_html(letter: Letter, *, address: str) -> str:
    """The HTML part. Every value is escaped here, and nowhere else."""
    given = {
        **letter.values,
        "link": letter.link,
        "until": _moment(letter.until),
        "address": address,
        "subject": letter.subject,
        "action": letter.action,
    }
    values = {name: html.escape(value) for name, value in given.items()}
    button = _filled("button.html", values)
    content = _filled(f"{letter.kind}.html", {**values, "button": button.rstrip()})
    return _filled("layout.html", {**values, "content": content.rstrip()})


def message(
    letter: Letter, *, sender: Mailbox, recipient: Mailbox, name: str, at: datetime, address: str
) -> EmailMessage:
    """The whole mail, the same to the byte whenever it is made again.

    name: tells this mail from all others, in its Message-ID. at: when it was asked for.
    """
    mail = EmailMessage(policy=policy.SMTP if recipient.user.isascii() else policy.SMTPUTF8)
    mail["From"] = Address(sender.name, sender.user, sender.host)
    mail["To"] = Address("", recipient.user, recipient.host)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(at.astimezone(UTC))
    mail["Message-ID"] = f"<{name}@{sender.host}>"
    mail["Auto-Submitted"] = "auto-generated"  # no answer that says somebody is on holiday (RFC 3834)
    mail.set_content(as_text(letter, address=address), cte="quoted-printable")
    mail.make_alternative(boundary=BOUNDARY)
    mail.add_alternative(as_html(letter, address=address), subtype="html", cte="quoted-printable")
    return mail


def one_line(text: str) -> str:
    """A name as one short line: spaces for whatever is no printable character, and nothing that becomes a link.

    >>> one_line("Ada   Lovelace, ada@example.com").replace(WORD_JOINER, "|")
    'Ada Lovelace, ada@|example.|com'
    """
    printable = "".join(each if each.isprintable() else " " for each in text)
    line = " ".join(printable.split())
    if len(line) > LONGEST_NAME:
        line = line[: LONGEST_NAME - 1].rstrip() + "…"
    return re.sub(r"(?<=[.@/:])(?=\w)|(?<=:)(?=/)", WORD_JOINER, line)


def _moment(at: datetime) -> str:
    """In words, with its zone: a mail program can't know the reader's."""
    at = at.astimezone(UTC)
    return f"{at:%A}, {at.day} {at:%B %Y, %H:%M} UTC"


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _template(template).substitute(values)


@lru_cache
def _template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text(encoding="utf-8"))
