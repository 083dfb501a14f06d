"""The composition root: the only place that wires."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from cdt.access.admission import Admission
from cdt.access.grants import GrantBook
from cdt.access.signing_in import SigningIn
from cdt.access.tokens import Tokens
from cdt.database.log import Log
from cdt.database.notifications import LIVE, PROJECTED, Notifications
from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.graphql.context import utc_now
from cdt.graphql.loaders import Loaders
from cdt.graphql.services import Services
from cdt.settings import SettingIsWrong, Settings
from cdt.vault.secret import VaultSecret


@dataclass(frozen=True)
class Needed:
    """The settings without which no process of the server can work."""

    database_url: str
    redis_url: str
    secret: VaultSecret


def needed(settings: Settings) -> Needed:
    """Raise SettingIsWrong, naming what is missing."""
    for name in ("database_url", "redis_url", "secret_key"):
        if getattr(settings, name) is None:
            raise SettingIsWrong(f"CDT_{name.upper()} is not set; `cdt up` sets it for you, or see docs/settings.md.")
    assert settings.database_url is not None
    assert settings.redis_url is not None
    assert settings.secret_key is not None
    return Needed(settings.database_url, settings.redis_url, VaultSecret(settings.secret_key))


@asynccontextmanager
async def api_services(settings: Settings) -> AsyncIterator[Services]:
    """What the API process works with, open; closed at the end, in order."""
    given = needed(settings)
    conninfo = conninfo_as(given.database_url, DatabaseRole.API, application="cdt-api")
    async with AsyncExitStack() as stack:
        log = stack.enter_context(Log(conninfo, connections=settings.log_connections))
        reader = Reader(conninfo, connections=settings.api_connections)
        writer = Writer(conninfo, connections=2)
        notifications = Notifications(conninfo, PROJECTED, LIVE)
        for each in (reader, writer, notifications):
            await each.open()
            stack.push_async_callback(each.close)
        book = GrantBook(reader)
        await stack.enter_async_context(notifications.following(PROJECTED, book.forget))
        tokens = Tokens(given.secret)
        yield Services(
            log=log,
            reader=reader,
            writer=writer,
            notifications=notifications,
            admission=Admission(tokens, book, writer),
            tokens=tokens,
            signing_in=SigningIn(log, writer, given.secret, tokens),
            secret=given.secret,
            loaders=Loaders,
            now=utc_now,
        )
