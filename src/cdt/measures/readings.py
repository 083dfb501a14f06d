"""All measures of a window against its baseline: live from profiles, recorded from rows.

Both answer the same measures of the same subjects in the same order. From rows, the Kolmogorov-Smirnov distance and the
ROC AUC are exact; from profiles they are right to the cells of the grid, and their definition says so. All others are
equal.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from cdt.measures import quality
from cdt.measures.bins import bin_counts
from cdt.measures.catalog import Definition
from cdt.measures.columns import Columns, NumberColumn, numbers_of
from cdt.measures.definitions import CountedFrom, ReadingRules, definition_of
from cdt.measures.distribution import Distribution, distribution
from cdt.measures.drift import jensen_shannon_distance, population_stability_index
from cdt.measures.estimates import Estimate
from cdt.measures.fairness import disparity, disparity_values
from cdt.measures.grid import Grid, NumberFeature
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov, kolmogorov_smirnov_of_rows
from cdt.measures.moments import Spreads, spread
from cdt.measures.performance import accuracy, precision, recall, roc_auc, roc_auc_of_rows
from cdt.measures.profile import Profile
from cdt.measures.quality import Received, Span
from cdt.measures.rates import GroupRates, group_rates, selections, true_positives
from cdt.measures.samples import LabelRows, Sample


class Measured(Struct, frozen=True, kw_only=True):
    """A number that was measured.

    subject: the feature or the group attribute; None for the model as a whole.
    baseline: the same measure of the baseline by itself; None of drift, which compares with it, and where it can't be
        told. baseline_rows: the labelled rows that it rests on, of performance. baseline_rarer_rows: those of the rarer
        class among them, of a ranking. baseline_reason: why it can't be told.
    definition, definition_digest: what fixes the number, as in `catalog`.
    """

    measure: str
    subject: str | None
    estimate: Estimate
    baseline: float | None
    baseline_rows: int | None
    baseline_rarer_rows: int | None = None
    baseline_reason: str | None = None
    definition: Definition
    definition_digest: str


class Reading(Struct, frozen=True, kw_only=True):
    """What the measures say of a window.

    rows, labelled: predictions and labelled rows of the window; baseline_rows, baseline_labelled: of the baseline.
    groups: by attribute. distributions: by feature, for a look. spreads: of number features.
    """

    rows: int
    labelled: int
    baseline_rows: int
    baseline_labelled: int
    results: tuple[Measured, ...]
    groups: dict[str, tuple[GroupRates, ...]]
    distributions: dict[str, Distribution]
    spreads: dict[str, Spreads]

    def result(self, measure: str, subject: str | None = None) -> Measured:
        """The result of a measure for a subject; a KeyError if it wasn't measured."""
        for measured in self.results:
            if measured.measure == measure and measured.subject == subject:
                return measured
        raise KeyError(measure if subject is None else f"{measure} of {subject}")


class _Answer(Struct, frozen=True):
    measure: str
    subject: str | None
    estimate: Estimate
    baseline: float | None = None
    baseline_rows: int | None = None
    baseline_rarer_rows: int | None = None
    baseline_reason: str | None = None
    counted_from: CountedFrom = "profile"


def reading_from_profiles(
    grid: Grid,
    baseline: Profile,
    current: Profile,
    rules: ReadingRules | None = None,
    *,
    span: Span | None = None,
    received: Received | None = None,
) -> Reading:
    """All measures of a window, from its profile and the baseline's. The cost doesn't grow with the rows.

    span: the window; without it its freshness isn't told. received: what came in besides; without it it isn't told.
    """
    rules = rules or ReadingRules()
    ranking = roc_auc(current.ranking, confidence=rules.confidence_of("performance"))
    answers = [
        *_stability(grid, baseline, current, rules),
        *_gaps(grid, baseline, current, rules),
        *_fairness(grid, baseline, current, rules),
        *_performance(grid, baseline, current, rules),
        _ranked(ranking, roc_auc(baseline.ranking), baseline),
        *_quality(grid, baseline, current, rules, span, received),
    ]
    return _reading(grid, baseline, current, rules, answers)


