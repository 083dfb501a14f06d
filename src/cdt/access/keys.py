"""API keys in memory: whose each is and what it opens, from its first use until anything about keys changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
import structlog

from cdt.access.hearing import Hearing
from cdt.database.log import is_lost_connection
from cdt.database.reading import Reader, Scope
from cdt.database.writing import Writer
from cdt.domain.kernel import Actor
from cdt.domain.tenancy.roles import KeyPermission, Permission, permissions_of_key
from cdt.readmodels import tenancy_keys
from cdt.vault import keys
from cdt.vault.secret import VaultSecret

MAXIMUM_KEPT = 10_000
NOTED_SECONDS = 15.0
MOST_ENDED = 100_000
"""Ended secrets that are remembered, for the sockets that were opened with them; those are closed within seconds."""

log = structlog.get_logger()

EndOfKey = Literal["revoked_key", "expired_key", "replaced_key"]
EXPIRED: EndOfKey = "expired_key"
REPLACED: EndOfKey = "replaced_key"


class ApiKey(msgspec.Struct):
    """A key as it was shown by one of its secrets."""

    key_id: UUID
    secret_id: UUID
    actor: Actor
    permissions: frozenset[Permission]
    organization_id: UUID | None = None
    project_id: UUID | None = None
    user_id: UUID | None = None
    """Whose it is, if no project's."""
    model_ids: frozenset[UUID] = frozenset()
    """Those for which it sends rows; empty is for all."""
    ends_at: datetime | None = None
    ends_as: EndOfKey = EXPIRED
    was_used: bool = False
    """Since uses were last noted. A flag, since a key that sends rows is used thousands of times a second."""


class EndedKey(NamedTuple):
    """A key of ours that admits no more, or no more by the secret that was shown; and why."""

    key_id: UUID
    reason: EndOfKey
    organization_id: UUID | None
    user_id: UUID | None


UNSEEN = ApiKey(UUID(int=0), UUID(int=0), Actor("key", ""), frozenset())


