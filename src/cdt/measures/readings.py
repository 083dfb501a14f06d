"""All measures of a window against its baseline: live from profiles, recorded from rows.

Both answer the same measures of the same subjects in the same order. From rows, the Kolmogorov-Smirnov distance and the
ROC AUC are exact; from profiles they are right to the cells of the grid, and their definition says so. What counts
don't tell at all is missing from profiles, with the reason. All others are equal.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from cdt.measures import (
    drift_answers,
    estimated_answers,
    fairness_answers,
    intersection_answers,
    outcome_answers,
    outcome_fairness,
    performance_answers,
    quality_answers,
    worth_answers,
)
from cdt.measures.answers import Answer
from cdt.measures.catalog import Definition
from cdt.measures.confusions import Confusions, confusions_of
from cdt.measures.definitions import ReadingRules, definition_of
from cdt.measures.distribution import Distribution, distribution
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid, NumberFeature
from cdt.measures.intersection_rates import Intersections, intersection_rates
from cdt.measures.moments import Spreads, spread
from cdt.measures.outcome_answers import LabelledReference, NumbersReading, numbers_reading
from cdt.measures.performance.curves import CurvesOfBoth, curves_of
from cdt.measures.performance.ranking import roc_auc_of_cells
from cdt.measures.profile import Profile
from cdt.measures.quality import Received, Span
from cdt.measures.rates import GroupRates, group_rates
from cdt.measures.samples import Sample
from cdt.measures.whole_rows import NO_ROWS, ROWS_ALONE, WHOLE_ROWS, SampledRows, drawn


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
    groups: by attribute, of a version of classes. numbers: of one that predicts numbers. distributions: by
        feature, for a look. spreads: of number features.
    intersections: of rows, where a measure of them is asked for. curves, confusions: where rows were read.
    """

    rows: int
    labelled: int
    baseline_rows: int
    baseline_labelled: int
    results: tuple[Measured, ...]
    groups: dict[str, tuple[GroupRates, ...]]
    distributions: dict[str, Distribution]
    spreads: dict[str, Spreads]
    intersections: Intersections | None = None
    curves: CurvesOfBoth | None = None
    confusions: Confusions | None = None
    numbers: NumbersReading | None = None

    def result(self, measure: str, subject: str | None = None) -> Measured:
        """The result of a measure for a subject; a KeyError if it wasn't measured."""
        for measured in self.results:
            if measured.measure == measure and measured.subject == subject:
                return measured
        raise KeyError(measure if subject is None else f"{measure} of {subject}")


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
    if grid.is_of_numbers:
        gaps = drift_answers.gaps(grid, baseline, current, rules)
        answers = _of_numbers(grid, baseline, current, rules, gaps, (_COUNTED, _COUNTED), None, None, span, received)
        return _reading(grid, baseline, current, rules, answers)
    ranking = roc_auc_of_cells(current.ranking, confidence=rules.confidence_of("performance"))
    answers = [
        *drift_answers.stability(grid, baseline, current, rules),
        *drift_answers.gaps(grid, baseline, current, rules),
        *drift_answers.ways(grid, baseline, current, rules),
        *drift_answers.score(grid, baseline, current, rules),
        *drift_answers.of_whole_rows(grid, _COUNTED, _COUNTED, rules),
        *fairness_answers.fairness(grid, baseline, current, rules),
        *intersection_answers.intersections(grid, rules),
        *performance_answers.performance(grid, baseline, current, rules),
        performance_answers.ranked(ranking, roc_auc_of_cells(baseline.ranking), baseline),
        *performance_answers.of_scores(grid, baseline, current, rules),
        *worth_answers.worth(grid, baseline, current, rules),
        *estimated_answers.estimated(grid, baseline, current, rules),
        *quality_answers.quality_of(grid, baseline, current, rules, span, received),
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
    reference: SampledRows | None = None,
    labelled: LabelledReference | None = None,
) -> Reading:
    """All measures of a window, from its rows; all exact if the baseline is given as rows too.

    Of a baseline whose rows are gone the profile will do: then the Kolmogorov-Smirnov distance is that of the profiles.
    reference: of such a baseline, the rows that whole rows are held against, or why there are none.
    labelled: of the baseline of a version that predicts numbers, the rows that its errors are learnt from.
    span, received: as from profiles.
    """
    rules = rules or ReadingRules()
    old = baseline if isinstance(baseline, Profile) else baseline.profile(grid)
    new = current.profile(grid)
    baseline_rows = None if isinstance(baseline, Profile) else baseline
    if grid.is_of_numbers:
        gaps = (
            drift_answers.gaps(grid, old, new, rules)
            if baseline_rows is None
            else drift_answers.gaps_of_rows(grid, baseline_rows, current, rules)
        )
        whole_rows = _sampled(baseline_rows, current, rules, reference)
        answers = _of_numbers(grid, old, new, rules, gaps, whole_rows, baseline_rows, current, span, received, labelled)
        return _reading(grid, old, new, rules, answers)
    if isinstance(baseline, Profile):
        gaps, ranking_before = drift_answers.gaps(grid, baseline, new, rules), roc_auc_of_cells(baseline.ranking)
    else:
        gaps = drift_answers.gaps_of_rows(grid, baseline, current, rules)
        ranking_before = performance_answers.ranking_of_rows(grid, baseline.labels, rules)
    ranking = performance_answers.ranking_of_rows(grid, current.labels, rules)
    answers = [
        *drift_answers.stability(grid, old, new, rules),
        *gaps,
        *drift_answers.ways(grid, old, new, rules),
        *drift_answers.score(grid, old, new, rules),
        *drift_answers.of_whole_rows(grid, *_sampled(baseline_rows, current, rules, reference), rules),
        *fairness_answers.fairness(grid, old, new, rules, baseline_rows=baseline_rows, current_rows=current),
        *intersection_answers.intersections(grid, rules, baseline_rows=baseline_rows, current_rows=current),
        *performance_answers.performance(grid, old, new, rules),
        performance_answers.ranked(ranking, ranking_before, old, counted_from="rows"),
        *performance_answers.of_scores(grid, old, new, rules, baseline_rows=baseline_rows, current_rows=current),
        *worth_answers.worth(grid, old, new, rules),
        *estimated_answers.estimated(grid, old, new, rules, current_rows=current),
        *quality_answers.quality_of(grid, old, new, rules, span, received),
    ]
    curves, confusions = _curves(grid, old, new, rules), confusions_of(old, new)
    reading = replace(_reading(grid, old, new, rules, answers), curves=curves, confusions=confusions)
    if not any(intersection_answers.is_asked_for(parity, rules) for parity in intersection_answers.INTERSECTED):
        return reading
    return replace(reading, intersections=intersection_rates(grid, current, rules))


