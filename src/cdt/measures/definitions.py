"""The definitions of the numbers in a reading: what the grid and the rules fix of each measure."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from msgspec import UNSET, Struct, UnsetType

from cdt.measures.catalog import BY_NAME, FIRST_BY_NAME, Definition, definition, digest_of
from cdt.measures.divergences import EPSILON
from cdt.measures.fairness.disparity import DRAWS
from cdt.measures.grid import Feature, Grid, GroupAttribute, NumberFeature
from cdt.measures.measure import FAMILIES, Family
from cdt.measures.outputs import OUTPUT_BY_SUBJECT, SUBJECT_BY_OUTPUT, Output, target_of

CountedFrom = Literal["profile", "rows"]

STANDARD = (
    "population_stability_index",
    "jensen_shannon_distance",
    "kolmogorov_smirnov",
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "equal_opportunity_ratio",
    "accuracy",
    "precision",
    "recall",
    "roc_auc",
    "volume",
    "freshness",
    "clock_skew",
    "duplicate_share",
    "violation_share",
    "unlikely_share",
    "missing_share",
    "constant",
    "out_of_range_share",
    "new_category_share",
)
"""What a reading takes where nothing is said. It stays as it is: kept specifications rest on it."""


STANDARD_OF_NUMBERS = (
    "population_stability_index",
    "jensen_shannon_distance",
    "kolmogorov_smirnov",
    "standardized_mean_difference",
    "error_parity_ratio",
    "mean_absolute_error",
    "root_mean_squared_error",
    "mean_absolute_percentage_error",
    "r_squared",
    *STANDARD[STANDARD.index("volume") :],
)
"""The same of a version that predicts numbers, always by their names. It stays as it is."""


class Contrast(Struct, frozen=True, kw_only=True):
    """What the groups of an attribute are held against: one another, a group of them by its name, or all rows.

    least_share: of all rows, below which a group takes no part.
    """

    attribute: str
    against: Literal["groups", "reference", "whole"] = "groups"
    reference: str | None = None
    least_share: float = 0.0

    def as_stated(self) -> dict[str, object]:
        """For a definition."""
        held = {"groups": "one another", "whole": "all rows together", "reference": "a reference group"}
        stated: dict[str, object] = {"held_against": held[self.against]}
        if self.reference is not None:
            stated["reference"] = self.reference
        if self.least_share:
            stated["least_share"] = self.least_share
        return stated


class Worth(Struct, frozen=True, kw_only=True):
    """What each pair of label and decision is worth: values, [label][decision] in the order of classes, in a unit."""

    unit: str
    classes: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


class ReadingRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be chosen of how a reading is taken.

    confidence: of every interval.
    drift_confidence, fairness_confidence, performance_confidence, quality_confidence: of the intervals of one family
        instead, as a correction for many tests asks for.
    minimum_group_size: the rows without which a group isn't compared.
    draws, seed: of the bootstrap. epsilon: what a bin without rows counts as.
    measures: the names of those that are taken; None for `STANDARD`.
    features: those whose drift and quality are taken; None for all of the grid.
    outputs: what the version made of them whose drift is taken as well.
    edition: which definitions of the measures hold. Without one, as of every specification that was kept before there
        were editions, those that held then; 2 since two columns without a value are not taken for alike.
    contrasts: how the groups of an attribute are compared, of those whose groups aren't just held against one another.
    worth: what decisions are worth, which is taken where it is said.
    """

    confidence: float = 0.95
    drift_confidence: float | None = None
    fairness_confidence: float | None = None
    performance_confidence: float | None = None
    quality_confidence: float | None = None
    minimum_group_size: int = 30
    draws: int = DRAWS
    seed: int = 0
    epsilon: float = EPSILON
    measures: tuple[str, ...] | None = None
    features: tuple[str, ...] | None = None
    outputs: tuple[Output, ...] = ()
    edition: Literal[2] | UnsetType = UNSET
    contrasts: tuple[Contrast, ...] | UnsetType = UNSET
    worth: Worth | UnsetType = UNSET

    def __post_init__(self) -> None:
        if not all(0 < self.confidence_of(family) < 1 for family in FAMILIES):
            raise ValueError("a confidence lies between 0 and 1")
        if not 0 < self.epsilon < 1:
            raise ValueError("epsilon is a share between 0 and 1")
        if self.minimum_group_size < 1 or not 100 <= self.draws <= 100_000 or self.seed < 0:
            raise ValueError("a reading needs groups of 1 row or more, 100 to 100,000 draws and a seed of 0 or more")
        unknown = [name for name in self.measures or () if name not in BY_NAME]
        if unknown:
            raise ValueError(f"there is no measure {unknown[0]!r} in the catalog")
        if not set(self.outputs) <= SUBJECT_BY_OUTPUT.keys():
            raise ValueError(f"the outputs are {', '.join(SUBJECT_BY_OUTPUT)}")

    def wants(self, measure: str) -> bool:
        """Whether a measure is taken."""
        if measure == "business_value":
            return self.worth is not UNSET
        return measure in (STANDARD if self.measures is None else self.measures)

    def watched_of(self, grid: Grid) -> tuple[str, ...]:
        """The features of a grid whose drift is taken."""
        return tuple(
            feature.name for feature in grid.features if self.features is None or feature.name in self.features
        )

    def contrast_of(self, attribute: str) -> Contrast:
        """How the groups of an attribute are compared."""
        chosen = () if self.contrasts is UNSET else self.contrasts
        return next((each for each in chosen if each.attribute == attribute), Contrast(attribute=attribute))

    def watches(self, measure: str, subject: str | None) -> bool:
        """Whether a measure is taken of that subject."""
        if self.features is None or subject is None or BY_NAME[measure].subject in {"attribute", "group"}:
            return True
        return subject in self.features or OUTPUT_BY_SUBJECT.get(subject) in self.outputs

    def confidence_of(self, family: Family) -> float:
        """The confidence of each interval of a family."""
        by_family = {
            "drift": self.drift_confidence,
            "fairness": self.fairness_confidence,
            "performance": self.performance_confidence,
            "quality": self.quality_confidence,
        }
        own = by_family[family]
        return self.confidence if own is None else own


