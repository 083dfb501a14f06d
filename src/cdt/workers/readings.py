"""A reading, judged by the plan: what a live reading shows and what an evaluation keeps, in one form."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from cdt.domain.evaluations import contrasts
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import Measurement, MeasureResult
from cdt.domain.evaluations.severities import Bands
from cdt.domain.evaluations.slices import Condition
from cdt.domain.evaluations.verdicts import corrected_confidence, judge
from cdt.domain.evaluations.worth import BusinessValue
from cdt.domain.kernel import Digest
from cdt.domain.registry.baselines import Reference
from cdt.domain.trust.score import Score
from cdt.measures.confusions import Confusions
from cdt.measures.definitions import STANDARD, STANDARD_OF_NUMBERS, Contrast, ReadingRules, Worth
from cdt.measures.distribution import Distribution
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid
from cdt.measures.intersection_rates import Intersections
from cdt.measures.moments import Spreads
from cdt.measures.outcome_answers import NumbersReading
from cdt.measures.performance.curves import CurvesOfBoth
from cdt.measures.performance.weakest_arrays import WeakestSegments
from cdt.measures.quality import Received
from cdt.measures.rates import GroupRates
from cdt.measures.readings import Measured, Reading
from cdt.workers.significance import Significance, significance_of

FORMAT = 1


class SliceReading(msgspec.Struct, frozen=True, kw_only=True):
    """One of the plan's slices: its rows among the window's, how they are decided, and its numbers with their verdicts.

    selection: the share of its predictions that were decided positively, which no plan has a limit for.
    baseline_rows: those of the baseline that are in the slice, where its drift was asked for; baseline_reason: why that
        can't be told. Of what was recorded before drift and fairness were, neither is there.
    """

    name: str
    conditions: tuple[Condition, ...]
    rows: int
    labelled: int
    selection: Estimate
    results: tuple[MeasureResult, ...]
    baseline_rows: int | UnsetType = UNSET
    baseline_reason: str | UnsetType = UNSET


class JudgedReading(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers with their verdicts, the rates behind fairness, and distributions for a look.

    numbers: in place of `groups`, of a version that predicts numbers.

    received: what came in for the window besides, as of the reading: no rows tell it again later.
    bands: from which value on a drift is called low, medium, high and critical, where the plan had chosen that.
    reference: which rows the baseline was, where it moves; baseline_digest names its profile, where it was recorded.
    intersections: where the plan asks for a measure of them, and rows were read.
    curves, confusions: where rows were read, since there are any.
    weakest_segments: where labelled rows were read.
    slices: those that the plan declares, in its order, where rows were read.
    unit_of_value: in what decisions are worth something, where the plan says what.
    significance: which columns have drifted by more than chance, where the plan says how to correct for many.
    """

    format: int = FORMAT
    rows: int
    labelled: int
    baseline_rows: int
    results: tuple[MeasureResult, ...]
    groups: dict[str, tuple[GroupRates, ...]]
    distributions: dict[str, Distribution]
    spreads: dict[str, Spreads] = {}
    received: Received | None = None
    reference: Reference | UnsetType = UNSET
    baseline_digest: Digest | UnsetType = UNSET
    intersections: Intersections | UnsetType = UNSET
    curves: CurvesOfBoth | UnsetType = UNSET
    confusions: Confusions | UnsetType = UNSET
    bands: tuple[Bands, ...] | UnsetType = UNSET
    weakest_segments: WeakestSegments | UnsetType = UNSET
    slices: tuple[SliceReading, ...] | UnsetType = UNSET
    significance: Significance | UnsetType = UNSET
    unit_of_value: str | UnsetType = UNSET
    numbers: NumbersReading | UnsetType = UNSET
    definitions: dict[str, dict[str, Any]]
    """digest -> definition, of every result."""

    @property
    def chosen_bands(self) -> tuple[Bands, ...]:
        """None where the plan had chosen none."""
        return () if self.bands is UNSET else self.bands

    @property
    def read_slices(self) -> tuple[SliceReading, ...]:
        """None where the plan declares none, and of a live reading."""
        return () if self.slices is UNSET else self.slices


def _measures(policy: PlanPolicy, grid: Grid) -> tuple[str, ...] | None:
    """What every plan measures of such a version, and what this one names besides."""
    standard = STANDARD_OF_NUMBERS if grid.is_of_numbers else STANDARD
    further = tuple(name for name in policy.measures if name not in standard)
    return (*standard, *further) if further or grid.is_of_numbers or policy.measures else None


