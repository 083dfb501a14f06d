"""The plan of a version that follows one whose plan somebody had changed."""

from collections.abc import Collection

from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations import slices
from cdt.domain.evaluations.kinds import fitted
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.proposing import WHOLE_PLAN, Proposal, Reason, reasons_of
from cdt.domain.evaluations.spelling import shortened
from cdt.domain.evaluations.worth import problem_of_classes


def follow(
    policy: PlanPolicy,
    *,
    tag: str,
    columns: Collection[slices.ColumnShape],
    attributes: Collection[str] = (),
    classes: Collection[str] = (),
    is_of_numbers: bool = False,
) -> Proposal:
    """The plan of a former version that somebody had changed, for one with these columns, attributes and classes.

    What it says of what is gone is left out; with all columns gone it watches every feature.
    """
    reasons = [Reason(WHOLE_PLAN, f"it is the plan of version {shortened(tag)}, which somebody had changed")]
    suited = fitted(policy, is_of_numbers=is_of_numbers)
    if suited != policy:
        policy = suited
        what = "predicts numbers" if is_of_numbers else "decides among classes"
        reasons.append(Reason("measures", f"the version {what}: what tells nothing of it is left out"))
    names = {column.name for column in columns}
    gone = [name for name in policy.features or () if name not in names]
    if gone:
        left = tuple(name for name in policy.features or () if name in names)
        policy = replace(policy, features=left or None)
        reasons += reasons_of("features", dict.fromkeys(gone, "the version has no such column"))
    empty = {each.name: why for each in policy.declared_slices if (why := _why_empty(each, columns)) is not None}
    if empty:
        parts = tuple(each for each in policy.declared_slices if each.name not in empty)
        policy = replace(policy, slices=parts or UNSET)
        reasons += reasons_of("slices", empty)
    lost = [each.attribute for each in policy.chosen_contrasts if each.attribute not in attributes]
    if lost:
        held = tuple(each for each in policy.chosen_contrasts if each.attribute in attributes)
        policy = replace(policy, contrasts=held or UNSET)
        reasons += reasons_of("contrasts", dict.fromkeys(lost, "the version has no such attribute"))
    if policy.worth is not None and (why := problem_of_classes(policy.worth, classes)) is not None:
        policy = replace(policy, business_value=UNSET)
        reasons.append(Reason("businessValue", f"what decisions are worth is left out: {why}"))
    return Proposal(policy, tuple(reasons))


def _why_empty(part: slices.Slice, columns: Collection[slices.ColumnShape]) -> str | None:
    try:
        slices.check_conditions([part], columns)
    except Invalid as error:
        return error.problem
    return None
