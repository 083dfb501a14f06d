"""The measures of fairness, of each protected attribute of a window."""

from collections.abc import Iterator
from typing import TypedDict

import numpy as np

from cdt.measures.answers import Answer
from cdt.measures.contrasting import NOT_THE_WHOLE, NoSuchGroup, against_of, compared, is_large_part
from cdt.measures.definitions import ReadingRules
from cdt.measures.estimates import Estimate
from cdt.measures.fairness.arrays import Grouped
from cdt.measures.fairness.calibration import NO_SCORES, calibration_of_rows
from cdt.measures.fairness.disparity import Against, Disparity, disparity, disparity_values
from cdt.measures.fairness.entropy import entropy
from cdt.measures.fairness.kinds import PARITIES
from cdt.measures.fairness.treatment import treatment_equality
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile
from cdt.measures.rates import parity_shares, positive_table, wrong_decisions
from cdt.measures.samples import Sample

ROWS_ALONE = "only an evaluation of rows can tell; a live reading has counts"
NO_BASELINE_ROWS = "the baseline is kept as counts, which don't tell it"


def fairness(
    grid: Grid,
    baseline: Profile,
    current: Profile,
    rules: ReadingRules,
    *,
    baseline_rows: Sample | None = None,
    current_rows: Sample | None = None,
) -> Iterator[Answer]:
    """How far the groups of each attribute lie apart, beside how far those of the baseline do.

    baseline_rows, current_rows: for what counts don't tell; None of a live reading, or of a baseline without rows.
    """
    for attribute in grid.attributes:
        against = against_of(grid, rules, attribute)
        for parity in PARITIES:
            if _wants(rules, parity):
                yield from _parity(grid, baseline, current, rules, attribute, parity, against)
        if _wants(rules, "treatment_equality"):
            found, before = (_treatment(grid, profile, rules, attribute, against) for profile in (current, baseline))
            yield from _both("treatment_equality", attribute, found, before)
        if _wants(rules, "calibration_parity"):
            of_attribute = rules, attribute, against
            found = _calibration(grid, current, *of_attribute, sample=current_rows, otherwise=ROWS_ALONE)
            before = _calibration(grid, baseline, *of_attribute, sample=baseline_rows, otherwise=NO_BASELINE_ROWS)
            yield from _both("calibration_parity", attribute, found, before)
    for name, alpha in (("theil_index", 1.0), ("generalized_entropy_index", 2.0)):
        if rules.wants(name):
            confidence = rules.confidence_of("fairness")
            now, then = (
                entropy(positive_table(each.confusion, grid.positive_code), alpha=alpha, confidence=confidence)
                for each in (current, baseline)
            )
            yield Answer(name, None, now, then.value)


def _parity(
    grid: Grid,
    baseline: Profile,
    current: Profile,
    rules: ReadingRules,
    attribute: str,
    parity: str,
    against: Against | NoSuchGroup,
) -> Iterator[Answer]:
    if isinstance(against, NoSuchGroup):
        yield from _both(parity, attribute, against.disparity, against.disparity)
        return
    now, then = (
        [compared(each, grid, profile, rules, attribute) for each in parity_shares(grid, profile, attribute, parity)]
        for profile in (current, baseline)
    )
    found = disparity(*now, **_terms(rules), against=against)
    before = disparity_values(*then, minimum_group_size=rules.minimum_group_size, against=against)
    yield Answer(f"{parity}_difference", attribute, found.difference, before.difference)
    yield Answer(f"{parity}_ratio", attribute, found.ratio, before.ratio)


def _treatment(
    grid: Grid, profile: Profile, rules: ReadingRules, attribute: str, against: Against | NoSuchGroup
) -> Disparity:
    if isinstance(against, NoSuchGroup):
        return against.disparity
    if against == "whole":
        return Disparity(difference=Estimate.missing(NOT_THE_WHOLE), ratio=Estimate.missing(NOT_THE_WHOLE))
    errors = compared(wrong_decisions(grid, profile, attribute), grid, profile, rules, attribute)
    return treatment_equality(errors, **_terms(rules), against=against)


def _calibration(
    grid: Grid,
    profile: Profile,
    rules: ReadingRules,
    attribute: str,
    against: Against | NoSuchGroup,
    *,
    sample: Sample | None,
    otherwise: str,
) -> Disparity:
    """Calibration parity of rows; without them it can't be told, and `otherwise` says why."""
    if isinstance(against, NoSuchGroup):
        return against.disparity
    labels = None if sample is None else sample.labels
    if against == "whole":
        return Disparity(difference=Estimate.missing(NOT_THE_WHOLE), ratio=Estimate.missing(NOT_THE_WHOLE))
    if sample is None or labels is None or labels.score is None:
        missing = Estimate.missing(otherwise if sample is None else NO_SCORES)
        return Disparity(difference=missing, ratio=missing)
    names = grid.attributes[attribute].labels[:-1]
    takes_part = is_large_part(grid, profile, rules, attribute)
    codes = labels.groups[attribute].astype(np.intp)
    return calibration_of_rows(
        Grouped(codes if takes_part.all() else np.where(takes_part[codes], codes, len(names)), names),
        (labels.label >= 0) & ~np.isnan(labels.score),
        labels.label == grid.positive_code,
        labels.score,
        **_terms(rules),
        against=against,
    )


def _wants(rules: ReadingRules, name: str) -> bool:
    return rules.wants(f"{name}_difference") or rules.wants(f"{name}_ratio")


def _both(name: str, attribute: str, found: Disparity, before: Disparity) -> Iterator[Answer]:
    yield Answer(f"{name}_difference", attribute, found.difference, before.difference.value)
    yield Answer(f"{name}_ratio", attribute, found.ratio, before.ratio.value)


class _Terms(TypedDict):
    minimum_group_size: int
    confidence: float
    draws: int
    seed: int


def _terms(rules: ReadingRules) -> _Terms:
    return _Terms(
        minimum_group_size=rules.minimum_group_size,
        confidence=rules.confidence_of("fairness"),
        draws=rules.draws,
        seed=rules.seed,
    )
