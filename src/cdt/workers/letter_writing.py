"""Which letter a fact asks for, written from what was known at its position."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from cdt.database.log import Log
from cdt.database.reading import Reader
from cdt.database.writing import Writer
from cdt.domain.kernel import Envelope, Event, Sealed
from cdt.senders.letters import Letter
from cdt.vault.secret import VaultSecret


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What letters are written with; `address` is where browsers find this CDT."""

    log: Log
    reader: Reader
    writer: Writer
    secret: VaultSecret
    address: str


@dataclass(frozen=True)
class Written:
    """A letter, and whose address it goes to."""

    letter: Letter
    to: Sealed


Writes = Callable[[Desk, Envelope], Awaitable[Written | None]]
"""Writes the letter of a fact; None when nobody needs it any more."""

WRITES: Mapping[type[Event], Writes] = {}
"""Each event that asks for a mail, and who writes it."""
