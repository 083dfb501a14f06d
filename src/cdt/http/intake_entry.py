"""Who may send rows for which version, and how many: asked of each request, and of each message of a stream."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from cdt.access.grants import Grants
from cdt.access.rates.buckets import Bucket
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Operation
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Actor
from cdt.domain.tenancy.roles import Permission
from cdt.http.intake_answers import Unauthenticated
from cdt.http.intake_gate import Gate
from cdt.http.intake_heads import version_id_of
from cdt.predictions.versions import Version

COUNTED = (Operation.INGEST, Operation.ROWS)
"""What each is one of, at the least."""


class Admitted(NamedTuple):
    """Who was let in, to which version.

    grants: what they may do. organization: who fills the memory. counts: what they may send besides in this minute.
    """

    grants: Grants
    address: str
    organization: int
    version: Version
    counts: tuple[Bucket, ...]

    @property
    def who(self) -> str:
        """As limits count them."""
        return self.grants.name

    @property
    def actor(self) -> Actor:
        """As what they did names it."""
        return self.grants.actor


class Entry:
    """Lets them in."""

    def __init__(self, gate: Gate, rates: Callable[[], Limiter]) -> None:
        """`rates` are there once the process has started."""
        self._gate = gate
        self._rates = rates

    async def admit(
        self,
        authorization: str | None,
        address: str,
        version_id: str,
        permission: Permission = Permission.INGEST,
    ) -> Admitted:
        """Let somebody in, by a header of theirs, to the version that a path names, and count one.

        How many rows a body has is known when it has been read: it is let in when one more may come, and what it held
        is counted afterwards, by `charge`.
        """
        rates = self._rates()
        grants = await self._gate.admit(authorization, address)
        if grants is None:
            rates.admit(Operation.INGEST, None, address)
            raise Unauthenticated
        counts = rates.admit_each(COUNTED, grants.name, address)
        version = await self._version(grants, version_id, address, permission)
        organization = grants.projects[version.project_id].int  # an int is hashed faster than a UUID
        return Admitted(grants, address, organization, version, counts)

    def admit_known(
        self, authorization: str, address: str, version_id: UUID, permission: Permission = Permission.INGEST
    ) -> Admitted | None:
        """The same at once, for whom and what is in memory, where one more may come; None says nothing of them.

        Nothing is counted yet: that is for `count`, before anything is waited for.
        """
        known = self._gate.known(authorization, address, version_id, permission)
        if known is None or not self._rates().has_room_for_each(COUNTED, known[0].name, address):
            return None
        grants, version = known
        return Admitted(grants, address, grants.projects[version.project_id].int, version, ())

    def count(self, admitted: Admitted) -> tuple[Bucket, ...]:
        """Count one who was admitted at once; their counts."""
        return self._rates().admit_each(COUNTED, admitted.who, admitted.address)

    async def confirm(
        self,
        authorization: str | None,
        address: str,
        version_id: str,
        permission: Permission = Permission.INGEST,
    ) -> None:
        """Raise unless they still may; for what took its time."""
        grants = await self._gate.admit(authorization, address)
        if grants is None:
            raise Unauthenticated
        await self._version(grants, version_id, address, permission)

    def charge(self, admitted: Admitted, rows: int) -> None:
        """Count so many rows, of which one was counted."""
        if rows != 1:
            self._rates().charge(Operation.ROWS, admitted.who, admitted.address, rows - 1)

    def now(self) -> float:
        """By the clock of the limits."""
        return self._rates().now()

    async def _version(self, grants: Grants, version_id: str, address: str, permission: Permission) -> Version:
        version = await self._gate.find_version(grants, version_id_of(version_id))
        if version is None:
            raise NotFound(kind="version")
        self._gate.require(permission, grants, version, address)
        return version
