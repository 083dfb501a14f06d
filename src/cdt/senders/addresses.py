"""Addresses of people, as they stand in a mail's head and in commands to a server: one, and nothing beside it."""

import re
from dataclasses import dataclass
from email.utils import getaddresses

LONGEST_ADDRESS = 254
LONGEST_USER = 64
_USER = re.compile(r"[^\s@\"(),:;<>\[\\\]]+")
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)(\.(?!-)[a-zA-Z0-9-]{1,63}(?<!-))*")


class AddressIsWrong(ValueError):
    """This is no address that mail can be sent to."""


@dataclass(frozen=True)
class Mailbox:
    """A mail address: `host` as servers write it, in letters of ASCII."""

    user: str
    host: str
    name: str = ""

    @property
    def address(self) -> str:
        """Without the name."""
        return f"{self.user}@{self.host}"


def mailbox(text: str) -> Mailbox:
    """The mailbox of an address without a name.

    >>> mailbox("ada@bücher.example")
    Mailbox(user='ada', host='xn--bcher-kva.example', name='')
    """
    user, at, host = text.rpartition("@")
    try:
        host = host.encode("idna").decode()
    except UnicodeError as error:
        raise AddressIsWrong(AddressIsWrong.__doc__) from error
    is_user = text.isprintable() and len(user.encode()) <= LONGEST_USER and _USER.fullmatch(user)
    is_dotted = not user.startswith(".") and not user.endswith(".") and ".." not in user
    if not (at and is_user and is_dotted and _HOST.fullmatch(host) and len(text) <= LONGEST_ADDRESS):
        raise AddressIsWrong(AddressIsWrong.__doc__)
    return Mailbox(user, host)


def named_mailbox(text: str) -> Mailbox:
    """The mailbox of an address that may have a name before it.

    >>> named_mailbox("CDT <cdt@example.com>")
    Mailbox(user='cdt', host='example.com', name='CDT')
    """
    found_here = getaddresses([text])
    if len(found_here) != 1 or not text.isprintable():
        raise AddressIsWrong(AddressIsWrong.__doc__)
    ((name, address),) = found_here
    found = mailbox(address)
    if not found.user.isascii():
        raise AddressIsWrong(AddressIsWrong.__doc__)
    return Mailbox(found.user, found.host, name)
