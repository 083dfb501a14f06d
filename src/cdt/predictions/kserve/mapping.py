"""How the inputs and outputs of a served model are those of a version's signature, where their names don't tell."""

from collections.abc import Iterable

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Signature


class Mapping(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the sender says of it.

    columns: the columns that values come in, by position; an empty name is an input that the signature has not. None
    is the signature's own order.
    decision, score: the outputs, or members of a prediction, that hold them; by default those of these names.
    threshold: from this score on it is the positive class, where no decision comes.
    """

    columns: tuple[str, ...] | None = None
    decision: str | None = None
    score: str | None = None
    threshold: float | None = None


def mapping_of(stated: Iterable[tuple[str, str]], signature: Signature) -> Mapping:
    """The mapping that names and values state; Invalid, under the name, for what can be none."""
    given: dict[str, str] = {}
    for name, value in stated:
        if name not in Mapping.__struct_fields__:
            raise Invalid(name, f"is none of {', '.join(Mapping.__struct_fields__)}")
        if name in given:
            raise Invalid(name, "is given twice")
        given[name] = value
    return Mapping(
        columns=_columns(given["columns"], signature) if "columns" in given else None,
        decision=given.get("decision"),
        score=given.get("score"),
        threshold=_threshold(given["threshold"]) if "threshold" in given else None,
    )


def _columns(text: str, signature: Signature) -> tuple[str, ...]:
    names = tuple(text.split(","))
    known = [column.name for column in signature.columns]
    named = sorted(name for name in names if name)
    if named != sorted(known):
        wrong = next((name for name in [*named, *known] if named.count(name) != known.count(name)), "")
        raise Invalid("columns", f"name each of the version's columns once; see {wrong!r}")
    return names


def _threshold(text: str) -> float:
    try:
        threshold = float(text)
    except ValueError:
        threshold = -1.0
    if not 0 <= threshold <= 1:
        raise Invalid("threshold", "write a number from 0 to 1")
    return threshold