def reading_from_rows(
    grid: Grid,
    baseline: Sample | Profile,
    current: Sample,
    rules: ReadingRules | None = None,
    *,
    span: Span | None = None,
    received: Received | None = None,
) -> Reading:
    """All measures of a window, from its rows; all exact if the baseline is given as rows too.

    Of a baseline whose rows are gone the profile will do: then the Kolmogorov-Smirnov distance is that of the profiles.
    span, received: as from profiles.
    """
    rules = rules or ReadingRules()
    old = baseline if isinstance(baseline, Profile) else baseline.profile(grid)
    new = current.profile(grid)
    if isinstance(baseline, Profile):
        gaps, ranking_before = _gaps(grid, baseline, new, rules), roc_auc(baseline.ranking)
    else:
        gaps = _gaps_of_rows(grid, baseline.predictions.columns, current.predictions.columns, rules)
        ranking_before = _ranking_of_rows(grid, baseline.labels, rules)
    answers = [
        *_stability(grid, old, new, rules),
        *gaps,
        *_fairness(grid, old, new, rules),
        *_performance(grid, old, new, rules),
        _ranked(_ranking_of_rows(grid, current.labels, rules), ranking_before, old, counted_from="rows"),
        *_quality(grid, old, new, rules, span, received),
    ]
    return _reading(grid, old, new, rules, answers)


def _reading(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules, answers: list[_Answer]) -> Reading:
    results: list[Measured] = []
    for answer in answers:
        defined = definition_of(grid, rules, answer.measure, answer.subject, answer.counted_from)
        results.append(
            Measured(
                measure=answer.measure,
                subject=answer.subject,
                estimate=answer.estimate,
                baseline=answer.baseline,
                baseline_rows=answer.baseline_rows,
                baseline_rarer_rows=answer.baseline_rarer_rows,
                baseline_reason=answer.baseline_reason,
                definition=defined.definition,
                definition_digest=defined.digest,
            )
        )
    return Reading(
        rows=current.rows,
        labelled=current.labelled,
        baseline_rows=baseline.rows,
        baseline_labelled=baseline.labelled,
        results=tuple(results),
        groups={
            name: group_rates(
                grid,
                current,
                name,
                minimum_group_size=rules.minimum_group_size,
                confidence=rules.confidence_of("fairness"),
            )
            for name in grid.attributes
        },
        distributions={feature.name: distribution(feature, baseline, current) for feature in grid.features},
        spreads={
            feature.name: Spreads(baseline=spread(grid, baseline, feature), current=spread(grid, current, feature))
            for feature in grid.features
            if isinstance(feature, NumberFeature)
        },
    )


