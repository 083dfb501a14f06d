"""What a plan holds the groups of a protected attribute against."""

from enum import Enum

import strawberry
from msgspec import UNSET, UnsetType

from cdt.access.permissions import needs
from cdt.domain.evaluations.contrasts import Against, Contrast
from cdt.domain.tenancy.roles import Permission

LEAST_SHARE = (
    "Of all rows, below which a group is shown and takes no part; 0.02 is that of New York City's Local Law 144."
)


@strawberry.enum(description="What each group of an attribute is held against.")
class GroupsAgainst(Enum):
    """The widest gap counts."""

    GROUPS = "groups"
    REFERENCE = "reference"
    WHOLE = "whole"


@needs(Permission.READ)
@strawberry.type(description="How the groups of one attribute are compared.")
class PlanContrast:
    """Of an attribute of which the plan says nothing, against one another."""

    attribute: str
    against: GroupsAgainst
    reference: str | None = strawberry.field(description="The group that the others are held against, if one is.")
    least_share: float = strawberry.field(description=LEAST_SHARE)

    @classmethod
    def of(cls, contrast: Contrast) -> "PlanContrast":
        """From the domain's."""
        return cls(
            attribute=contrast.attribute,
            against=GroupsAgainst(contrast.against),
            reference=contrast.reference,
            least_share=contrast.least_share,
        )


@strawberry.input(description="How the groups of one attribute shall be compared.")
class ContrastInput:
    """An attribute is named once."""

    attribute: str
    against: GroupsAgainst = GroupsAgainst.GROUPS
    reference: str | None = strawberry.field(
        default=None, description="The group, as rows have it, or as the band is called; with REFERENCE."
    )
    least_share: float = strawberry.field(default=0.0, description=LEAST_SHARE)


def contrasts_of(given: list[ContrastInput]) -> tuple[Contrast, ...] | UnsetType:
    """As a plan holds them; a plan without any says nothing of them."""
    return tuple(map(_contrast, given)) or UNSET


def _contrast(given: ContrastInput) -> Contrast:
    against: Against = given.against.value
    return Contrast(
        attribute=given.attribute, against=against, reference=given.reference, least_share=given.least_share
    )
