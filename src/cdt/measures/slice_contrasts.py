"""How far the rows of a slice have moved from those of the baseline's same slice, and how its groups fare."""

from collections.abc import Collection

from msgspec import Struct

from cdt.measures import drift_answers, fairness_answers, outcome_fairness
from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, empty
from cdt.measures.readings import Measured, measured_of
from cdt.measures.samples import Sample


class SliceContrasts(Struct, frozen=True, kw_only=True):
    """Every measure of drift and of fairness that the rules ask for.

    drift: none where the baseline's rows of the slice aren't known. fairness: of the attributes that don't make the
        slice.
    """

    drift: tuple[Measured, ...]
    fairness: tuple[Measured, ...]


def slice_contrasts(
    grid: Grid,
    baseline: Profile | None,
    current: Profile,
    rules: ReadingRules,
    *,
    labels_of: Sample | None = None,
    without: Collection[str] = (),
) -> SliceContrasts:
    """Both, from the profiles of the slice's rows.

    baseline: of the same slice; without labels, so the drift of labels isn't told. labels_of: the labelled rows, for
    what counts don't tell of them. without: the attributes that tell who is in the slice.
    """
    drift = () if baseline is None else measured_of(grid, rules, _drift(grid, baseline, current, rules))
    before = empty(grid) if baseline is None else baseline
    compared = (
        outcome_fairness.fairness(grid, before, current, rules)
        if grid.is_of_numbers
        else fairness_answers.fairness(grid, before, current, rules, current_rows=labels_of)
    )
    return SliceContrasts(
        drift=drift,
        fairness=measured_of(grid, rules, (each for each in compared if each.subject not in without)),
    )


def _drift(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> list[drift_answers.Answer]:
    return [
        *drift_answers.stability(grid, baseline, current, rules),
        *drift_answers.gaps(grid, baseline, current, rules),
        *drift_answers.ways(grid, baseline, current, rules),
        *drift_answers.score(grid, baseline, current, rules),
    ]