def rules_of(policy: PlanPolicy, grid: Grid) -> ReadingRules:
    """How a reading is taken under a plan: the intervals of one measure over all its subjects hold together."""
    features = len(grid.features) if policy.features is None else len(set(policy.features) & grid.by_name.keys())
    of_a_feature = corrected_confidence(policy.confidence, tests=max(1, features))
    of_a_drift = corrected_confidence(policy.confidence_of_drift, tests=max(1, features + len(policy.watched_outputs)))
    return ReadingRules(
        confidence=policy.confidence,
        drift_confidence=of_a_drift,
        fairness_confidence=corrected_confidence(policy.confidence, tests=max(1, len(grid.groups))),
        quality_confidence=of_a_feature,
        minimum_group_size=policy.minimum_group_size,
        measures=_measures(policy, grid),
        features=policy.features,
        outputs=policy.watched_outputs,
        edition=2,
        contrasts=tuple(map(_contrast, policy.chosen_contrasts)) or UNSET,
        worth=UNSET if policy.worth is None else _worth(policy.worth),
    )


def _worth(chosen: BusinessValue) -> Worth:
    return Worth(unit=chosen.unit, classes=chosen.classes, values=chosen.values)


def _contrast(chosen: contrasts.Contrast) -> Contrast:
    return Contrast(
        attribute=chosen.attribute,
        against=chosen.against,
        reference=chosen.reference,
        least_share=chosen.least_share,
    )


def judged(
    reading: Reading,
    policy: PlanPolicy,
    *,
    reference: Reference | UnsetType = UNSET,
    baseline_digest: Digest | UnsetType = UNSET,
) -> JudgedReading:
    """The reading with its verdicts; what it was held against, if that moves."""
    return JudgedReading(
        rows=reading.rows,
        labelled=reading.labelled,
        baseline_rows=reading.baseline_rows,
        results=judged_results(
            reading.results,
            policy,
            rows=reading.rows,
            labelled=reading.labelled,
            baseline_rows=reading.baseline_rows,
        ),
        groups=reading.groups,
        distributions=reading.distributions,
        spreads=reading.spreads,
        reference=reference,
        baseline_digest=baseline_digest,
        intersections=UNSET if reading.intersections is None else reading.intersections,
        curves=UNSET if reading.curves is None else reading.curves,
        confusions=UNSET if reading.confusions is None else reading.confusions,
        bands=policy.bands,
        unit_of_value=UNSET if policy.worth is None else policy.worth.unit,
        significance=significance_of(reading.results, policy) or UNSET,
        numbers=UNSET if reading.numbers is None else reading.numbers,
        definitions={each.definition_digest: each.definition for each in reading.results},
    )


def judged_results(
    measured: Iterable[Measured], policy: PlanPolicy, *, rows: int, labelled: int, baseline_rows: int
) -> tuple[MeasureResult, ...]:
    """Each number with its verdict. rows, labelled: the predictions and labelled rows that they were measured of."""
    measurements = [
        Measurement(
            measure=each.measure,
            subject=each.subject,
            value=each.estimate.value,
            low=each.estimate.low,
            high=each.estimate.high,
            rows=each.estimate.rows,
            reason=each.estimate.reason,
            baseline=each.baseline,
            baseline_rows=each.baseline_rows,
            baseline_rarer_rows=each.baseline_rarer_rows,
            baseline_reason=each.baseline_reason,
            definition=Digest(each.definition_digest),
        )
        for each in measured
    ]
    label_share = min(1.0, labelled / rows) if rows else 1.0
    return judge(measurements, policy, baseline_rows=baseline_rows, label_share=label_share)


class LiveDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The present reading of a version, as its row holds it: without the definitions, which grid and plan fix."""

    format: int = FORMAT
    environment: str
    window_start: datetime
    window_end: datetime
    score: Score
    sentence: str
    reading: JudgedReading


def live_document(
    reading: JudgedReading,
    *,
    score: Score,
    sentence: str,
    environment: str,
    window_start: datetime,
    window_end: datetime,
) -> dict[str, Any]:
    """The row's JSON, as plain values."""
    document = LiveDocument(
        environment=environment,
        window_start=window_start,
        window_end=window_end,
        score=score,
        sentence=sentence,
        reading=replace(reading, definitions={}),
    )
    return msgspec.to_builtins(document)


def live_reading(row: dict[str, Any]) -> LiveDocument:
    """What a row's JSON says."""
    return msgspec.convert(row, LiveDocument)


def encode(reading: JudgedReading) -> bytes:
    """The kept document; the same reading gives the same bytes."""
    return msgspec.json.encode(reading, order="deterministic")


def decode(document: bytes) -> JudgedReading:
    """A kept document."""
    return msgspec.json.decode(document, type=JudgedReading)
