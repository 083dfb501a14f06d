"""Numbers with their verdicts: the same form in a live reading and in a recorded evaluation."""

import enum
import json
from collections.abc import Iterable, Mapping

import strawberry

from cdt.access.permissions import needs
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.severities import Bands, severity_of
from cdt.domain.registry.signature import Signature
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.registry.signatures import ColumnKind
from cdt.measures import catalog, rates
from cdt.measures import distribution as measured
from cdt.measures.moments import Spreads
from cdt.workers.readings import JudgedReading


@strawberry.enum(description="What a number is judged to mean under the plan.")
class Verdict(enum.Enum):
    """Inconclusive is neither good nor bad: there is too little to tell."""

    PASS = "pass"  # noqa: S105  a verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@strawberry.enum(description="How grave a change is, by the bands of its measure.")
class Severity(enum.Enum):
    """From none up to critical."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


def severity_shown(result: MeasureResult, chosen: Iterable[Bands]) -> Severity | None:
    """None of what has no bands, and of what rests on too few rows: chance alone makes a few rows look moved."""
    found = severity_of(result.measure, result.value, chosen) if result.has_enough_rows else None
    return None if found is None else Severity(found)


@needs(Permission.READ)
@strawberry.type(description="Where the true value lies, at the plan's corrected confidence.")
class Interval:
    """Both ends."""

    low: float
    high: float

    @classmethod
    def of(cls, low: float | None, high: float | None) -> "Interval | None":
        """None when it can't be told."""
        return None if low is None or high is None else cls(low=low, high=high)


@needs(Permission.READ)
@strawberry.type(description="A measured number: its interval, its verdict, and what fixes it.")
class Result:
    """One measure of one subject."""

    measure: str
    subject: str | None = strawberry.field(description="The feature or attribute; null for the model as a whole.")
    value: float | None = strawberry.field(description="Null with a `reason`.")
    interval: Interval | None
    rows: int = strawberry.field(description="How many rows the number rests on.")
    verdict: Verdict
    severity: Severity | None = strawberry.field(
        description="Of drift, by the bands of the measure; null of other measures, and of too few rows."
    )
    reason: str | None
    baseline: float | None = strawberry.field(description="The same measure of the baseline.")
    limit: float | None = strawberry.field(description="What the plan holds the value against.")
    definition_digest: str
    definition: str = strawberry.field(
        description="Everything that fixes the number, as JSON; of a live one its formula."
    )

    @classmethod
    def of(
        cls, result: MeasureResult, definitions: Mapping[str, object], chosen_bands: Iterable[Bands] = ()
    ) -> "Result":
        """From the domain's. chosen_bands: of the plan, where they are not the usual ones."""
        stated = definitions.get(result.definition)
        return cls(
            measure=result.measure,
            subject=result.subject,
            value=result.value,
            interval=Interval.of(result.low, result.high),
            rows=result.rows,
            verdict=Verdict(result.verdict),
            severity=severity_shown(result, chosen_bands),
            reason=result.reason,
            baseline=result.baseline,
            limit=result.limit,
            definition_digest=result.definition,
            definition=catalog.BY_NAME[result.measure].formula if stated is None else json.dumps(stated),
        )


@needs(Permission.READ)
@strawberry.type(description="Shares by bin, for a look: the baseline beside the window.")
class Distribution:
    """Parallel arrays."""

    labels: list[str]
    baseline: list[float]
    current: list[float]

    @classmethod
    def of(cls, distribution: measured.Distribution) -> "Distribution":
        """From the measures'."""
        return cls(
            labels=list(distribution.labels),
            baseline=list(distribution.baseline),
            current=list(distribution.current),
        )


@needs(Permission.READ)
@strawberry.type(description="How far one feature has moved from the baseline.")
class FeatureDrift:
    """Three measures and the distribution behind them."""

    feature: str
    kind: ColumnKind
    psi: Result
    jensen_shannon: Result
    kolmogorov_smirnov: Result | None = strawberry.field(description="Of number columns.")
    distribution: Distribution


@needs(Permission.READ)
@strawberry.type(description="How one group fares.")
class GroupRates:
    """Rates with their intervals."""

    group: str
    rows: int
    labelled: int
    selection_rate: float | None
    selection_interval: Interval | None
    true_positive_rate: float | None
    true_positive_interval: Interval | None
    is_large_enough: bool = strawberry.field(description="A smaller group takes no part in a comparison.")

    @classmethod
    def of(cls, group: rates.GroupRates, labels: Mapping[str, str]) -> "GroupRates":
        """From the measures', under the name that people read."""
        return cls(
            group=labels.get(group.group, group.group),
            rows=group.rows,
            labelled=group.labelled,
            selection_rate=group.selection.value,
            selection_interval=Interval.of(group.selection.low, group.selection.high),
            true_positive_rate=group.true_positive.value,
            true_positive_interval=Interval.of(group.true_positive.low, group.true_positive.high),
            is_large_enough=group.is_large_enough,
        )


