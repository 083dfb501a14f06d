"""What drift is measured of besides features: what a version decides, how it scores, and what the truth turned out.

They are watched by the same measures over the same kind of counts. In results they stand under names that no column of
a form has: `(decision)`, `(score)` and `(label)`; in a version that predicts numbers `(prediction)` and `(label)`. A
feature that is called so all the same goes before them.
"""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from cdt.measures.bins import bin_counts, number_bins
from cdt.measures.columns import NumberColumn, numbers_of
from cdt.measures.grid import CategoryFeature, Feature, Grid, NumberFeature
from cdt.measures.layout import LABEL
from cdt.measures.moments import Spread, spread, spread_of_outcome, spread_of_score
from cdt.measures.profile import NumberCounts, Profile
from cdt.measures.samples import Sample

Output = Literal["decision", "score", "label"]
SUBJECT_BY_OUTPUT: dict[Output, str] = {"decision": "(decision)", "score": "(score)", "label": "(label)"}
SUBJECT_BY_OUTPUT_OF_NUMBERS: dict[Output, str] = {"score": "(prediction)", "label": "(label)"}
OUTPUT_BY_SUBJECT: dict[str, Output] = {
    subject: output
    for subjects in (SUBJECT_BY_OUTPUT, SUBJECT_BY_OUTPUT_OF_NUMBERS)
    for output, subject in subjects.items()
}


class Target(NamedTuple):
    """A feature or an output: how its rows are counted, and where its counts are."""

    subject: str
    feature: Feature
    output: Output | None = None

    def bins(self, profile: Profile) -> NDArray[np.int64]:
        """(bins + 1,) rows by bin of the stability measures, the missing ones last."""
        if self.output is None:
            return bin_counts(self.feature, profile)
        if self.output == "score":
            assert isinstance(self.feature, NumberFeature)
            return number_bins(self.feature, profile.score)
        if self.output == "decision":
            return profile.decisions
        if isinstance(self.feature, NumberFeature):
            return number_bins(self.feature, profile.outcome(LABEL))
        return np.append(profile.confusion.sum(axis=0), 0)  # what has no label isn't among the labelled

    def numbers(self, profile: Profile) -> NumberCounts:
        """The counts of a number."""
        if self.output == "label":
            return profile.outcome(LABEL)
        return profile.score if self.output == "score" else profile.number(self.feature.name)

    def values(self, sample: Sample) -> NumberColumn:
        """The values of a number; none where the column isn't there, which is missing in every row."""
        rows, labels = sample.predictions, sample.labels
        if self.output == "score":
            return np.empty(0) if rows.score is None else rows.score
        if self.output == "label":
            return np.empty(0) if labels is None or labels.number is None else labels.number
        name = self.feature.name
        return numbers_of(name, rows.columns[name], len(rows.columns[name])) if name in rows.columns else np.empty(0)

    def is_infinite(self, profile: Profile) -> bool:
        """Whether a value of a number is; not known, and so False, of profiles counted before extremes were."""
        if self.output == "label":
            least, greatest = profile.outcome_extremes(LABEL)
        elif self.output == "score":
            least, greatest = profile.score_extremes
        else:
            least, greatest = profile.extremes_of(self.feature.name)
        return least <= greatest and not (math.isfinite(least) and math.isfinite(greatest))

    def spread(self, grid: Grid, profile: Profile) -> Spread:
        """The spread of a number."""
        assert isinstance(self.feature, NumberFeature)
        if self.output == "label":
            return spread_of_outcome(grid, profile, LABEL)
        return spread_of_score(grid, profile) if self.output == "score" else spread(grid, profile, self.feature)


def targets(grid: Grid, outputs: tuple[Output, ...]) -> Iterator[Target]:
    """All features, then the outputs that are asked for."""
    for feature in grid.features:
        yield Target(feature.name, feature)
    for output, subject in subjects_of(grid).items():
        if output in outputs and subject not in grid.by_name:
            yield target_of(grid, subject)


def subjects_of(grid: Grid) -> dict[Output, str]:
    """The outputs of a version, and under which name each stands in results."""
    return SUBJECT_BY_OUTPUT_OF_NUMBERS if grid.is_of_numbers else SUBJECT_BY_OUTPUT


def target_of(grid: Grid, subject: str) -> Target:
    """The feature or output of that name; a KeyError if there is none."""
    if subject in grid.by_name:
        return Target(subject, grid.by_name[subject])
    output = OUTPUT_BY_SUBJECT[subject]
    if output == "score":
        return Target(subject, grid.score, output)
    if grid.outcomes is not UNSET:
        return Target(subject, grid.outcomes.label, output)
    return Target(subject, CategoryFeature(name=subject, values=grid.classes, own_bins=len(grid.classes)), output)


def deviation_of(spread_: Spread) -> float | None:
    """The standard deviation over all rows with a value; None where there is none, or where it isn't known."""
    if spread_.variance is None:
        return 0.0 if spread_.rows == 1 else None
    return math.sqrt(spread_.variance * (spread_.rows - 1) / spread_.rows)