class Defined(NamedTuple):
    """A definition and its digest; shared, so not to be changed."""

    definition: Definition
    digest: str


@dataclass(frozen=True)
class _Key:
    grid: Grid = field(compare=False)
    grid_digest: str
    rules: ReadingRules
    measure: str
    subject: str | None
    counted_from: CountedFrom


def definition_of(
    grid: Grid, rules: ReadingRules, measure: str, subject: str | None, counted_from: CountedFrom
) -> Defined:
    """The definition of a measure of one subject on a grid; made once and kept.

    subject: the feature, the group attribute, or None for the model. counted_from: where the number comes from, for
        those measures that differ by it.
    """
    return _defined(_Key(grid, grid.digest, rules, measure, subject, counted_from))


@lru_cache(maxsize=4096)
def _defined(key: _Key) -> Defined:
    grid, rules = key.grid, key.rules
    known = (FIRST_BY_NAME if rules.edition is UNSET else BY_NAME)[key.measure]
    possible: dict[str, object] = {
        "grid": grid.digest,
        "classes": grid.classes,
        "positive_class": grid.positive_class,
        "counted_from": key.counted_from,
        "confidence": rules.confidence_of(known.family),
        "epsilon": rules.epsilon,
        "minimum_group_size": rules.minimum_group_size,
        "draws": rules.draws,
        "seed": rules.seed,
    }
    if "features" in known.needs:
        possible["features"] = rules.watched_of(grid)
    if "attributes" in known.needs:
        possible["attributes"] = [_groups(attribute) for attribute in grid.groups]
    if rules.worth is not UNSET:
        possible["values"] = rules.worth
    if key.subject is not None and known.subject in {"attribute", "group"}:
        possible |= _groups(grid.attributes[key.subject])
    elif key.subject is not None:
        feature = target_of(grid, key.subject).feature
        possible |= {"feature": key.subject, "bins": _bins(feature)}
        if isinstance(feature, NumberFeature):
            possible["range"] = {"low": feature.cells.low, "high": feature.cells.high}
    stated = definition(
        known,
        **{name: value for name, value in possible.items() if name in known.needs or name in known.defaults},
    )
    if known.family == "fairness" and known.subject == "attribute" and key.subject is not None:
        contrast = rules.contrast_of(key.subject)
        if contrast != Contrast(attribute=key.subject):
            stated |= contrast.as_stated()
    return Defined(stated, digest_of(stated))


def _groups(attribute: GroupAttribute) -> dict[str, object]:
    groups = {"bands": attribute.bands} if attribute.bands else {"values": attribute.values}
    return {"attribute": attribute.name, "column": attribute.column, "groups": groups}


def _bins(feature: Feature) -> dict[str, object]:
    if isinstance(feature, NumberFeature):
        return {"edges": feature.edges}
    return {"values": feature.values[: feature.own_bins], "others": "one bin"}