def _of_numbers(
    grid: Grid,
    baseline: Profile,
    current: Profile,
    rules: ReadingRules,
    gaps: Iterable[Answer],
    whole_rows: tuple[SampledRows, SampledRows],
    baseline_rows: Sample | None,
    current_rows: Sample | None,
    span: Span | None,
    received: Received | None,
    labelled: LabelledReference | None = None,
) -> list[Answer]:
    """What is answered of a version that predicts numbers."""
    return [
        *drift_answers.stability(grid, baseline, current, rules),
        *gaps,
        *drift_answers.ways(grid, baseline, current, rules),
        *drift_answers.score(grid, baseline, current, rules),
        *drift_answers.of_whole_rows(grid, *whole_rows, rules),
        *outcome_fairness.fairness(grid, baseline, current, rules),
        *outcome_answers.performance(baseline, current, rules, baseline_rows=baseline_rows, current_rows=current_rows),
        *outcome_answers.estimated(grid, baseline, rules, reference=labelled, current_rows=current_rows),
        *quality_answers.quality_of(grid, baseline, current, rules, span, received),
    ]


_COUNTED = SampledRows(None, ROWS_ALONE)


def _sampled(
    baseline: Sample | None, current: Sample, rules: ReadingRules, reference: SampledRows | None
) -> tuple[SampledRows, SampledRows]:
    """The rows of both sides; nothing is drawn unless whole rows are asked for."""
    if not any(rules.wants(name) for name in WHOLE_ROWS):
        return _COUNTED, _COUNTED
    if baseline is not None:
        rows = baseline.predictions
        reference = drawn(rows.columns, len(rows.decision), seed=rules.seed)
    rows = current.predictions
    return reference or SampledRows(None, NO_ROWS), drawn(rows.columns, len(rows.decision), seed=rules.seed)


def _curves(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> CurvesOfBoth:
    confidence = rules.confidence_of("performance")
    of_baseline, of_current = (
        curves_of(grid.score.cells, side.ranking, side.score_extremes, confidence=confidence)
        for side in (baseline, current)
    )
    return CurvesOfBoth(baseline=of_baseline, current=of_current)


def measured_of(grid: Grid, rules: ReadingRules, answers: Iterable[Answer]) -> tuple[Measured, ...]:
    """Those of the answers that the rules ask for, each with its definition."""
    results: list[Measured] = []
    for answer in answers:
        if not (rules.wants(answer.measure) and rules.watches(answer.measure, answer.subject)):
            continue
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
    return tuple(results)


def _reading(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules, answers: list[Answer]) -> Reading:
    return Reading(
        rows=current.rows,
        labelled=current.labelled,
        baseline_rows=baseline.rows,
        baseline_labelled=baseline.labelled,
        results=measured_of(grid, rules, answers),
        groups={}
        if grid.is_of_numbers
        else {
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
        numbers=numbers_reading(grid, baseline, current, rules) if grid.is_of_numbers else None,
    )
