"""The drift and the fairness of a slice: how many results there are of each, and the gravest of them."""

from collections.abc import Mapping, Sequence

import strawberry

from cdt.access.permissions import needs
from cdt.domain.evaluations.families import PARITY_RATIOS
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.severities import Bands
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Result

_GRAVEST_FIRST = ("fail", "inconclusive", "pass")


@needs(Permission.READ)
@strawberry.type(description="Results of one kind within a slice, by verdict.")
class SliceContrasts:
    """Every measure that the plan asks for, of every column or attribute."""

    _found: strawberry.Private[Sequence[MeasureResult]]
    _definitions: strawberry.Private[Mapping[str, object]]
    _bands: strawberry.Private[Sequence[Bands]]
    passed: int
    failed: int
    inconclusive: int

    @strawberry.field(
        description="The gravest first: those that fail before inconclusive ones before those that pass, and among"
        " these the ones that come closest to their limit or are farthest beyond. Leave `first` out for all."
    )
    def results(self, first: int | None = None) -> list[Result]:
        """Made when asked for: each writes its definition out."""
        ordered = sorted(self._found, key=lambda each: (_GRAVEST_FIRST.index(each.verdict), -_part_of_limit(each)))
        chosen = ordered if first is None else ordered[: max(0, first)]
        return [Result.of(each, self._definitions, self._bands) for each in chosen]

    @classmethod
    def of(
        cls, results: Sequence[MeasureResult], definitions: Mapping[str, object], bands: Sequence[Bands]
    ) -> "SliceContrasts | None":
        """None where nothing is told."""
        if not results:
            return None
        verdicts = [each.verdict for each in results]
        return cls(
            _found=results,
            _definitions=definitions,
            _bands=bands,
            passed=verdicts.count("pass"),
            failed=verdicts.count("fail"),
            inconclusive=verdicts.count("inconclusive"),
        )


def _part_of_limit(result: MeasureResult) -> float:
    """How near it is to its limit: 1 at it, more beyond; 0 of what has no value or no limit."""
    if result.value is None or not result.limit:
        return 0.0
    if result.measure in PARITY_RATIOS:
        return result.limit / result.value if result.value > 0 else float("inf")
    return result.value / result.limit
