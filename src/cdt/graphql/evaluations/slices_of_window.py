"""The slices of a version in any window, told from counts."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import strawberry

from cdt.access.permissions import needs
from cdt.domain.errors import Invalid
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import trailing_hours
from cdt.domain.moments import check_window
from cdt.domain.registry.baselines import Span
from cdt.domain.registry.signature import Signature
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.evaluations.slices import SliceOfEvaluation, slice_shown
from cdt.graphql.limits import spend
from cdt.predictions.references import hour_from
from cdt.predictions.slice_counter import do_labels_tell
from cdt.predictions.versions import find_version, intake_states
from cdt.readmodels import registry
from cdt.workers.counted_slices import slices_of_window
from cdt.workers.readings import SliceReading

ROWS_A_SLICE = 1_000
"""Of those that an operation may ask for: 15 ms of a core."""
HOUR = timedelta(hours=1)
NUMBERS = "numbers that came are not counted by slice; an evaluation of rows looks for them"
UNLABELLED = "labels tell of groups alone who is in the slice; an evaluation of rows looks for the others"


@needs(Permission.READ)
@strawberry.type(description="The plan's slices in a window, from counts by the hour: as of now, and recorded nowhere.")
class SlicesOfWindow:
    """Counts tell what bins, decisions and groups tell: no Kolmogorov-Smirnov distance and no ROC AUC."""

    window_start: datetime | None
    window_end: datetime | None
    slices: list[SliceOfEvaluation]
    added_up_from: int = strawberry.field(description="Of how many hours and whole days they are the sum.")
    reason: str | None = strawberry.field(description="Why there are none.")

    @classmethod
    def none(cls, reason: str) -> "SlicesOfWindow":
        """Nothing, and why."""
        return cls(window_start=None, window_end=None, slices=[], added_up_from=0, reason=reason)


@strawberry.type
class SlicesOfVersion:
    """Fields of Version."""

    row: strawberry.Private[registry.Version]
    at: strawberry.Private[At]

    @strawberry.field(
        description="The slices of its plan in a window of whole hours, told from what is counted, whatever its length."
        " Without a window, in the plan's up to the newest prediction. Of now only, so not under asOf."
    )
    async def slices(
        self,
        info: Info,
        start: Annotated[datetime | None, strawberry.argument(name="from")] = None,
        end: Annotated[datetime | None, strawberry.argument(name="to")] = None,
    ) -> SlicesOfWindow:
        """Half-open."""
        if not self.at.is_now:
            raise graphql_error(Invalid("slices", "rows are counted as of now; ask without asOf"))
        context, row = info.context, self.row
        plan = await context.loaders.evaluations.plan_of_version.load((self.at, row.id))
        if plan is None or not plan.typed_policy.declared_slices:
            return SlicesOfWindow.none("The plan declares no slices.")
        if row.grid_digest is None or row.baseline_digest is None:
            return SlicesOfWindow.none("Rows are counted once the version has a baseline.")
        policy = plan.typed_policy
        spend(ROWS_A_SLICE * len(policy.declared_slices))
        project = await context.loaders.tenancy.project.load((self.at, row.project_id))
        async with context.services.writer.transaction([row.project_id]) as connection:
            version = await find_version(connection, row.id)
            state = (await intake_states(connection, [row.id])).get(row.id)
            if version is None or state is None or state.high_water is None:
                return SlicesOfWindow.none("No rows have come in yet.")
            newest = hour_from(state.high_water + timedelta(microseconds=1))
            end = newest if end is None else end
            start = end - trailing_hours(policy.window_seconds) * HOUR if start is None else start
            try:
                check_window(start, end, fields=("from", "to"))
                _check_hours(start, end)
            except Invalid as error:
                raise graphql_error(error) from error
            found = await slices_of_window(
                connection,
                context.services.objects,
                version,
                row,
                policy,
                Span(start, end),
                ZoneInfo("UTC" if project is None else project.time_zone),
            )
        return SlicesOfWindow(
            window_start=start,
            window_end=end,
            slices=[_shown(each, policy, version.signature) for each in found.slices],
            added_up_from=found.units,
            reason=found.reason,
        )


def _check_hours(start: datetime, end: datetime) -> None:
    for field, moment in (("from", start), ("to", end)):
        if hour_from(moment) != moment:
            raise Invalid(field, "rows are counted by the hour: a window begins and ends on one")


def _shown(found: SliceReading, policy: PlanPolicy, signature: Signature) -> SliceOfEvaluation:
    reason = NUMBERS if signature.is_of_numbers else UNLABELLED
    if not signature.is_of_numbers and do_labels_tell(found.conditions, signature):
        reason = None
    return slice_shown(found, {}, policy.chosen_bands, of_rows=None, labels_reason=reason)
