"""How often each class was decided as which."""

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Interval
from cdt.measures.confusions import Counts
from cdt.measures.estimates import share_estimate
from cdt.workers.readings import JudgedReading

CONFIDENCE = 0.95


@needs(Permission.READ)
@strawberry.type(
    description="How one class fared. Precision is the share of its decisions that were right, recall the share of its"
    " labels that were decided so; null where there are none. Intervals are Wilson's, of 95 %, each by itself."
)
class ClassRates:
    """Of labelled rows."""

    labels: int = strawberry.field(description="Rows that were of the class.")
    decisions: int = strawberry.field(description="Rows that were decided so.")
    right: int = strawberry.field(description="Rows that were both.")
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None

    @classmethod
    def of(cls, labels: int, decisions: int, right: int) -> "ClassRates":
        """From counts."""
        precision = share_estimate(right, decisions, confidence=CONFIDENCE, reason="no decisions")
        recall = share_estimate(right, labels, confidence=CONFIDENCE, reason="no labels")
        return cls(
            labels=labels,
            decisions=decisions,
            right=right,
            precision=precision.value,
            precision_interval=Interval.of(precision.low, precision.high),
            recall=recall.value,
            recall_interval=Interval.of(recall.low, recall.high),
        )


@needs(Permission.READ)
@strawberry.type(description="The labelled rows by what they were, and by what was decided.")
class ConfusionMatrix:
    """Both in the order of the classes."""

    labelled: int
    counts: list[list[int]] = strawberry.field(
        description="By label, and within by decision; one decision more, the last, for rows without any."
    )
    rates: list[ClassRates] = strawberry.field(description="Of each class.")

    @classmethod
    def of(cls, counts: Counts) -> "ConfusionMatrix":
        """From counts."""
        decided = [sum(column) for column in zip(*counts, strict=True)]
        return cls(
            labelled=sum(map(sum, counts)),
            counts=[list(row) for row in counts],
            rates=[ClassRates.of(sum(row), decided[code], row[code]) for code, row in enumerate(counts)],
        )


@needs(Permission.READ)
@strawberry.type(
    description="How often each class was decided as which: in the window, and in what it is held against."
)
class ConfusionMatrices:
    """Over the same classes."""

    classes: list[str]
    current: ConfusionMatrix
    baseline: ConfusionMatrix


def confusions_shown(reading: JudgedReading) -> ConfusionMatrices | None:
    """Those of a reading; None where it was recorded before they were kept."""
    found = reading.confusions
    if found is UNSET:
        return None
    return ConfusionMatrices(
        classes=list(found.classes),
        current=ConfusionMatrix.of(found.current),
        baseline=ConfusionMatrix.of(found.baseline),
    )
