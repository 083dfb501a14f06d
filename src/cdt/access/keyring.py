"""The signing keys that every process uses, and how another one takes the place of the newest."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import structlog

from cdt.access.tokens import LIFETIME, OVERLAP, Tokens
from cdt.database.log import is_lost_connection
from cdt.database.writing import Writer
from cdt.vault import signing_keys
from cdt.vault.signing_keys import SigningKey

LOOKS_EVERY_SECONDS = 2.0
KNOWN_AFTER = timedelta(seconds=10)
"""A new key signs only once every process must have read of it: until then its tokens would be refused."""

log = structlog.get_logger()


class Keyring:
    """Reads again and again which keys there are: a process that was cut off for a while needs nobody to tell it."""

    def __init__(self, tokens: Tokens, writer: Writer, *, every_seconds: float = LOOKS_EVERY_SECONDS) -> None:
        """`tokens` signs and reads with what is read here."""
        self._tokens = tokens
        self._writer = writer
        self._every_seconds = every_seconds

    async def read(self) -> None:
        """Take in which keys there are."""
        async with self._writer.transaction() as connection:
            self._tokens.use(await signing_keys.in_order(connection))

    async def keep_reading(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._every_seconds)
            await self.try_reading()

    async def try_reading(self) -> None:
        """Take in which keys there are; where they can't be read, what is known is gone on with."""
        try:
            await self.read()
        except Exception as error:  # noqa: BLE001  whatever it is, it is asked again
            told = log.warning if is_lost_connection(error) else log.exception
            told("signing_keys_not_read", error=str(error).strip())


async def rotate(writer: Writer, now: datetime) -> SigningKey | None:
    """Let another key sign from a moment on, and forget those of which no token is left.

    None while the one before it has not begun, or somebody else makes one. What the former one has signed holds until
    it ends: nobody is signed out.
    """
    async with writer.transaction() as connection:
        kept = await signing_keys.in_order(connection)
        newest = max((int(each.key_id) for each in kept), default=0)
        added = SigningKey(str(newest + 1), now + KNOWN_AFTER)
        if any(each.signs_from > now for each in kept) or not await signing_keys.add(connection, added):
            return None
        ended = [each.key_id for each, next_one in pairwise(kept) if next_one.signs_from + LIFETIME + OVERLAP < now]
        await signing_keys.forget(connection, *ended)
    return added