def _stability(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[_Answer]:
    for feature in grid.features:
        old, new = bin_counts(feature, baseline), bin_counts(feature, current)
        index = population_stability_index(old, new, epsilon=rules.epsilon, confidence=rules.confidence_of("drift"))
        yield _Answer("population_stability_index", feature.name, index)
        distance = jensen_shannon_distance(old, new, confidence=rules.confidence_of("drift"))
        yield _Answer("jensen_shannon_distance", feature.name, distance)


def _gaps(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[_Answer]:
    for feature in grid.features:
        if isinstance(feature, NumberFeature):
            old, new = baseline.number(feature.name), current.number(feature.name)
            gap = kolmogorov_smirnov(feature.cells, old, new, confidence=rules.confidence_of("drift"))
            yield _Answer("kolmogorov_smirnov", feature.name, gap)


def _gaps_of_rows(grid: Grid, baseline: Columns, current: Columns, rules: ReadingRules) -> Iterator[_Answer]:
    for feature in grid.features:
        if isinstance(feature, NumberFeature):
            old, new = (_numbers(feature.name, columns) for columns in (baseline, current))
            gap = kolmogorov_smirnov_of_rows(feature.cells, old, new, confidence=rules.confidence_of("drift"))
            yield _Answer("kolmogorov_smirnov", feature.name, gap, counted_from="rows")


def _numbers(name: str, columns: Columns) -> NumberColumn:
    if name not in columns:  # a column that isn't there is missing in every row
        return np.empty(0)
    return numbers_of(name, columns[name], len(columns[name]))


def _fairness(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[_Answer]:
    for attribute in grid.attributes:
        for name, shares in (("demographic_parity", selections), ("equal_opportunity", true_positives)):
            found = disparity(
                shares(grid, current, attribute),
                minimum_group_size=rules.minimum_group_size,
                confidence=rules.confidence_of("fairness"),
                draws=rules.draws,
                seed=rules.seed,
            )
            before = disparity_values(shares(grid, baseline, attribute), rules.minimum_group_size)
            yield _Answer(f"{name}_difference", attribute, found.difference, before.difference)
            yield _Answer(f"{name}_ratio", attribute, found.ratio, before.ratio)


def _performance(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[_Answer]:
    positive, confidence = grid.positive_code, rules.confidence_of("performance")
    old, new = baseline.confusion, current.confusion
    yield _beside("accuracy", accuracy(new, confidence=confidence), accuracy(old))
    yield _beside("precision", precision(new, positive, confidence=confidence), precision(old, positive))
    yield _beside("recall", recall(new, positive, confidence=confidence), recall(old, positive))


def _quality(
    grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules, span: Span | None, received: Received | None
) -> Iterator[_Answer]:
    confidence = rules.confidence_of("quality")
    yield _Answer("volume", None, quality.volume(current))
    yield _Answer("freshness", None, quality.freshness(span, current.rows))
    yield _Answer("clock_skew", None, quality.clock_skew(current, confidence=confidence))
    yield _Answer("duplicate_share", None, quality.duplicate_share(received, current, confidence=confidence))
    yield _Answer("violation_share", None, quality.violation_share(received, current, confidence=confidence))
    unlikely, before = (quality.unlikely_share(side, confidence=confidence) for side in (current, baseline))
    yield _Answer("unlikely_share", None, unlikely, before.value, baseline_reason=before.reason)
    for feature in grid.features:
        name = feature.name
        now, then = (quality.missing_share(feature, side, confidence=confidence) for side in (current, baseline))
        yield _Answer("missing_share", name, now, then.value)
        yield _Answer("constant", name, quality.constant(feature, baseline, current, confidence=confidence))
        if isinstance(feature, NumberFeature):
            unseen, sides = (
                "out_of_range_share",
                [quality.out_of_range_share(feature, side, confidence=confidence) for side in (current, baseline)],
            )
        else:
            unseen, sides = (
                "new_category_share",
                [quality.new_category_share(feature, side, confidence=confidence) for side in (current, baseline)],
            )
        yield _Answer(unseen, name, sides[0], sides[1].value)


def _beside(measure: str, now: Estimate, before: Estimate) -> _Answer:
    return _Answer(measure, None, now, before.value, before.rows, baseline_reason=before.reason)


def _ranked(now: Estimate, before: Estimate, baseline: Profile, *, counted_from: CountedFrom = "profile") -> _Answer:
    rarer = int(baseline.ranking.sum(axis=0).min())
    return _Answer("roc_auc", None, now, before.value, before.rows, rarer, before.reason, counted_from)


def _ranking_of_rows(grid: Grid, labels: LabelRows | None, rules: ReadingRules) -> Estimate:
    if labels is None or labels.score is None:
        return Estimate.missing("no labelled rows with a score")
    is_labelled = labels.label >= 0
    is_positive = labels.label[is_labelled] == grid.positive_code
    return roc_auc_of_rows(labels.score[is_labelled], is_positive, confidence=rules.confidence_of("performance"))
