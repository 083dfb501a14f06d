"""What free text must satisfy before it becomes part of a fact."""

from cdt.domain.errors import Invalid

MAXIMUM_NAME_LENGTH = 200
MAXIMUM_TEXT_LENGTH = 4_000


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


def described(field: str, text: str) -> str:
    """A text of at most 4,000 characters; Postgres can't hold a NUL."""
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


def reasoned(text: str) -> str:
    """The reason that the record needs: not empty."""
    reason = described("reason", text)
    if not reason:
        raise Invalid("reason", "say why; the record needs it")
    return reason
