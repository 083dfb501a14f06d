"""Which column of a file is which of the version's, where the file has names of its own."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from cdt.domain.errors import Invalid
from cdt.predictions.arrow import Array
from cdt.predictions.rows import shown

MOST_COLUMNS = 2_000


class Naming(msgspec.Struct, frozen=True):
    """By a file's names: the version's name of the column, or None for one that is left out. Others keep theirs."""

    names: dict[str, str | None] = {}

    def applied(self, columns: Mapping[str, Array]) -> dict[str, Array]:
        """The columns by the version's names; Invalid when one is not in the file, or two would have one name."""
        if absent := sorted(set(self.names) - set(columns)):
            raise Invalid("columns", f"the file has no column {shown(absent[0])}")
        named: dict[str, Array] = {}
        for name, values in columns.items():
            own = self.names.get(name, name)
            if own is None:
                continue
            if own in named:
                raise Invalid("columns", f"two columns of the file would be {shown(own)}; leave one out with null")
            named[own] = values
        return named

    def as_text(self) -> str:
        """The same for the same naming."""
        return json.dumps(self.names, sort_keys=True)


AS_THEY_ARE = Naming()


def naming_of(text: str) -> Naming:
    """What a sender wrote, as JSON; Invalid when it is no object of names, texts or nulls."""
    try:
        names: Any = msgspec.json.decode(text.encode(), type=dict[str, str | None])
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Invalid("columns", 'is JSON such as {"Age": "age", "Notes": null}, by the names in the file') from error
    if len(names) > MOST_COLUMNS:
        raise Invalid("columns", f"names at most {MOST_COLUMNS:,} columns")
    return Naming(names)
