"""What the facts about a project's rows add up to."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.compliance.events import ErasureCompleted, ErasureRequested, HoldLifted, HoldPlaced, RowsErased
from cdt.domain.kernel import Decider, Event, derived_id


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """What must be kept: the rows of a model, or all; until it is lifted."""

    model_id: UUID | None
    is_lifted: bool = False


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """From which versions the subjects' rows are to go; `left` of them is to be done."""

    left: frozenset[UUID]
    is_completed: bool = False


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What a project must keep and what it must erase, by the id of each."""

    holds: dict[UUID, Hold] = {}
    erasures: dict[UUID, Erasure] = {}

    def is_held(self, model_id: UUID | None = None) -> bool:
        """Whether anything is held; of a model, whether any of its rows are."""
        return any(
            not hold.is_lifted and (model_id is None or hold.model_id in {None, model_id})
            for hold in self.holds.values()
        )


def keeping_id_of(project_id: UUID) -> UUID:
    """The stream of a project's rows."""
    return derived_id("keeping", project_id)


def evolve(keeping: Keeping, event: Event) -> Keeping:
    """The keeping after one more fact."""
    holds, erasures = keeping.holds, keeping.erasures
    match event:
        case HoldPlaced(hold_id=hold_id):
            return replace(keeping, holds={**holds, hold_id: Hold(model_id=event.model_id)})
        case HoldLifted(hold_id=hold_id):
            return replace(keeping, holds={**holds, hold_id: replace(holds[hold_id], is_lifted=True)})
        case ErasureRequested(erasure_id=erasure_id, version_ids=version_ids):
            return replace(keeping, erasures={**erasures, erasure_id: Erasure(left=frozenset(version_ids))})
        case RowsErased(erasure_id=erasure_id, version_id=version_id):
            before = erasures[erasure_id]
            return replace(keeping, erasures={**erasures, erasure_id: replace(before, left=before.left - {version_id})})
        case ErasureCompleted(erasure_id=erasure_id):
            completed = replace(erasures[erasure_id], is_completed=True)
            return replace(keeping, erasures={**erasures, erasure_id: completed})
        case _:
            return keeping


keepings = Decider(kind="keeping", initial=Keeping(), evolve=evolve)
