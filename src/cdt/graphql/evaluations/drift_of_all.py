"""How far all features together have moved, and which of them by more than chance."""

import enum
from collections.abc import Collection

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.evaluations.families import OF_ALL_FEATURES
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import ReadingParts, Result
from cdt.workers import significance


@strawberry.enum(description="How the p-values of one test are corrected for the number of columns it is made of.")
class PValueCorrection(enum.Enum):
    """The first bounds the share of false finds among all that are found, the second the chance of any."""

    BENJAMINI_HOCHBERG = "benjamini_hochberg"
    BONFERRONI = "bonferroni"


@needs(Permission.READ)
@strawberry.type(description="A measure that is a test: the chance of a value as large where nothing has changed.")
class DriftTest:
    """Of one column, or of whole rows."""

    measure: str
    subject: str | None = strawberry.field(description="Null for whole rows.")
    p_value: float
    corrected: float = strawberry.field(description="For the number of columns that the measure was taken of.")
    has_drifted: bool = strawberry.field(description="It lies below the level: chance alone does not explain it.")


@needs(Permission.READ)
@strawberry.type(description="Which columns have moved by more than chance, though many were tested.")
class DriftTests:
    """By chi-square, Kolmogorov-Smirnov and the tests of whole rows; how far they moved is another question."""

    correction: PValueCorrection
    level: float
    sentence: str
    drifted: list[str] = strawberry.field(description="The columns that a test calls drifted, each once.")
    tests: list[DriftTest]

    @classmethod
    def of(cls, found: significance.Significance, watched: Collection[str]) -> "DriftTests":
        """From the worker's; watched: the columns whose drift is measured."""
        return cls(
            correction=PValueCorrection(found.correction),
            level=found.level,
            sentence=found.sentence(watched),
            drifted=list(found.drifted),
            tests=[
                DriftTest(
                    measure=each.measure,
                    subject=each.subject,
                    p_value=each.p_value,
                    corrected=each.corrected,
                    has_drifted=each.has_drifted,
                )
                for each in found.tests
            ],
        )


@needs(Permission.READ)
@strawberry.type(description="How far all features together have moved.")
class DriftOfAll:
    """What the plan asks for of it."""

    results: list[Result] = strawberry.field(
        description="The drift score, the reconstruction error, the domain classifier, the maximum mean discrepancy."
    )
    tests: DriftTests | None = strawberry.field(description="Null where the plan says nothing of a correction.")

    @classmethod
    def of(cls, parts: ReadingParts) -> "DriftOfAll":
        """From a reading."""
        found = parts.reading.significance
        indexes = [each for each in parts.reading.results if each.measure == "population_stability_index"]
        watched = [each.subject for each in indexes if each.subject is not None]
        return cls(
            results=[each for each in parts.results() if each.measure in OF_ALL_FEATURES],
            tests=None if found is UNSET else DriftTests.of(found, watched),
        )
