"""Why a recorded score is another than one that was recorded before."""

import enum
from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.errors import Invalid
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.tenancy.roles import Permission
from cdt.domain.trust import change as domain
from cdt.domain.trust.change_sentences import change_sentence
from cdt.domain.trust.parts_of_change import PartMove
from cdt.graphql.context import At, Info
from cdt.graphql.limits import A_STATEMENT, spend
from cdt.graphql.scalars import PositionText
from cdt.graphql.trust.kinds import ComponentKind
from cdt.readmodels import trust
from cdt.readmodels.evaluations import END


@strawberry.enum(description="What it is that moved a score.")
class TrustChangeCause(enum.Enum):
    """A value; a number that came or went missing; a limit or baseline; the policy's weights or its aggregation."""

    VALUE = "value"
    CAME = "came"
    WENT = "went"
    LIMIT = "limit"
    WEIGHTS = "weights"
    AGGREGATION = "aggregation"


@needs(Permission.READ)
@strawberry.type(description="What one feature, attribute or measure adds to the change of a score.")
class PartContribution:
    """Those of a component sum to its own."""

    name: str
    cause: TrustChangeCause
    amount: float
    before: float | None = strawberry.field(description="How well it did before, in [0, 1].")
    after: float | None

    @classmethod
    def of(cls, move: PartMove) -> "PartContribution":
        """From the domain's."""
        return cls(
            name=move.name,
            cause=TrustChangeCause(move.cause),
            amount=move.amount,
            before=move.before,
            after=move.after,
        )


@needs(Permission.READ)
@strawberry.type(description="What one component, or the policy, adds to the change of a score.")
class TrustContribution:
    """The contributions sum to the change."""

    cause: TrustChangeCause
    kind: ComponentKind | None = strawberry.field(description="Null where the policy moved the score.")
    amount: float
    before: float | None = strawberry.field(description="The component's value before.")
    after: float | None
    parts: list[PartContribution] = strawberry.field(
        description="The largest first. Empty where the component came or went missing as a whole, and where its"
        " numbers are no longer known."
    )

    @classmethod
    def of(cls, move: domain.Move) -> "TrustContribution":
        """From the domain's."""
        return cls(
            cause=TrustChangeCause(move.cause),
            kind=None if move.kind is None else ComponentKind(move.kind),
            amount=move.amount,
            before=move.before,
            after=move.after,
            parts=[PartContribution.of(each) for each in move.parts],
        )


@needs(Permission.READ)
@strawberry.type(description="One end of a change: a recorded score, and the evaluation that gave it.")
class RecordedEnd:
    """Its evidence."""

    value: float | None
    position: PositionText
    recorded_at: datetime
    window_end: datetime
    evaluation_id: strawberry.ID

    @classmethod
    def of(cls, row: trust.RecordedScore) -> "RecordedEnd":
        """From a row."""
        return cls(
            value=row.value,
            position=PositionText(str(row.since)),
            recorded_at=row.recorded_at,
            window_end=row.window_end,
            evaluation_id=strawberry.ID(
                str(relay.GlobalID(type_name="Evaluation", node_id=str(row.evaluation_id))),
            ),
        )


@needs(Permission.READ)
@strawberry.type(description="Why a score is another than one that was recorded before.")
class TrustChange:
    """The contributions sum to the amount; where a score has no value there is none, and `reason` says so."""

    before: RecordedEnd
    after: RecordedEnd
    amount: float | None
    contributions: list[TrustContribution] = strawberry.field(description="The largest first.")
    reason: str | None
    sentence: str


@strawberry.type
class TrustScoreChange:
    """Fields of TrustScore."""

    row: strawberry.Private[trust.RecordedScore | None]
    at: strawberry.Private[At]

    @strawberry.field(
        description="Why a recorded score is another than the one recorded before, of the version's newest windows; or"
        " than the recorded score of the model at the position `since`. Null of a score that is live or tried, and of"
        " the first."
    )
    async def changed_because(self, info: Info, since: PositionText | None = None) -> TrustChange | None:
        """Contributions that sum to the change."""
        if self.row is None:
            return None
        before = await self._before(info, self.row, since)
        if before is None:
            return None
        change = domain.change_between(
            before.typed_score,
            self.row.typed_score,
            results_before=await _results(info, self.at, before),
            results_after=await _results(info, self.at, self.row),
        )
        return TrustChange(
            before=RecordedEnd.of(before),
            after=RecordedEnd.of(self.row),
            amount=change.amount,
            contributions=[TrustContribution.of(each) for each in change.moves],
            reason=change.reason,
            sentence=change_sentence(change, since=before.window_end),
        )

    async def _before(
        self, info: Info, row: trust.RecordedScore, since: PositionText | None
    ) -> trust.RecordedScore | None:
        if since is not None and not _is_position(since):
            raise Invalid("since", "it is the position of a recorded score")
        spend(A_STATEMENT)
        async with info.context.view(self.at) as view:
            if since is None:
                return await trust.recorded_before(view, row)
            found = await trust.recorded_at(view, row, position=int(since))
        if found is None:
            raise Invalid("since", "no score of the model is recorded at this position")
        return found


def _is_position(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(END)) and int(text) <= END


async def _results(info: Info, at: At, row: trust.RecordedScore) -> Sequence[MeasureResult]:
    """What a score was reckoned from; nothing where that is gone."""
    evaluation = await info.context.loaders.evaluations.evaluation.load((at, row.evaluation_id))
    if evaluation is None or evaluation.results_digest is None:
        return ()
    reading = await info.context.loaders.evaluations.reading.load((evaluation.project_id, evaluation.results_digest))
    return reading.results
