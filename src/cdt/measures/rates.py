"""Shares by group: who is decided for, and who of those that should be."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, share_estimate
from cdt.measures.fairness.kinds import CORRECT, FALSE_NEGATIVE_OF_ERRORS, PARITIES
from cdt.measures.fairness.shares import Shares
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


def parity_shares(grid: Grid, profile: Profile, attribute: str, parity: str) -> tuple[Shares, ...]:
    """What a parity compares of an attribute's groups: the shares that `fairness.kinds.PARITIES` names.

    Selection rates are of all predictions, all others of labelled rows. Decisions are right if they are of the label's
    own class, however many classes there are.
    """
    if parity == "demographic_parity":
        return (selections(grid, profile, attribute),)
    if parity == "accuracy_parity":
        return (_correct(grid, profile, attribute),)
    table, is_group = labelled_table(grid, profile, attribute), _is_group(grid, attribute)
    return tuple(kind.of(table, is_group) for kind in PARITIES[parity])


def wrong_decisions(grid: Grid, profile: Profile, attribute: str) -> Shares:
    """The false negatives of each group, of its wrong decisions."""
    return FALSE_NEGATIVE_OF_ERRORS.of(labelled_table(grid, profile, attribute), _is_group(grid, attribute))


def labelled_table(grid: Grid, profile: Profile, attribute: str) -> Counts:
    """(groups, 2, 2) labelled rows with a decision, by whether that and the label are of the positive class."""
    return np.stack([positive_table(each, grid.positive_code) for each in profile.group_confusions(attribute)])


def positive_table(confusion: Counts, positive: int) -> Counts:
    """(2, 2) labelled rows with a decision, of (classes + 1, classes) by decision, missing last, and label.

    >>> positive_table(np.array([[5, 1, 0], [2, 6, 1], [0, 1, 7], [9, 9, 9]]), 1).tolist()
    [[12, 2], [3, 6]]
    """
    decided = confusion[:-1]
    both, chosen, labelled = decided[positive, positive], decided[positive].sum(), decided[:, positive].sum()
    return np.array([[decided.sum() - chosen - labelled + both, labelled - both], [chosen - both, both]])


def _correct(grid: Grid, profile: Profile, attribute: str) -> Shares:
    decided = profile.group_confusions(attribute)[:, :-1]
    return Shares(
        parts=np.trace(decided, axis1=1, axis2=2),
        rows=decided.sum(axis=(1, 2)),
        is_group=_is_group(grid, attribute),
        nothing=CORRECT.nothing,
        none=CORRECT.none,
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
