"""Who asks for rows as a file: admitted, written down among the security events, and charged for what they get."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from cdt.access.grants import Grants
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Operation
from cdt.domain.errors import NotFound
from cdt.domain.security import Occurrence, SecurityKind
from cdt.domain.tenancy.roles import Permission
from cdt.http.ids import id_in
from cdt.http.intake_answers import Unauthenticated
from cdt.http.intake_gate import ReadGate
from cdt.predictions.versions import Version
from cdt.security.journal import Journal


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A version that somebody may read, and from where they ask."""

    grants: Grants
    version: Version
    address: str


class ReadEntry:
    """Lets them in. What is called is there once the process has started."""

    def __init__(self, gate: ReadGate, journal: Callable[[], Journal], rates: Callable[[], Limiter]) -> None:
        """`gate` tells who they are."""
        self._gate = gate
        self._journal = journal
        self._rates = rates

    async def admit(self, request: Request) -> Reading:
        """Raises Unauthenticated, Forbidden, RateLimited, and NotFound for a version that they don't know."""
        address = "" if request.client is None else request.client.host
        grants = await self._gate.admit(request.headers.get("authorization"), address)
        if grants is None:
            self._rates().admit(Operation.QUERY, None, address)
            raise Unauthenticated
        self._rates().admit(Operation.QUERY, grants.name, address)
        version_id = id_in(request.path_params["id"], "Version")
        version = None if version_id is None else await self._gate.find_version(grants, version_id)
        if version is None:
            raise NotFound(kind="version")
        self._gate.require(Permission.READ, grants, version, address)
        return Reading(grants=grants, version=version, address=address)

    async def note(self, reading: Reading, what: str) -> None:
        """Write down that they take such rows with them."""
        occurrence = Occurrence(
            kind=SecurityKind.EXPORTED,
            reason=what,
            subject=str(reading.version.version_id),
            actor=reading.grants.actor,
            person=reading.grants.user_id,
            organization_id=reading.grants.projects[reading.version.project_id],
            address=reading.address,
        )
        await self._journal().record([occurrence])

    def charge(self, reading: Reading, rows: int) -> None:
        """Each row that is sent counts as a row that is read."""
        self._rates().charge(Operation.QUERY, reading.grants.name, reading.address, rows)
