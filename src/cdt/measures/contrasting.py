"""What the groups of an attribute are held against, by the rules of a reading."""

from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.measures.definitions import ReadingRules
from cdt.measures.estimates import Estimate
from cdt.measures.fairness.disparity import Against, Disparity
from cdt.measures.fairness.shares import Shares
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile
from cdt.measures.rates import selections

NOT_THE_WHOLE = "it holds groups against one another or against one of them, not against all rows"


class NoSuchGroup(NamedTuple):
    """The rules name a reference that is no group of the attribute."""

    reference: str

    @property
    def disparity(self) -> Disparity:
        """Missing, and why."""
        missing = Estimate.missing(f"there is no group {self.reference!r} to hold the others against")
        return Disparity(difference=missing, ratio=missing)


def against_of(grid: Grid, rules: ReadingRules, attribute: str) -> Against | NoSuchGroup:
    """What each group of the attribute is held against."""
    contrast = rules.contrast_of(attribute)
    if contrast.reference is None:
        return "whole" if contrast.against == "whole" else "groups"
    names = grid.attributes[attribute].labels[:-1]
    return names.index(contrast.reference) if contrast.reference in names else NoSuchGroup(contrast.reference)


def compared(shares: Shares, grid: Grid, profile: Profile, rules: ReadingRules, attribute: str) -> Shares:
    """The shares, of which groups below the least share of all rows take no part."""
    return replace(shares, is_group=shares.is_group & is_large_part(grid, profile, rules, attribute))


def is_large_part(grid: Grid, profile: Profile, rules: ReadingRules, attribute: str) -> NDArray[np.bool_]:
    """(groups,) whether a group has the least share of all predictions with a decision, those without a group too."""
    rows = selections(grid, profile, attribute).rows
    return rows >= rules.contrast_of(attribute).least_share * rows.sum()
