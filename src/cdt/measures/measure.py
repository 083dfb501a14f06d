"""What the catalog says of a measure."""

from typing import Any, Literal

from msgspec import Struct

Family = Literal["drift", "fairness", "performance", "quality"]
FAMILIES: tuple[Family, ...] = ("drift", "fairness", "performance", "quality")
Subject = Literal["feature", "number feature", "category feature", "attribute", "group", "model"]

WILSON = "Wilson score"
WILSON_SOURCE = "Wilson 1927, Probable inference, the law of succession, and statistical inference"


class Measure(Struct, frozen=True, kw_only=True):
    """A measure that CDT knows.

    subject: what it is taken of. formula, interval: how the number and its interval come about, in words that fix them.
    low, high: the range of the value; None where it has no end.
    better_when: `lower` or `higher`.
    version: grows whenever the same rows would give another number.
    needs: the parameters that a definition must name. defaults: those that it may, with what holds otherwise.
    """

    name: str
    title: str
    meaning: str
    family: Family
    subject: Subject
    low: float | None
    high: float | None
    better_when: Literal["lower", "higher"]
    formula: str
    interval: str
    source: str
    version: int = 1
    needs: tuple[str, ...]
    defaults: dict[str, Any] = {}
