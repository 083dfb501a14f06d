"""The measures of fairness of a version that predicts numbers, and what they are made of."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.measures.answers import Answer
from cdt.measures.contrasting import NOT_THE_WHOLE, NoSuchGroup, against_of
from cdt.measures.definitions import ReadingRules
from cdt.measures.estimates import Estimate
from cdt.measures.fairness.means import (
    NOTHING_LABELLED,
    NOTHING_PREDICTED,
    Means,
    difference_of_means,
    ratio_of_means,
)
from cdt.measures.grid import Grid
from cdt.measures.layout import SUMMED
from cdt.measures.moments import spread_of_score
from cdt.measures.outcome_folding import mean_and_variance
from cdt.measures.profile import Profile


class GroupNumbers(Struct, frozen=True, kw_only=True):
    """One group of an attribute, of a version that predicts numbers.

    rows: its predictions. labelled: its labelled rows with a prediction.
    mean: of its predictions. mean_absolute_error: of its labelled rows. None without any.
    is_large_enough, has_enough_labels: whether `rows` and `labelled` reach the minimum group size.
    """

    group: str
    rows: int
    labelled: int
    mean: float | None
    mean_absolute_error: float | None
    is_large_enough: bool
    has_enough_labels: bool


def fairness(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """How far the groups of each attribute lie apart, beside how far those of the baseline do."""
    for attribute in grid.attributes:
        for name, of in (("standardized_mean_difference", _differences), ("error_parity_ratio", _errors)):
            if rules.wants(name):
                now, before = (of(grid, profile, rules, attribute) for profile in (current, baseline))
                yield Answer(name, attribute, now, before.value)


def group_numbers(grid: Grid, profile: Profile, attribute: str, *, minimum_group_size: int) -> tuple[GroupNumbers, ...]:
    """The groups of an attribute that have rows, in the order of their labels, the missing one last."""
    predicted, errors = _predictions(grid, profile, attribute), _absolute_errors(grid, profile, attribute)
    found: list[GroupNumbers] = []
    for place, group in enumerate(grid.attributes[attribute].labels):
        rows, labelled = int(predicted.rows[place]), int(errors.rows[place])
        if rows or labelled:
            found.append(
                GroupNumbers(
                    group=group,
                    rows=rows,
                    labelled=labelled,
                    mean=float(predicted.mean[place]) if rows else None,
                    mean_absolute_error=float(errors.mean[place]) if labelled else None,
                    is_large_enough=rows >= minimum_group_size,
                    has_enough_labels=labelled >= minimum_group_size,
                )
            )
    return tuple(found)


class _Sums(NamedTuple):
    point: float
    unit: float


def _predictions(grid: Grid, profile: Profile, attribute: str) -> Means:
    cells = grid.score.cells
    sums = profile.group_predictions(attribute)
    return _means(grid, attribute, sums, _Sums(cells.low, cells.quantum), NOTHING_PREDICTED)


def _absolute_errors(grid: Grid, profile: Profile, attribute: str) -> Means:
    assert grid.outcomes
    sums = profile.group_errors(attribute)
    return _means(grid, attribute, sums, _Sums(0.0, grid.outcomes.absolute_error.quantum), NOTHING_LABELLED)


def _means(grid: Grid, attribute: str, sums: NDArray[np.int64], of: _Sums, nothing: str) -> Means:
    mean, variance = mean_and_variance(sums, *of)
    groups = len(grid.attributes[attribute].labels)
    is_group = np.arange(groups) < groups - 1
    return Means(mean=mean, variance=variance, rows=sums[:, SUMMED], is_group=is_group, nothing=nothing)


def _differences(grid: Grid, profile: Profile, rules: ReadingRules, attribute: str) -> Estimate:
    spread = spread_of_score(grid, profile)
    scale = math.sqrt(spread.variance) if spread.variance is not None and spread.variance > 0 else 0.0
    reference = _reference(grid, rules, attribute)
    if isinstance(reference, Estimate):
        return reference
    means = _large(profile, rules, attribute, _predictions(grid, profile, attribute))
    return difference_of_means(
        means,
        scale,
        minimum_group_size=rules.minimum_group_size,
        confidence=rules.confidence_of("fairness"),
        draws=rules.draws,
        seed=rules.seed,
        reference=reference,
    )


def _errors(grid: Grid, profile: Profile, rules: ReadingRules, attribute: str) -> Estimate:
    reference = _reference(grid, rules, attribute)
    if isinstance(reference, Estimate):
        return reference
    means = _large(profile, rules, attribute, _absolute_errors(grid, profile, attribute))
    return ratio_of_means(
        means,
        minimum_group_size=rules.minimum_group_size,
        confidence=rules.confidence_of("fairness"),
        draws=rules.draws,
        seed=rules.seed,
        reference=reference,
    )


def _reference(grid: Grid, rules: ReadingRules, attribute: str) -> int | Estimate | None:
    """The group that others are held against, None for one another, or why it can't be told."""
    against = against_of(grid, rules, attribute)
    if isinstance(against, NoSuchGroup):
        return against.disparity.difference
    if against == "whole":
        return Estimate.missing(NOT_THE_WHOLE)
    return None if against == "groups" else against


def _large(profile: Profile, rules: ReadingRules, attribute: str, means: Means) -> Means:
    """Without the groups below the least share of all predictions."""
    rows = profile.group_predictions(attribute)[:, SUMMED]
    is_large = rows >= rules.contrast_of(attribute).least_share * rows.sum()
    return replace(means, is_group=means.is_group & is_large)
