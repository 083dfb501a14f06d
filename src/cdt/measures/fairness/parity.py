"""The parities of plain arrays, under the names that the field knows them by.

`decision`, `label` and `group` are arrays of one value a row; a row that lacks one of them doesn't count. Several
attributes, given as a list of arrays, are compared by their intersections. The answer is an `Estimate`: its `value`,
its interval `low` to `high`, the `rows` of the smallest group that is compared, or the `reason` why there is no value.
"""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from numpy.typing import ArrayLike

from cdt.measures.estimates import Estimate, share_estimate
from cdt.measures.fairness.arrays import Grouped, Groups, grouped, table_of
from cdt.measures.fairness.disparity import DRAWS, Against, Disparity, disparity
from cdt.measures.fairness.kinds import FALSE_NEGATIVE, FALSE_POSITIVE, PARITIES, SELECTION, TRUE_POSITIVE, Kind

Attribute = Groups | Sequence[Groups]


class Terms(TypedDict, total=False):
    """What may be said of how groups are compared.

    positive: the decision, and the label, that is wished for; 1.
    reference: the group that all others are held against, instead of one another.
    whole: whether groups are held against all rows together instead.
    bands: ascending numbers at which the bands of a number attribute begin.
    minimum_group_size: the rows without which a group isn't compared; 1. A plan asks for more.
    confidence: of the interval; 0.95. draws, seed: of its bootstrap; 1,000 and 0.
    """

    positive: object
    reference: object
    whole: bool
    bands: Sequence[float]
    minimum_group_size: int
    confidence: float
    draws: int
    seed: int


def selection_rate(decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]) -> dict[str, Estimate]:
    """The share of each group that is decided positively, with Wilson's interval.

    >>> selection_rate([1, 0, 1, 1], ["a", "a", "b", "b"])["a"].value
    0.5
    """
    return _by_group(SELECTION, None, decision, group, terms)


def true_positive_rate(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> dict[str, Estimate]:
    """The share of each group's positive labels that is decided positively, with Wilson's interval."""
    return _by_group(TRUE_POSITIVE, label, decision, group, terms)


def false_positive_rate(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> dict[str, Estimate]:
    """The share of each group's other labels that is decided positively, with Wilson's interval."""
    return _by_group(FALSE_POSITIVE, label, decision, group, terms)


def false_negative_rate(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> dict[str, Estimate]:
    """The share of each group's positive labels that is not decided positively, with Wilson's interval."""
    return _by_group(FALSE_NEGATIVE, label, decision, group, terms)


def demographic_parity_difference(decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]) -> Estimate:
    """The greatest difference between the selection rates of groups, in [0, 1]; 0 is parity.

    Source: Calders and Verwer 2010, Three naive Bayes approaches for discrimination-free classification.

    >>> demographic_parity_difference([1, 1, 0, 1, 0, 0], ["a", "a", "a", "b", "b", "b"]).value
    0.3333333333333333
    """
    return _disparity("demographic_parity", None, decision, group, terms).difference


def demographic_parity_ratio(decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]) -> Estimate:
    """The least selection rate of a group divided by the greatest, in [0, 1]; 1 is parity, and 0.8 is a usual limit.

    Source: as of the difference; EEOC 1978, Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4.

    >>> demographic_parity_ratio([1, 1, 0, 1, 0, 0], ["a", "a", "a", "b", "b", "b"]).value
    0.5
    """
    return _disparity("demographic_parity", None, decision, group, terms).ratio


def disparate_impact(decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]) -> Estimate:
    """Another name of `demographic_parity_ratio`: the lesser rate by the greater one, whichever group has it."""
    return demographic_parity_ratio(decision, group, **terms)


def equal_opportunity_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between the true positive rates of groups, in [0, 1]; 0 is parity.

    Source: Hardt, Price and Srebro 2016, Equality of opportunity in supervised learning.

    >>> equal_opportunity_difference([1, 1, 0, 1, 1], [1, 1, 0, 1, 0], ["a", "a", "a", "b", "b"]).value
    0.5
    """
    return _disparity("equal_opportunity", label, decision, group, terms).difference


def equal_opportunity_ratio(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The least true positive rate of a group divided by the greatest, in [0, 1]; 1 is parity."""
    return _disparity("equal_opportunity", label, decision, group, terms).ratio


