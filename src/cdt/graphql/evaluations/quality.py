"""What the data of a window are like: measured and judged as everything else, with what columns hold beside it."""

import strawberry

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import ReadingParts, Result
from cdt.graphql.registry.signatures import ColumnKind
from cdt.measures import moments


@needs(Permission.READ)
@strawberry.type(description="What a number column's values are like.")
class Spread:
    """Everything but the counts is null without values, and where rows were counted by a release that didn't tell."""

    rows: int = strawberry.field(description="Those with a value.")
    missing: int
    least: float | None
    greatest: float | None
    mean: float | None
    deviation: float | None = strawberry.field(description="The standard deviation, over rows less one.")

    @classmethod
    def of(cls, spread: moments.Spread) -> "Spread":
        """From the measures'."""
        return cls(
            rows=spread.rows,
            missing=spread.missing,
            least=spread.least,
            greatest=spread.greatest,
            mean=spread.mean,
            deviation=None if spread.variance is None else spread.variance**0.5,
        )


@needs(Permission.READ)
@strawberry.type(description="How complete and how new the values of one feature are.")
class ColumnQuality:
    """`outOfRange` and the spreads are of number columns, `newCategories` of category columns."""

    feature: str
    kind: ColumnKind
    missing: Result
    out_of_range: Result | None
    new_categories: Result | None
    constant: Result
    spread: Spread | None
    baseline_spread: Spread | None


@needs(Permission.READ)
@strawberry.type(description="What the data of a window are like, apart from where they lie.")
class DataQuality:
    """Of the window, and of each feature."""

    volume: Result
    freshness: Result
    clock_skew: Result
    duplicates: Result | None = strawberry.field(description="The share of rows received that were there already.")
    violations: Result | None = strawberry.field(
        description="The share of rows received that did not fit the signature; null, as duplicates are, of what was "
        "recorded before they were counted."
    )
    unlikely: Result = strawberry.field(description="The share of rows that are unlike the reference as a whole.")
    columns: list[ColumnQuality] = strawberry.field(description="In the order of the signature.")


def quality_of(parts: ReadingParts) -> DataQuality | None:
    """None of what was recorded before data quality was measured."""
    volume = parts.optional("volume", None)
    if volume is None:
        return None
    return DataQuality(
        volume=volume,
        freshness=parts.result("freshness", None),
        clock_skew=parts.result("clock_skew", None),
        duplicates=parts.optional("duplicate_share", None),
        violations=parts.optional("violation_share", None),
        unlikely=parts.result("unlikely_share", None),
        columns=[_column(parts, name) for name in parts.features],
    )


def _column(parts: ReadingParts, name: str) -> ColumnQuality:
    spreads = parts.spreads.get(name)
    return ColumnQuality(
        feature=name,
        kind=parts.kind_of(name),
        missing=parts.result("missing_share", name),
        out_of_range=parts.optional("out_of_range_share", name),
        new_categories=parts.optional("new_category_share", name),
        constant=parts.result("constant", name),
        spread=None if spreads is None else Spread.of(spreads.current),
        baseline_spread=None if spreads is None else Spread.of(spreads.baseline),
    )
