"""Changing by what a version is watched."""

from typing import Annotated, Any, cast

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.commands import evaluations as commands
from cdt.domain.evaluations.severities import Bands
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.evaluations.drift_of_all import PValueCorrection
from cdt.graphql.evaluations.plan_contrasts import ContrastInput, contrasts_of
from cdt.graphql.evaluations.plan_slices import SliceInput, slices_of
from cdt.graphql.evaluations.plan_worth import BusinessValueInput, worth_of
from cdt.graphql.evaluations.plans import EvaluationTrigger, MonitoringPlan
from cdt.graphql.evaluations.version_outputs import VersionOutput
from cdt.graphql.fields import mutation
from cdt.graphql.registry.subjects import version_row_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import CONFIRM, sealed_text

_EMPTIED = {"features": None, "schedule": None, "p_value_correction": UNSET, "business_value": UNSET}
"""What null takes away, and what a plan holds then; of all else null is as if it were left out."""
_OF_THE_COMMAND = frozenset({"version_id", "reason", "confirm_personal", "command_id"})


@strawberry.input(description="From which value on a drift is called low, medium, high and critical; ascending.")
class SeverityBandsInput:
    """Of one measure."""

    measure: str
    low: float
    medium: float
    high: float
    critical: float


@strawberry.input(description="What shall change of a version's plan; what is left out stays.")
class ChangePlanInput:
    """The reason becomes part of the record."""

    version_id: strawberry.ID
    reason: str
    window_seconds: int | None = None
    lateness_seconds: int | None = None
    minimum_rows: int | None = None
    minimum_group_size: int | None = None
    confidence: float | None = None
    psi_limit: float | None = None
    distance_limit: float | None = None
    drift_confidence: float | None = None
    parity_ratio_limit: float | None = None
    parity_difference_limit: float | None = None
    performance_tolerance: float | None = None
    missing_tolerance: float | None = None
    unseen_tolerance: float | None = None
    unlikely_tolerance: float | None = None
    clock_tolerance: float | None = None
    duplicate_tolerance: float | None = None
    violation_tolerance: float | None = None
    silence_limit: float | None = None
    live_change: float | None = None
    least_seconds_between_records: int | None = None
    measures: list[str] | None = None
    features: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="The columns whose drift and quality are measured; null for all."
    )
    outputs: list[VersionOutput] | None = strawberry.field(
        default=None, description="What the version makes of its features whose drift shall be measured as well."
    )
    bands: list[SeverityBandsInput] | None = strawberry.field(
        default=None, description="Of the measures whose bands shall not be the usual ones; the others get those."
    )
    least_label_share: float | None = None
    triggers: list[EvaluationTrigger] | None = None
    schedule: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A cron expression of five fields, in the project's time zone; null for none.",
    )
    slices: list[SliceInput] | None = strawberry.field(
        default=None, description="The parts of the rows that shall be measured by themselves: all of them."
    )
    p_value_correction: PValueCorrection | None = strawberry.field(
        default=strawberry.UNSET,
        description="How it is said which features moved by more than chance; null for not at all.",
    )
    contrasts: list[ContrastInput] | None = strawberry.field(
        default=None, description="What groups shall be held against, of the attributes where not one another: all."
    )
    business_value: BusinessValueInput | None = strawberry.field(
        default=strawberry.UNSET, description="What each decision is worth, to be measured; null for nothing."
    )
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The plan, as it is now; null when it can't be read yet.")
class ChangePlanPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    plan: MonitoringPlan | None
    position: PositionText | None
    lagging: bool


ChangePlanResult = Annotated[ChangePlanPayload | Failures, strawberry.union("ChangePlanResult")]


@strawberry.type
class PlanMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.WRITE_POLICY,
        "Watch a version by other rules, from now on. What was recorded stays; the window up to now is measured by the"
        " new rules at once.",
    )
    async def change_plan(
        self,
        info: Info,
        input: ChangePlanInput,  # noqa: A002
    ) -> ChangePlanResult:
        """NotFound for a version that has no baseline yet."""
        version, tenant = await version_row_of(info, input.version_id, Permission.WRITE_POLICY)
        by = await command_of(info, input, tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.change_plan,
            version.id,
            wanted=_wanted(input),
            columns=version.typed_signature.columns,
            attributes=[group.name for group in version.typed_signature.groups],
            classes=version.typed_signature.classes,
            is_of_numbers=version.typed_signature.is_of_numbers,
            reason=reason,
            by=by,
        )
        plan = None
        if not done.lagging:
            row = await info.context.loaders.evaluations.plan_of_version.load((done.at, version.id))
            plan = None if row is None else MonitoringPlan.of(row, done.at)
        return ChangePlanPayload(plan=plan, position=done.position_text, lagging=done.lagging)


def _wanted(given: ChangePlanInput) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name, value in vars(given).items():
        if name in _OF_THE_COMMAND or value is strawberry.UNSET or (value is None and name not in _EMPTIED):
            continue
        wanted[name] = tuple(cast("list[Any]", value)) if isinstance(value, list) else value
        if value is None:
            wanted[name] = _EMPTIED[name]
    if given.triggers is not None:
        wanted["triggers"] = tuple(trigger.value for trigger in given.triggers)
    if given.outputs is not None:
        wanted["outputs"] = tuple(output.value for output in given.outputs)
    if given.p_value_correction:
        wanted["p_value_correction"] = given.p_value_correction.value
    if given.bands is not None:
        wanted["bands"] = tuple(Bands(**vars(bands)) for bands in given.bands)
    if given.slices is not None:
        wanted["slices"] = slices_of(given.slices)
    if given.contrasts is not None:
        wanted["contrasts"] = contrasts_of(given.contrasts)
    if given.business_value:
        wanted["business_value"] = worth_of(given.business_value)
    return wanted
