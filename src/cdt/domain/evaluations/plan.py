"""When a version is evaluated and what its numbers are judged by: the thresholds, in one place."""

import math
from collections.abc import Collection
from typing import Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from cdt.domain.errors import Invalid
from cdt.domain.evaluations import severities
from cdt.domain.evaluations.contrasts import Contrast, check_contrasts
from cdt.domain.evaluations.results import (
    BUSINESS_VALUE,
    DRIFT_SCORE,
    ESTIMATED_ACCURACY,
    ESTIMATED_ROC_AUC,
    RECORDED,
)
from cdt.domain.evaluations.slices import ColumnShape, Slice, check_conditions, check_slices
from cdt.domain.evaluations.worth import BusinessValue, check_worth

DAY_SECONDS = 86_400
LEAST_WINDOW_SECONDS = 60
LARGEST_WINDOW_SECONDS = 400 * DAY_SECONDS
MOST_FEATURES = 1_000
LONGEST_SCHEDULE = 100
MOST_BYTES = 20_000
"""Of a plan as JSON: the fact that it was changed holds it as it was and as it is, and why."""

Trigger = Literal["data", "labels", "promotion"]
Output = Literal["decision", "score", "label"]
OUTPUTS: tuple[Output, ...] = get_args(Output)
Correction = Literal["benjamini_hochberg", "bonferroni"]
CORRECTIONS: tuple[Correction, ...] = get_args(Correction)
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)


class PlanPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one monitoring plan.

    window_seconds: length of a window of `predicted_at`; whole days follow the midnights of the project's time zone.
    lateness_seconds: how long a window stays open for late predictions after its end.
    minimum_rows: a measure over fewer rows is inconclusive.
    minimum_group_size: a group of fewer rows takes no part in a fairness measure.
    confidence: of one verdict's family of intervals, in (0, 1); `verdicts.corrected_confidence` shares it out.
    drift_confidence: the same of the drift of features and outputs; `confidence`, where a plan of a former release says
        nothing of it.
    psi_limit: population stability index from which a feature has drifted. 0.15 lies between the 0.1 ("look") and the
        0.25 ("act") of Siddiqi 2006, Credit Risk Scorecards.
    distance_limit: Jensen-Shannon distance and Kolmogorov-Smirnov statistic from which a feature has drifted; both
        lie in [0, 1] and do not grow with the rows.
    parity_ratio_limit: least ratio of selection rates: the four-fifths rule of the US Uniform Guidelines of 1978.
    parity_difference_limit: largest difference of two groups' rates.
    performance_tolerance: the share of the baseline's performance that may be lost.
    missing_tolerance: how much larger than the baseline's a feature's share of missing values may be.
    unseen_tolerance: the same of values out of range, and of new categories.
    unlikely_tolerance: how much larger than the baseline's the share of rows may be that are unlike the reference.
    clock_tolerance: the share of predictions that may be made, by their own clock, after they were received.
    duplicate_tolerance: the share of rows received that may have been there already.
    violation_tolerance: the share of rows received that may not fit the signature.
    silence_limit: the part of a window that may have gone by since its newest prediction.
    live_change: how far the live trust score moves before it is recorded.
    least_seconds_between_records: the shortest time between two records of the live score.
    measures: the names of what is measured besides what every plan measures.
    features: the columns whose drift and quality are measured; None for all.
    outputs: what the version makes of them whose drift is measured as well: its decisions, its scores, and the labels.
    bands: from which value on a drift is called low, medium, high and critical, of each measure for which that isn't
        what `severities.BANDS` says. Of both, a plan that chooses none has the JSON that it had before there were any.
    least_label_share: the share of a window's rows whose label must be known before what rests on labels is judged.
    triggers: what calls for an evaluation besides a window that closes and a person who asks: new rows that move the
        score, labels that come late, a promotion.
    schedule: a cron expression of five fields, in the project's time zone, by which the window up to now is evaluated
        as well; None for never.
    slices: the parts of the rows that are measured by themselves as well.
    p_value_correction: how the p-values of a test are corrected for the number of columns that it is made of, to say
        which have drifted by more than chance; nothing of that is said where a plan of a former release says nothing.
    contrasts: what the groups of an attribute are held against, of those for which that isn't one another.
    business_value: what each decision is worth, which is measured where it is said.
    """

    window_seconds: int = 30 * DAY_SECONDS
    lateness_seconds: int = DAY_SECONDS
    minimum_rows: int = 200
    minimum_group_size: int = 100
    confidence: float = 0.95
    psi_limit: float = 0.15
    distance_limit: float = 0.1
    drift_confidence: float | UnsetType = UNSET
    parity_ratio_limit: float = 0.8
    parity_difference_limit: float = 0.1
    performance_tolerance: float = 0.05
    missing_tolerance: float = 0.05
    unseen_tolerance: float = 0.05
    unlikely_tolerance: float = 0.04
    clock_tolerance: float = 0.05
    duplicate_tolerance: float = 0.05
    violation_tolerance: float = 0.05
    silence_limit: float = 0.25
    live_change: float = 0.01
    least_seconds_between_records: int = 60
    measures: tuple[str, ...] = ()
    features: tuple[str, ...] | None = None
    outputs: tuple[Output, ...] | UnsetType = UNSET
    bands: tuple[severities.Bands, ...] | UnsetType = UNSET
    least_label_share: float = 0.0
    triggers: tuple[Trigger, ...] = TRIGGERS
    schedule: str | None = None
    slices: tuple[Slice, ...] | UnsetType = UNSET
    p_value_correction: Correction | UnsetType = UNSET
    contrasts: tuple[Contrast, ...] | UnsetType = UNSET
    business_value: BusinessValue | UnsetType = UNSET

    @property
    def confidence_of_drift(self) -> float:
        """That of all intervals of one measure of drift together."""
        return self.confidence if self.drift_confidence is UNSET else self.drift_confidence

    @property
    def watched_outputs(self) -> tuple[Output, ...]:
        """None where nothing is said."""
        return () if self.outputs is UNSET else self.outputs

    @property
    def chosen_bands(self) -> tuple[severities.Bands, ...]:
        """None where nothing is said."""
        return () if self.bands is UNSET else self.bands

    @property
    def declared_slices(self) -> tuple[Slice, ...]:
        """None where nothing is said."""
        return () if self.slices is UNSET else self.slices

    @property
    def chosen_contrasts(self) -> tuple[Contrast, ...]:
        """None where nothing is said."""
        return () if self.contrasts is UNSET else self.contrasts

    @property
    def worth(self) -> BusinessValue | None:
        """None where nothing is said."""
        return None if self.business_value is UNSET else self.business_value


DEFAULT_POLICY = PlanPolicy(
    distance_limit=0.05,
    drift_confidence=0.995,
    measures=(ESTIMATED_ACCURACY, ESTIMATED_ROC_AUC, DRIFT_SCORE),
    p_value_correction="benjamini_hochberg",
)
"""What a new plan begins with. Of 10,000 rows that have moved by 0.2 standard deviations at least 9 in 10 fail by one
of its distances, and fewer than 1 in 1,000 undrifted features do: `bench/drift_power.py`. By PSI a
feature has drifted later, at 0.39 standard deviations, from where on trust counts it. What accuracy and ROC AUC are
expected to be is measured too: labels come late."""


def check(policy: PlanPolicy) -> None:
    """Raise Invalid for a policy that can't be followed."""
    if not LEAST_WINDOW_SECONDS <= policy.window_seconds <= LARGEST_WINDOW_SECONDS:
        raise Invalid("windowSeconds", "a window lasts between one minute and 400 days")
    if policy.lateness_seconds < 0:
        raise Invalid("latenessSeconds", "it can't be negative")
    if policy.minimum_rows < 1:
        raise Invalid("minimumRows", "at least 1")
    if policy.minimum_group_size < 1:
        raise Invalid("minimumGroupSize", "at least 1")
    if not (math.isfinite(policy.confidence) and 0.5 <= policy.confidence < 1):
        raise Invalid("confidence", "it lies in [0.5, 1)")
    if not (math.isfinite(policy.confidence_of_drift) and 0.5 <= policy.confidence_of_drift < 1):
        raise Invalid("driftConfidence", "it lies in [0.5, 1)")
    shares = {
        "psiLimit": policy.psi_limit,
        "distanceLimit": policy.distance_limit,
        "parityRatioLimit": policy.parity_ratio_limit,
        "parityDifferenceLimit": policy.parity_difference_limit,
        "missingTolerance": policy.missing_tolerance,
        "unseenTolerance": policy.unseen_tolerance,
        "unlikelyTolerance": policy.unlikely_tolerance,
        "clockTolerance": policy.clock_tolerance,
        "duplicateTolerance": policy.duplicate_tolerance,
        "violationTolerance": policy.violation_tolerance,
        "silenceLimit": policy.silence_limit,
        "liveChange": policy.live_change,
    }
    for name, share in shares.items():
        if not (math.isfinite(share) and 0 < share <= 1):
            raise Invalid(name, "it lies in (0, 1]")
    if not (math.isfinite(policy.performance_tolerance) and 0 <= policy.performance_tolerance < 1):
        raise Invalid("performanceTolerance", "it lies in [0, 1)")
    if policy.least_seconds_between_records < 1:
        raise Invalid("leastSecondsBetweenRecords", "at least 1")
    _check_choices(policy)


