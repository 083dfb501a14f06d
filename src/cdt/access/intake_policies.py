"""What becomes of rows that do not fit, by model: from the read models, kept in memory until models change."""

from collections import OrderedDict
from uuid import UUID

from cdt.database.reading import Reader, Scope
from cdt.domain.registry.events import IntakePolicy
from cdt.readmodels import registry

MOST_KEPT = 10_000


class IntakePolicies:
    """Looks them up; forgets all when anything of the registry changes."""

    def __init__(self, reader: Reader) -> None:
        """Reads with the API's own role."""
        self._reader = reader
        self._kept: OrderedDict[UUID, IntakePolicy] = OrderedDict()
        self._forgotten = 0

    def forget(self, payload: str) -> None:
        """Listen to the projected channel with this."""
        contexts = payload.partition(" ")[2].split(",")
        if not payload or "registry" in contexts or "all" in contexts:
            self._kept.clear()
            self._forgotten += 1

    def known(self, model_id: UUID) -> IntakePolicy | None:
        """A model's, if it is in memory."""
        return self._kept.get(model_id)

    async def of(self, model_id: UUID, project_id: UUID) -> IntakePolicy:
        """A model's, of a project that was found under the tenants' policy."""
        if (kept := self._kept.get(model_id)) is not None:
            return kept
        forgotten = self._forgotten
        async with self._reader.at(None, Scope(projects=(project_id,))) as view:
            found = await registry.models(view, [model_id])
        policy: IntakePolicy = found[0].intake_policy if found else "reject_row"
        if forgotten == self._forgotten:  # else it may have been read before what changed it
            self._kept[model_id] = policy
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return policy
