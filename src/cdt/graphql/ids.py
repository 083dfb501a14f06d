"""Global ids: opaque outside, a type and a text inside, which nearly always is a UUID.

Whatever names nothing that can be seen is answered alike, be it unknown, somebody else's, another type's or no id at
all: a query finds nothing, a mutation and a subscription are refused with NotFound.
"""

import binascii
import re
from base64 import b64decode
from typing import NamedTuple
from uuid import UUID

import strawberry

from cdt.domain.errors import NotFound

NOTHING = UUID(int=0)
"""The id of nothing: looked for like any other, so that it is answered like an unknown one."""

CALLED = {"ApiKey": "key"}
"""What a type is called in refusals, where that is not its name."""


class GlobalId(NamedTuple):
    """What stands in a global id; both are empty in what is none."""

    type_name: str
    key: str

    @property
    def uuid(self) -> UUID:
        """The key of nearly every type; NOTHING for any other text."""
        try:
            return UUID(self.key)
        except ValueError:
            return NOTHING


def read_id(text: str) -> GlobalId:
    """What stands in a text that should be a global id."""
    try:
        type_name, _, key = b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return GlobalId("", "")
    return GlobalId(type_name, key)


def sought(text: strawberry.ID, kind: str) -> UUID:
    """The UUID to look for in a query; NOTHING when it can't be one of this type."""
    given = read_id(text)
    return given.uuid if given.type_name == kind else NOTHING


def id_of(text: strawberry.ID, kind: str) -> UUID:
    """The UUID of what is acted on or followed; NotFound, as for an unknown one, when it can't be one of this type."""
    found = sought(text, kind)
    if found == NOTHING:
        raise NotFound(kind=CALLED.get(kind) or re.sub("(?<=[a-z])(?=[A-Z])", " ", kind).lower())
    return found