def check_columns(policy: PlanPolicy, columns: Collection[ColumnShape]) -> None:
    """Raise Invalid for a plan that watches a column which the version's signature has not, or rows it can't have."""
    names = {column.name for column in columns}
    unknown = [name for name in policy.features or () if name not in names]
    if unknown:
        raise Invalid("features", f"the version has no feature {unknown[0][:100]!r}")
    check_conditions(policy.declared_slices, columns)


def _check_choices(policy: PlanPolicy) -> None:
    if not (math.isfinite(policy.least_label_share) and 0 <= policy.least_label_share <= 1):
        raise Invalid("leastLabelShare", "it lies in [0, 1]")
    _check_names("triggers", policy.triggers, at_least=0)
    _check_names("measures", policy.measures, at_least=0)
    _check_names("outputs", policy.watched_outputs, at_least=0)
    if not set(policy.watched_outputs) <= set(OUTPUTS):
        raise Invalid("outputs", f"they are {', '.join(OUTPUTS)}")
    if policy.p_value_correction is not UNSET and policy.p_value_correction not in CORRECTIONS:
        raise Invalid("pValueCorrection", f"it is {' or '.join(CORRECTIONS)}")
    severities.check(policy.chosen_bands)
    unknown = [name for name in policy.measures if name not in RECORDED]
    if unknown:
        raise Invalid("measures", f"there is no measure {unknown[0][:100]!r} that an evaluation could take")
    if policy.features is not None:
        _check_names("features", policy.features, at_least=1)
    check_slices(policy.declared_slices)
    check_contrasts(policy.chosen_contrasts)
    _check_worth(policy)
    if (size := len(msgspec.json.encode(policy))) > MOST_BYTES:
        longest = "slices" if policy.declared_slices and policy.features is None else "features"
        if policy.worth is not None and len(msgspec.json.encode(policy.worth)) > size / 2:
            longest = "businessValue"
        raise Invalid(longest, f"the plan has {size:,} bytes, and at most {MOST_BYTES:,} can be kept; name fewer")
    if policy.schedule is not None and not 0 < len(policy.schedule) <= LONGEST_SCHEDULE:
        raise Invalid("schedule", f"it has between 1 and {LONGEST_SCHEDULE} characters")


def _check_worth(policy: PlanPolicy) -> None:
    if BUSINESS_VALUE in policy.measures:
        raise Invalid("measures", "what decisions are worth is measured where businessValue says it; leave it out here")
    if policy.worth is not None:
        check_worth(policy.worth)


def _check_names(field: str, names: tuple[str, ...], *, at_least: int) -> None:
    if not at_least <= len(names) <= MOST_FEATURES:
        raise Invalid(field, f"name {at_least} to {MOST_FEATURES}, or leave it out")
    if len(set(names)) != len(names):
        raise Invalid(field, "name each once")
