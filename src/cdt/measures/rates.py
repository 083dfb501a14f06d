"""Shares by group: who is decided for, and who of those that should be."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, share_estimate
from cdt.measures.grid import MISSING, Grid
from cdt.measures.profile import Profile

Counts = NDArray[np.int64]


class GroupRates(Struct, frozen=True, kw_only=True):
    """One group of an attribute.

    rows: its predictions with a decision. labelled: its labelled rows with a decision.
    positives: those of them whose label is the positive class.
    selection: the share of the rows that were decided positively.
    true_positive: the share of the positives that were.
    is_large_enough, has_enough_positives: whether `rows` and `positives` reach the minimum group size, without which a
        group takes no part in a comparison.
    """

    group: str
    rows: int
    labelled: int
    positives: int
    selection: Estimate
    true_positive: Estimate
    is_large_enough: bool
    has_enough_positives: bool


class Shares(Struct, frozen=True, kw_only=True):
    """A share in every group: `parts` of `rows`, both (groups,).

    is_group: (groups,) false for those whose attribute is missing: they are no group and aren't compared.
    nothing: what to say when there are no rows.
    """

    parts: NDArray[np.int64]
    rows: NDArray[np.int64]
    is_group: NDArray[np.bool_]
    nothing: str = "no rows"


def selections(grid: Grid, profile: Profile, attribute: str) -> Shares:
    """How many predictions of each group are decided positively, of how many with a decision."""
    decided = profile.group_decisions(attribute)[:, :-1]
    return Shares(
        parts=decided[:, grid.positive_code],
        rows=decided.sum(axis=1),
        is_group=_is_group(grid, attribute),
        nothing="no predictions with a decision",
    )


def true_positives(grid: Grid, profile: Profile, attribute: str) -> Shares:
    """How many of each group's positive labels were decided positively, of how many with a decision."""
    positive = profile.group_confusions(attribute)[:, :-1, grid.positive_code]
    return Shares(
        parts=positive[:, grid.positive_code],
        rows=positive.sum(axis=1),
        is_group=_is_group(grid, attribute),
        nothing="no labelled rows of the positive class",
    )


def group_rates(
    grid: Grid, profile: Profile, attribute: str, *, minimum_group_size: int, confidence: float = 0.95
) -> tuple[GroupRates, ...]:
    """Each group of an attribute that has any rows, in the order of its labels, those too small to compare included."""
    selection, true_positive = selections(grid, profile, attribute), true_positives(grid, profile, attribute)
    labelled = profile.group_confusions(attribute)[:, :-1].sum(axis=(1, 2))
    return tuple(
        GroupRates(
            group=label,
            rows=int(selection.rows[place]),
            labelled=int(labelled[place]),
            positives=int(true_positive.rows[place]),
            selection=_share(selection, place, confidence),
            true_positive=_share(true_positive, place, confidence),
            is_large_enough=bool(selection.is_group[place] and selection.rows[place] >= minimum_group_size),
            has_enough_positives=bool(
                true_positive.is_group[place] and true_positive.rows[place] >= minimum_group_size
            ),
        )
        for place, label in enumerate(grid.attributes[attribute].labels)
        if selection.rows[place] or labelled[place]
    )


def _share(shares: Shares, place: int, confidence: float) -> Estimate:
    parts, rows = int(shares.parts[place]), int(shares.rows[place])
    return share_estimate(parts, rows, confidence=confidence, reason=shares.nothing)


def _is_group(grid: Grid, attribute: str) -> NDArray[np.bool_]:
    return np.array([label != MISSING for label in grid.attributes[attribute].labels])
