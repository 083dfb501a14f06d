"""What the schema works with; bootstrap fills it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from cdt.access.admission import Admission
from cdt.access.intake_policies import IntakePolicies
from cdt.access.joining import Joining
from cdt.access.rates.limiter import Limiter
from cdt.access.sessions import Sessions
from cdt.access.signing_in import SigningIn
from cdt.access.streams import Streams
from cdt.access.tokens import Tokens
from cdt.database.async_log import AsyncLog
from cdt.database.notifications import Notifications
from cdt.database.reading import Reader
from cdt.database.writing import Writer
from cdt.graphql.predictions.hub import LiveHub
from cdt.graphql.predictions.numbers_hub import NumbersHub
from cdt.predictions.bodies import Bodies
from cdt.predictions.browsing import Browsing
from cdt.predictions.intake import Intake
from cdt.predictions.objects import Objects
from cdt.security.journal import Journal
from cdt.vault import people
from cdt.vault.secret import VaultSecret
from cdt.workers.child import Child

if TYPE_CHECKING:
    from cdt.graphql.context import Context
    from cdt.graphql.loaders import Loaders


@dataclass(frozen=True, kw_only=True)
class Services:
    """One of each, for the process."""

    log: AsyncLog
    reader: Reader
    writer: Writer
    notifications: Notifications
    admission: Admission
    journal: Journal
    tokens: Tokens
    sessions: Sessions
    signing_in: SigningIn
    joining: Joining
    rates: Limiter
    streams: Streams
    intake: Intake
    bodies: Bodies
    policies: IntakePolicies
    hub: LiveHub
    browsing: Browsing
    numbers: NumbersHub
    child: Child
    system_conninfo: str
    objects: Objects
    secret: VaultSecret
    loaders: "Callable[[Context], Loaders]"
    now: Callable[[], datetime]

    async def keys_of(self, people_or_texts: set[UUID]) -> dict[UUID, bytes]:
        """The keys of those that were not destroyed."""
        async with self.writer.transaction() as connection:
            return await people.keys_of(connection, self.secret, people_or_texts)
