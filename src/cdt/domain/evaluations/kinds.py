"""What of a plan means something for a version that decides among classes, and what for one that predicts numbers."""

from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.families import OF_CLASSES, OF_NUMBERS
from cdt.domain.evaluations.plan import PlanPolicy


def check_kind(policy: PlanPolicy, *, is_of_numbers: bool) -> None:
    """Raise Invalid for what can't be measured of such a version."""
    foreign = next((name for name in policy.measures if _is_foreign(name, is_of_numbers=is_of_numbers)), None)
    if foreign is not None:
        what = "decide among classes" if is_of_numbers else "predict numbers"
        raise Invalid("measures", f"{foreign!r} is of versions that {what}")
    if is_of_numbers and "decision" in policy.watched_outputs:
        raise Invalid("outputs", "a version that predicts numbers makes no decisions; its score is what it predicts")


def fitted(policy: PlanPolicy, *, is_of_numbers: bool) -> PlanPolicy:
    """The plan without what can't be measured of such a version."""
    measures = tuple(name for name in policy.measures if not _is_foreign(name, is_of_numbers=is_of_numbers))
    outputs = policy.outputs
    if is_of_numbers and policy.watched_outputs:
        outputs = tuple(name for name in policy.watched_outputs if name != "decision")
    return replace(policy, measures=measures, outputs=outputs)


def _is_foreign(name: str, *, is_of_numbers: bool) -> bool:
    return name in (OF_CLASSES if is_of_numbers else OF_NUMBERS)
