"""What has come in for a model, and its live reading."""

import strawberry

from cdt.domain.errors import Invalid
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.predictions.numbers import LiveNumbers
from cdt.graphql.predictions.types import Intake, IntakePolicy, LiveReading
from cdt.graphql.registry.champions import watched_version_of
from cdt.predictions.versions import intake_states, intake_states_at
from cdt.readmodels import registry


@strawberry.type
class PredictionsOfModel:
    """Fields of Model."""

    row: strawberry.Private[registry.Model]
    at: strawberry.Private[At]

    @strawberry.field(description="The present reading of the production champion; of now only, so not under asOf.")
    async def live(self, info: Info) -> LiveReading | None:
        """Null before the first reading; an error when the past is asked about."""
        if not self.at.is_now:
            raise graphql_error(Invalid("live", "a live reading is of now; ask for trust or latestEvaluation instead"))
        version = await watched_version_of(info, self.at, self.row.id)
        if version is None:
            return None
        kept = await info.context.services.hub.newest(version.id, version.project_id)
        return None if kept is None else LiveReading.of(kept, version.typed_signature, self.at)

    @strawberry.field(description="What becomes of rows that do not fit the signature of its versions.")
    def intake_policy(self) -> IntakePolicy:
        """REJECT_ROW until somebody changes it."""
        return IntakePolicy(self.row.intake_policy)

    @strawberry.field(description="Calls of all its versions in the last five minutes; of now only, so not under asOf.")
    async def live_numbers(self, info: Info) -> LiveNumbers:
        """An error when the past is asked about."""
        if not self.at.is_now:
            raise graphql_error(Invalid("liveNumbers", "live numbers are of now"))
        figures = await info.context.services.numbers.figures("model", self.row.id, self.row.project_id)
        return LiveNumbers.of(figures, "model", self.row.id)

    @strawberry.field(description="How much has come in for the production champion, else the newest version.")
    async def intake(self, info: Info) -> Intake:
        """Under asOf: what had been taken in when the position was recorded."""
        version = await watched_version_of(info, self.at, self.row.id)
        if version is None:
            return Intake.of(None)
        services = info.context.services
        moment = None if self.at.is_now else await services.reader.recorded_at(self.at.position)
        async with services.writer.transaction([version.project_id]) as connection:
            if moment is None:
                states = await intake_states(connection, [version.id])
            else:
                states = await intake_states_at(connection, [version.id], moment)
        return Intake.of(states.get(version.id))
