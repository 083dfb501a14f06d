"""What the groups of a protected attribute are held against, where a plan says so."""

import math
from collections.abc import Collection
from typing import Literal, get_args

import msgspec

from cdt.domain.errors import Invalid

Against = Literal["groups", "reference", "whole"]
AGAINST: tuple[Against, ...] = get_args(Against)
LARGEST_SHARE = 0.5


class Contrast(msgspec.Struct, frozen=True, kw_only=True):
    """How the groups of one attribute are compared.

    against: one another, which is what holds of an attribute of which nothing is said; one group, by its name; or all
        rows together.
    least_share: of all rows, below which a group is shown and takes no part: 0.02 by the rules of New York City's Local
        Law 144.
    """

    attribute: str
    against: Against = "groups"
    reference: str | None = None
    least_share: float = 0.0


def check_contrasts(contrasts: Collection[Contrast]) -> None:
    """Raise Invalid for contrasts that mean nothing, whatever the attributes."""
    seen: set[str] = set()
    for place, each in enumerate(contrasts):
        field = f"contrasts.{place}"
        if each.attribute in seen:
            raise Invalid(f"{field}.attribute", "name an attribute once, with everything that is asked of it")
        seen.add(each.attribute)
        if each.against not in AGAINST:
            raise Invalid(f"{field}.against", f"it is one of {', '.join(AGAINST)}")
        if (each.against == "reference") != (each.reference is not None):
            raise Invalid(f"{field}.reference", "name the group that the others are held against, and only then")
        if each.reference is not None and not 0 < len(each.reference) <= 200:
            raise Invalid(f"{field}.reference", "a group's name has 1 to 200 characters")
        if not (math.isfinite(each.least_share) and 0 <= each.least_share <= LARGEST_SHARE):
            raise Invalid(f"{field}.leastShare", "it lies in [0, 0.5]")
        if each.against == "groups" and each.least_share == 0:
            raise Invalid(f"{field}.against", "that is how groups are compared anyway; leave the attribute out")


def check_attributes(contrasts: Collection[Contrast], attributes: Collection[str]) -> None:
    """Raise Invalid for a contrast of an attribute that the version's signature has not."""
    for place, each in enumerate(contrasts):
        if each.attribute not in attributes:
            raise Invalid(f"contrasts.{place}.attribute", f"the version has no attribute {each.attribute[:100]!r}")
