"""Who asks: the bearer of a token or of an API key."""

from datetime import datetime
from uuid import UUID

import msgspec
from prometheus_client import Counter

from cdt.access.ended import EndedSessions
from cdt.access.grants import GrantBook, Grants
from cdt.access.keys import ApiKey, EndedKey, KeyBook
from cdt.access.rates.limiter import network_of
from cdt.access.tokens import Tokens
from cdt.domain.errors import Forbidden
from cdt.domain.kernel import Actor
from cdt.domain.security import LONGEST_SUBJECT, Occurrence, SecurityKind
from cdt.security.journal import Journal
from cdt.security.keeping import KeyUse
from cdt.vault.keys import PREFIX

nobodys = Counter(
    "cdt_nobodys_credentials",
    "Requests with a token or a key that is nobody's: malformed, forged or unknown_key.",
    ["reason"],
)

LONGEST_HEADER = 4_096
"""Of those that are kept by their text: a header may have 64 kB, most of it blanks."""


class Identity(msgspec.Struct, frozen=True):
    """Who it is, as the token or key says; what they may do is looked up when something needs it."""

    actor: Actor
    user_id: UUID | None = None
    """Of a person who asks themselves; their programs' keys are no person."""
    key: ApiKey | None = None
    session_id: UUID | None = None
    expires_at: datetime | None = None

    @property
    def name(self) -> str:
        """As limits count them."""
        return f"{self.actor.kind} {self.actor.id}"


class Admission:
    """Turns an Authorization header into an identity, and an identity into grants."""

    def __init__(self, tokens: Tokens, book: GrantBook, keys: KeyBook, ended: EndedSessions, journal: Journal) -> None:
        """`journal` is told who came in vain."""
        self._journal = journal
        self._tokens = tokens
        self._ended = ended
        self._book = book
        self._keys = keys

    async def identify(self, authorization: str | None, address: str) -> Identity | None:
        """The identity behind `Bearer <token or key>`; None for anything else, without telling why."""
        scheme, _, text = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not text or len(text) > LONGEST_HEADER:
            return None
        if text.startswith(PREFIX):
            text = text.strip()
            key = await self._keys.find(text)
            if not isinstance(key, ApiKey):
                self._notice_key(key, address)
                return None
            self._note_use(text, key, address)
            return Identity(key.actor, key=key, expires_at=key.ends_at)
        token = self._tokens.read(text.strip())
        if token is None:
            refused = self._tokens.why_refused(text.strip())
            if refused.reason != "expired":
                nobodys.labels(refused.reason).inc()
            self._journal.notice(_refused(refused.reason, refused.user_id, address))
            return None
        if token.session_id in self._ended:
            self._journal.notice(_refused("session_ended", token.user_id, address))
            return None
        actor = Actor("user", str(token.user_id))
        return Identity(actor, user_id=token.user_id, session_id=token.session_id, expires_at=token.expires_at)

    def known(self, authorization: str, address: str) -> Grants | None:
        """What the bearer of a key may do, if all of it is in memory; None says nothing of whoever it is."""
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer" or not text.startswith(PREFIX):
            return None
        key = self._keys.known(text)
        grants = None if key is None else self._book.known(key.key_id)
        if key is not None and grants is not None:
            self._note_use(text, key, address)
        return grants

    def still_admits(self, identity: Identity, now: datetime) -> bool:
        """Whether one that was identified before still is: its token or key has not ended, nor its session."""
        if identity.key is not None:
            return not self._keys.has_ended(identity.key, now)
        return (identity.expires_at is None or identity.expires_at > now) and identity.session_id not in self._ended

    def notice_refusal(
        self, error: Forbidden, who: "Identity | Grants", *, subject: str, address: str, organization_id: UUID | None
    ) -> None:
        """Somebody known wanted what they may not; in the organization that it was about, or else in all of theirs."""
        of = error.details.get("organization_id")
        self._journal.notice(
            Occurrence(
                kind=SecurityKind.PERMISSION_REFUSED,
                reason=str(error.details.get("permission")),
                subject=subject[:LONGEST_SUBJECT],
                actor=who.actor,
                person=who.user_id,
                organization_id=of if isinstance(of, UUID) else organization_id,
                address=address,
            )
        )

    def _note_use(self, text: str, key: ApiKey, address: str) -> None:
        self._journal.used(
            text,
            address,
            lambda: KeyUse(key.key_id, key.organization_id, address, network_of(address), person=key.user_id),
        )

    def _notice_key(self, ended: EndedKey | None, address: str) -> None:
        """A key that admits no more is still in somebody's hands, or in those of somebody else."""
        if ended is None:
            nobodys.labels("unknown_key").inc()
            return
        self._journal.notice(
            Occurrence(
                kind=SecurityKind.CREDENTIAL_REFUSED,
                reason=ended.reason,
                subject=str(ended.key_id),
                actor=Actor("key", str(ended.key_id)),
                person=ended.user_id,
                organization_id=ended.organization_id,
                address=address,
            )
        )

    async def grants(self, identity: Identity) -> Grants:
        """What the identity may do, and where."""
        if identity.key is not None:
            return await self._book.of_key(identity.key)
        assert identity.user_id is not None
        return await self._book.of_user(identity.user_id)


def _refused(reason: str, user_id: UUID | None, address: str) -> Occurrence:
    """A token that admits nobody; whoever showed it is not known."""
    return Occurrence(kind=SecurityKind.CREDENTIAL_REFUSED, reason=reason, person=user_id, address=address)