def equalized_odds_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between groups of the true or of the false positive rate, in [0, 1]; 0 is parity.

    Its interval holds for the greater of both greatest differences. Source: as of `equal_opportunity_difference`.
    """
    return _disparity("equalized_odds", label, decision, group, terms).difference


def equalized_odds_ratio(label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]) -> Estimate:
    """The least ratio between groups of the true or of the false positive rate, in [0, 1]; 1 is parity."""
    return _disparity("equalized_odds", label, decision, group, terms).ratio


def predictive_parity_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between the precisions of groups, in [0, 1]; 0 is parity.

    Source: Chouldechova 2017, Fair prediction with disparate impact.
    """
    return _disparity("predictive_parity", label, decision, group, terms).difference


def predictive_parity_ratio(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The least precision of a group divided by the greatest, in [0, 1]; 1 is parity."""
    return _disparity("predictive_parity", label, decision, group, terms).ratio


def false_positive_rate_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between the false positive rates of groups, in [0, 1]; 0 is parity."""
    return _disparity("false_positive_rate", label, decision, group, terms).difference


def false_positive_rate_ratio(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The least false positive rate of a group divided by the greatest, in [0, 1]; 1 is parity."""
    return _disparity("false_positive_rate", label, decision, group, terms).ratio


def false_negative_rate_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between the false negative rates of groups, in [0, 1]; 0 is parity."""
    return _disparity("false_negative_rate", label, decision, group, terms).difference


def false_negative_rate_ratio(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The least false negative rate of a group divided by the greatest, in [0, 1]; 1 is parity."""
    return _disparity("false_negative_rate", label, decision, group, terms).ratio


def false_discovery_rate_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between groups of the share of positive decisions that are wrong, in [0, 1]."""
    return _disparity("false_discovery_rate", label, decision, group, terms).difference


def false_discovery_rate_ratio(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The least share of positive decisions of a group that are wrong divided by the greatest, in [0, 1]."""
    return _disparity("false_discovery_rate", label, decision, group, terms).ratio


def accuracy_parity_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between the accuracies of groups, in [0, 1]; 0 is parity.

    Of more than two classes a decision counts as right where it and the label are both positive or both are not.
    """
    return _disparity("accuracy_parity", label, decision, group, terms).difference


def accuracy_parity_ratio(label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]) -> Estimate:
    """The least accuracy of a group divided by the greatest, in [0, 1]; 1 is parity."""
    return _disparity("accuracy_parity", label, decision, group, terms).ratio


def against_of(groups: Grouped, terms: Terms) -> Against:
    """What the terms hold each group against."""
    reference, whole = terms.get("reference"), terms.get("whole", False)
    if reference is not None and whole:
        raise ValueError("groups are held against a reference group or against the whole, not both")
    if whole:
        return "whole"
    return "groups" if reference is None else groups.place_of(reference)


def _disparity(parity: str, label: ArrayLike | None, decision: ArrayLike, group: Attribute, terms: Terms) -> Disparity:
    groups = grouped(group, bands=terms.get("bands"))
    table = table_of(groups, decision, label, terms.get("positive", 1))
    return disparity(
        *(kind.of(table, groups.is_group) for kind in PARITIES[parity]),
        minimum_group_size=terms.get("minimum_group_size", 1),
        confidence=terms.get("confidence", 0.95),
        draws=terms.get("draws", DRAWS),
        seed=terms.get("seed", 0),
        against=against_of(groups, terms),
    )


def _by_group(
    kind: Kind, label: ArrayLike | None, decision: ArrayLike, group: Attribute, terms: Terms
) -> dict[str, Estimate]:
    groups = grouped(group, bands=terms.get("bands"))
    shares = kind.of(table_of(groups, decision, label, terms.get("positive", 1)), groups.is_group)
    confidence = terms.get("confidence", 0.95)
    return {
        name: share_estimate(int(part), int(rows), confidence=confidence, reason=kind.nothing)
        for name, part, rows in zip(groups.names, shares.parts.tolist(), shares.rows.tolist(), strict=False)
    }
