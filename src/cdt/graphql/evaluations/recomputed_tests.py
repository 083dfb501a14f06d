"""Corrected tests of drift, as recorded and as computed once more."""

import strawberry

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.workers import comparing_tests, significance


@needs(Permission.READ)
@strawberry.type(description="A test of drift as it was recorded, or as it is computed now.")
class ComparedTest:
    """Of one column, or of whole rows."""

    p_value: float
    corrected: float = strawberry.field(description="For the number of columns that the measure was taken of.")
    has_drifted: bool

    @classmethod
    def of(cls, found: significance.Tested | None) -> "ComparedTest | None":
        """From the worker's; null for none."""
        if found is None:
            return None
        return cls(p_value=found.p_value, corrected=found.corrected, has_drifted=found.has_drifted)


@needs(Permission.READ)
@strawberry.type(description="A test of drift that is not the recorded one to the bit.")
class TestDifference:
    """Null where there was none then, or is none now."""

    measure: str
    subject: str | None
    recorded: ComparedTest | None
    now: ComparedTest | None
    within_tolerance: bool = strawberry.field(description="Only p-values differ, and by no more than 1e-12.")

    @classmethod
    def of(cls, found: comparing_tests.DifferingTest) -> "TestDifference":
        """From the worker's."""
        return cls(
            measure=found.measure,
            subject=found.subject,
            recorded=ComparedTest.of(found.recorded),
            now=ComparedTest.of(found.now),
            within_tolerance=found.is_close,
        )