@needs(Permission.READ)
@strawberry.type(description="How differently the groups of one attribute fare.")
class AttributeFairness:
    """Parity measures, and the rates behind them."""

    attribute: str
    demographic_parity_difference: Result
    demographic_parity_ratio: Result
    equal_opportunity_difference: Result
    equal_opportunity_ratio: Result
    held_against: str = strawberry.field(description="What each group is held against, in words.")
    groups: list[GroupRates]


class ReadingParts:
    """A judged reading, cut the way that screens show it."""

    def __init__(self, reading: JudgedReading, signature: Signature) -> None:
        """The signature knows kinds of columns and names of groups."""
        self._reading = reading
        self._signature = signature
        self._by_key = {(each.measure, each.subject): each for each in reading.results}
        self._kinds: dict[str, str] = {column.name: column.kind for column in signature.columns}

    @property
    def reading(self) -> JudgedReading:
        """The whole of it."""
        return self._reading

    @property
    def signature(self) -> Signature:
        """Of the version."""
        return self._signature

    @property
    def features(self) -> list[str]:
        """Those that the plan watches, in the order of the signature."""
        return [column.name for column in self._signature.columns if ("missing_share", column.name) in self._by_key]

    @property
    def spreads(self) -> Mapping[str, Spreads]:
        """Of the number features."""
        return self._reading.spreads

    def kind_of(self, feature: str) -> ColumnKind:
        """Number or category."""
        return ColumnKind(self._kinds.get(feature, "category"))

    def drift(self) -> list[FeatureDrift]:
        """Every feature that the plan watches, farthest first."""
        features = [
            FeatureDrift(
                feature=name,
                kind=self.kind_of(name),
                psi=self.result("population_stability_index", name),
                jensen_shannon=self.result("jensen_shannon_distance", name),
                kolmogorov_smirnov=self.optional("kolmogorov_smirnov", name),
                distribution=Distribution.of(distribution),
            )
            for name, distribution in self._reading.distributions.items()
            if ("population_stability_index", name) in self._by_key
        ]
        return sorted(features, key=lambda each: (-(each.psi.value or 0.0), each.feature))

    def fairness(self) -> list[AttributeFairness]:
        """Every attribute, in the signature's order."""
        labels = {group.name: group.labels or {} for group in self._signature.groups}
        return [
            AttributeFairness(
                attribute=name,
                demographic_parity_difference=self.result("demographic_parity_difference", name),
                demographic_parity_ratio=self.result("demographic_parity_ratio", name),
                equal_opportunity_difference=self.result("equal_opportunity_difference", name),
                equal_opportunity_ratio=self.result("equal_opportunity_ratio", name),
                held_against=self.held_against("demographic_parity_ratio", name),
                groups=[GroupRates.of(group, labels.get(name, {})) for group in groups],
            )
            for name, groups in self._reading.groups.items()
        ]

    def held_against(self, parity: str, attribute: str) -> str:
        """As the definition of a parity states it; readings of former releases state nothing."""
        labels = {group.name: group.labels or {} for group in self._signature.groups}[attribute]
        found = self._by_key[parity, attribute]
        stated = self._reading.definitions.get(found.definition, {})
        reference, share = stated.get("reference"), stated.get("least_share")
        against = stated.get("held_against", "one another")
        if isinstance(reference, str):
            against = labels.get(reference, reference)
        return f"{against}; groups of less than {share:.3g} of all rows take no part" if share else str(against)

    def performance(self) -> list[Result]:
        """Those of how well it decides."""
        return [self._shown(each) for each in self._reading.results if _is_of_performance(each)]

    def of_fairness(self) -> list[Result]:
        """All that compares groups or people, of each attribute and of the whole."""
        return [
            self._shown(each) for each in self._reading.results if catalog.BY_NAME[each.measure].family == "fairness"
        ]

    def results(self) -> list[Result]:
        """Everything."""
        return [self._shown(each) for each in self._reading.results]

    def result(self, measure: str, subject: str | None) -> Result:
        """The one of a measure and its subject; there must be one."""
        return self._shown(self._by_key[measure, subject])

    def optional(self, measure: str, subject: str | None) -> Result | None:
        """The one of a measure and its subject, if that was measured."""
        found = self._by_key.get((measure, subject))
        return None if found is None else self._shown(found)

    def _shown(self, result: MeasureResult) -> Result:
        return Result.of(result, self._reading.definitions, self._reading.chosen_bands)


def _is_of_performance(result: MeasureResult) -> bool:
    return catalog.BY_NAME[result.measure].family == "performance"
