"""What free text must satisfy before it becomes part of a fact, and how a fact holds it."""

import re
from typing import TypeAlias, TypeVar
from uuid import UUID

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Sealed

MAXIMUM_NAME_LENGTH = 200
MAXIMUM_TEXT_LENGTH = 4_000
REDACTED = "[redacted]"
"""What is shown in place of a text whose key was destroyed."""
SEALED_PREFIX = "sealed:"

Text: TypeAlias = Sealed | str
"""What somebody wrote: sealed under a key of its own. It is in clear where it is empty, or was recorded before that."""
AnyText = TypeVar("AnyText", str, Text)

_PERSONAL = {
    "an e-mail address": re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\W\d_]{2,}"),
    "a telephone number": re.compile(r"(?<![\w.])(?:\+|00)[1-9](?:[ ()/.-]{0,2}\d){7,}"),
    "a network address": re.compile(
        r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\d)"
    ),
}


class LooksPersonal(Invalid):
    """{field}: {problem}"""  # noqa: D400, D415  the sentence ends with the problem

    code = "PERSONAL_DATA"


def require_impersonal(field: str, text: str) -> None:
    """Raise LooksPersonal for a text that seems to tell of somebody; names are not recognised.

    >>> require_impersonal("reason", "It is better since 2026-03-02 12:00.")
    >>> require_impersonal("reason", "Ask ada@example.com.")
    Traceback (most recent call last):
    cdt.domain.text.LooksPersonal: reason: this looks like an e-mail address; leave it out, or confirm that it is meant
    """
    for what, pattern in _PERSONAL.items():
        if pattern.search(text):
            raise LooksPersonal(field, f"this looks like {what}; leave it out, or confirm that it is meant")


def stored(text: Text) -> str:
    """As a column of text holds it: whose key opens it, and the box."""
    return text if isinstance(text, str) else f"{SEALED_PREFIX}{text.person}:{text.box}"


def parsed(column: str) -> Text:
    """A text from such a column."""
    if not column.startswith(SEALED_PREFIX):
        return column
    key, _, box = column.removeprefix(SEALED_PREFIX).partition(":")
    try:
        return Sealed(UUID(key), box)
    except ValueError:
        return column


def named(field: str, text: str) -> str:
    """A name of 1 to 200 printable characters, without outer spaces.

    >>> named("name", " churn ")
    'churn'
    """
    name = text.strip()
    if not name:
        raise Invalid(field, "write at least one character")
    if len(name) > MAXIMUM_NAME_LENGTH:
        raise Invalid(field, f"write at most {MAXIMUM_NAME_LENGTH} characters")
    if not name.isprintable():
        raise Invalid(field, "write printable characters only")
    return name


def described(field: str, text: AnyText) -> AnyText:
    """A text of at most 4,000 characters; Postgres can't hold a NUL. What is sealed was looked at before."""
    if isinstance(text, Sealed):
        return text
    if len(text) > MAXIMUM_TEXT_LENGTH:
        raise Invalid(field, f"write at most {MAXIMUM_TEXT_LENGTH} characters")
    if "\x00" in text:
        raise Invalid(field, "write no NUL characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid(field, "write whole characters: half of a surrogate pair is none")
    return text.strip()


def exact(field: str, text: str, *, shown: str) -> str:
    """A name that data have, as it stands: 1 to 200 printable characters; `shown` says whose name it is."""
    if not text.strip() or len(text) > MAXIMUM_NAME_LENGTH or not text.isprintable():
        raise Invalid(field, f"{shown} has 1 to {MAXIMUM_NAME_LENGTH} characters, all of them printable")
    return text


def reasoned(text: AnyText) -> AnyText:
    """The reason that the record needs: not empty."""
    reason = described("reason", text)
    if not reason:
        raise Invalid("reason", "say why; the record needs it")
    return reason