class KeyBook(Hearing):
    """Finds a key by its text: in memory, or in the vault and the read models, if it is one of ours at all."""

    def __init__(self, reader: Reader, writer: Writer, secret: VaultSecret, now: Callable[[], datetime]) -> None:
        """Reads with the API's own role, each key under the tenant or person that the vault says it is of."""
        super().__init__("tenancy", "accounts")
        self._reader = reader
        self._writer = writer
        self._texts = keys.KeyTexts(secret)
        self._now = now
        self._kept: OrderedDict[str, ApiKey | EndedKey | None] = OrderedDict()
        """Also what admits no more, or nobody ever, however often it is shown."""
        self._changes = 0
        self._used: set[UUID] = set()
        self._ends: OrderedDict[UUID, datetime] = OrderedDict()
        self._read_up_to: int | None = None

    async def find(self, text: str) -> ApiKey | EndedKey | None:
        """The key with this text, if it admits now; which one it was, if it admits no more; None for nobody's."""
        key = self._kept.get(text, UNSEEN)
        if key is UNSEEN:
            key = await self._look_up(text)
        if not isinstance(key, ApiKey):
            return key
        if key.ends_at is not None and key.ends_at <= self._now():
            return EndedKey(key.key_id, key.ends_as, key.organization_id, key.user_id)
        key.was_used = True
        return key

    def known(self, text: str) -> ApiKey | None:
        """The same if it is in memory and admits now; None says nothing of it."""
        key = self._kept.get(text)
        if not isinstance(key, ApiKey) or (key.ends_at is not None and key.ends_at <= self._now()):
            return None
        key.was_used = True
        return key

    def has_ended(self, key: ApiKey, now: datetime) -> bool:
        """Whether a key that was found before has ended since, as far as this process has heard."""
        ends_at = self._ends.get(key.secret_id, key.ends_at)
        return ends_at is not None and ends_at <= now

    def hear(self, payload: str) -> None:
        """Listen to the projected channel with this: what is kept may be wrong from now on."""
        super().hear(payload)
        if not payload or {"tenancy", "all"} & set(payload.partition(" ")[2].split(",")):
            self._forget()

    async def read(self) -> None:
        """Take in which secrets have ended since the first key was looked up."""
        if self._read_up_to is None:
            return
        async with self._reader.at(None, Scope()) as view:
            ended = await tenancy_keys.ended_secrets(view, after=self._read_up_to)
        for each in ended:
            self._ends[each.secret_id] = each.ends_at
            self._ends.move_to_end(each.secret_id)
            self._read_up_to = each.recorded
        while len(self._ends) > MOST_ENDED:
            self._ends.popitem(last=False)
        if ended:
            self._forget()

    async def keep_noting(self) -> None:
        """Until cancelled: write down now and then which keys were used."""
        while True:
            await asyncio.sleep(NOTED_SECONDS)
            try:
                await self.note_uses()
            except Exception as error:  # noqa: BLE001  they are noted with the next ones
                told = log.warning if is_lost_connection(error) else log.exception
                told("key_uses_not_noted", error=str(error).strip())

    async def note_uses(self) -> None:
        """Write down which keys were used since the last time; a process that dies first takes some seconds along."""
        self._collect_uses(self._kept.values())
        used, self._used = self._used, set()
        if not used:
            return
        try:
            async with self._writer.transaction() as connection:
                await keys.note_uses(connection, used, self._now())
        except BaseException:
            self._used |= used
            raise

    async def _look_up(self, text: str) -> ApiKey | EndedKey | None:
        if not self._texts.is_ours(text):
            return None
        changes = self._changes
        async with self._writer.transaction() as connection:
            secret = await keys.find(connection, text)
        key = None if secret is None else await self._admitted(secret)
        if changes == self._changes:  # else what was read may be of before the change
            self._kept[text] = key
            if len(self._kept) > MAXIMUM_KEPT:
                self._collect_uses([self._kept.popitem(last=False)[1]])
        return key

    async def _admitted(self, secret: keys.KeptSecret) -> ApiKey | EndedKey | None:
        scope = Scope(user_id=secret.user_id, projects=() if secret.project_id is None else (secret.project_id,))
        async with self._reader.at(None, scope) as view:
            standing = await tenancy_keys.standing_of(view, secret.key_id)
            if self._read_up_to is None:
                self._read_up_to = view.position
                self._is_stale.set()
        return None if standing is None else _admitted(secret, standing)

    def _forget(self) -> None:
        self._collect_uses(self._kept.values())
        self._kept.clear()
        self._changes += 1

    def _collect_uses(self, of: Iterable[ApiKey | EndedKey | None]) -> None:
        for key in of:
            if isinstance(key, ApiKey) and key.was_used:
                self._used.add(key.key_id)
                key.was_used = False


def _admitted(secret: keys.KeptSecret, standing: tenancy_keys.Standing) -> ApiKey | EndedKey:
    """By the newest secret, or by the one before it; not by one that has been replaced, nor of a revoked key."""
    ends, ends_as = standing.expires_at, EXPIRED
    if standing.revoked_at is not None:
        return EndedKey(secret.key_id, "revoked_key", secret.organization_id, secret.user_id)
    if secret.secret_id == standing.former_secret_id and standing.former_ends_at is not None:
        if ends is None or standing.former_ends_at <= ends:
            ends, ends_as = standing.former_ends_at, REPLACED
    elif secret.secret_id != standing.secret_id:
        return EndedKey(secret.key_id, REPLACED, secret.organization_id, secret.user_id)
    return ApiKey(
        key_id=secret.key_id,
        secret_id=secret.secret_id,
        actor=Actor("key", str(secret.key_id)),
        permissions=permissions_of_key(map(KeyPermission, standing.permissions)),
        organization_id=secret.organization_id,
        project_id=secret.project_id,
        user_id=secret.user_id,
        model_ids=frozenset(standing.model_ids),
        ends_at=ends,
        ends_as=ends_as,
    )
