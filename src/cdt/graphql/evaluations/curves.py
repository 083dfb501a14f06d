"""What scores tell of labels, drawn: receiver operating characteristic, precision by recall, and reliability."""

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Interval
from cdt.measures.performance import curves
from cdt.workers.readings import JudgedReading


@needs(Permission.READ)
@strawberry.type(
    description="The curves of one set of labelled rows, as parallel arrays of at most 200 points, the highest"
    " threshold first; the rows of at least that score are taken as positive. Counted by score cell."
)
class ScoreCurves:
    """Every array is empty with a `reason`."""

    reason: str | None = strawberry.field(description="Why there are none.")
    labelled: int = strawberry.field(description="Rows with a score and a label.")
    positives: int
    thresholds: list[float | None] = strawberry.field(description="Null is below every score.")
    false_positive_rates: list[float]
    true_positive_rates: list[float] = strawberry.field(description="The recalls of the precisions as well.")
    precisions: list[float]
    mean_scores: list[float] = strawberry.field(description="Of rows in one tenth of [0, 1], ascending; if any.")
    positive_shares: list[float] = strawberry.field(description="Of the same rows.")
    positive_share_intervals: list[Interval | None]
    bin_rows: list[int]
    reliability_reason: str | None = strawberry.field(description="Why scores can't be held against shares.")

    @classmethod
    def of(cls, found: curves.Curves) -> "ScoreCurves":
        """From the measures'."""
        others = found.others[-1] if found.others else 0
        positives = found.positives[-1] if found.positives else 0
        taken = list(zip(found.others, found.positives, strict=True))
        shares = [each.positive_share for each in found.bins]
        return cls(
            reason=found.reason,
            labelled=others + positives,
            positives=positives,
            thresholds=list(found.thresholds),
            false_positive_rates=[other / others for other, _ in taken],
            true_positive_rates=[positive / positives for _, positive in taken],
            precisions=[positive / (other + positive) for other, positive in taken],
            mean_scores=[each.mean_score for each in found.bins],
            positive_shares=[share.value for share in shares if share.value is not None],
            positive_share_intervals=[Interval.of(share.low, share.high) for share in shares],
            bin_rows=[share.rows for share in shares],
            reliability_reason=found.reason or found.bins_reason,
        )


@needs(Permission.READ)
@strawberry.type(description="What scores tell of labels: in the window, and in what it is held against.")
class PerformanceCurves:
    """As rows were read."""

    current: ScoreCurves
    baseline: ScoreCurves


def curves_shown(reading: JudgedReading) -> PerformanceCurves | None:
    """Those of a reading; None where it was recorded before they were kept."""
    found = reading.curves
    if found is UNSET:
        return None
    return PerformanceCurves(current=ScoreCurves.of(found.current), baseline=ScoreCurves.of(found.baseline))
