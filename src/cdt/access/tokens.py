"""Access tokens: JSON Web Tokens that this installation signed, good for an hour."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import jwt
import msgspec

from cdt.vault.secret import VaultSecret
from cdt.vault.signing_keys import SigningKey

LIFETIME = timedelta(hours=1)
OVERLAP = timedelta(minutes=1)
"""How long after a new key has begun some process may still sign with the former one."""
BEFORE_ANY = datetime(2026, 1, 1, tzinfo=UTC)
ISSUER = "cdt"
AUDIENCE = "cdt-api"
ALGORITHM = "HS256"


class IssuedToken(msgspec.Struct, frozen=True):
    """A token and when it ends."""

    text: str
    expires_at: datetime


class ReadToken(msgspec.Struct, frozen=True):
    """Who was admitted, and until when."""

    user_id: UUID
    session_id: UUID | None
    expires_at: datetime


class RefusedToken(NamedTuple):
    """Why a token admits nobody, and whose it says it is, which for a forged one is nobody's word but its own."""

    reason: Literal["expired", "forged", "malformed"]
    user_id: UUID | None


class _Key(NamedTuple):
    """A key, and when the last token that it can have signed has ended; None for one that signs still."""

    secret: bytes
    ends_by: datetime | None


class Tokens:
    """Signs and reads access tokens. Each names the key that signed it, so that keys can be changed."""

    def __init__(self, secret: VaultSecret) -> None:
        """The signing keys are derived from the vault's secret; the first of them until `use` tells of others."""
        self._secret = secret
        self._known: tuple[SigningKey, ...] = ()
        self._keys: dict[str, _Key] = {}
        self.use([SigningKey("1", BEFORE_ANY)])

    def use(self, known: Sequence[SigningKey]) -> None:
        """Sign and read by these keys from now on, oldest first. Of none, those that were known stay."""
        if not known or tuple(known) == self._known:
            return
        ends: list[datetime | None] = [each.signs_from + LIFETIME + OVERLAP for each in known[1:]]
        self._known = tuple(known)
        self._keys = {
            each.key_id: _Key(self._secret.key_for(f"tokens/{each.key_id}"), ends_by)
            for each, ends_by in zip(known, [*ends, None], strict=True)
        }

    def issue(self, user_id: UUID, *, now: datetime, session_id: UUID | None = None) -> IssuedToken:
        """A token for a person who has just shown who they are; it ends with the session, if it is of one."""
        expires_at = now + LIFETIME
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(user_id), "iat": now, "exp": expires_at}
        if session_id is not None:
            claims["sid"] = str(session_id)
        key_id = self._signing(now)
        text = jwt.encode(claims, self._keys[key_id].secret, algorithm=ALGORITHM, headers={"kid": key_id})
        return IssuedToken(text, expires_at)

    def _signing(self, now: datetime) -> str:
        """The newest key that signs by now."""
        begun = [each.key_id for each in self._known if each.signs_from <= now]
        return begun[-1] if begun else self._known[0].key_id

    def read(self, text: str) -> ReadToken | None:
        """Whose token it is, and until when; None when it is altered, expired or not ours."""
        try:
            claims = self._claims(text)
            session_id = UUID(claims["sid"]) if "sid" in claims else None
            return ReadToken(UUID(claims["sub"]), session_id, datetime.fromtimestamp(claims["exp"], UTC))
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            return None

    def why_refused(self, text: str) -> RefusedToken:
        """Why a token is not one that `read` reads."""
        try:
            claimed = jwt.decode(text, options={"verify_signature": False})
            user_id = UUID(claimed["sub"])
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError):
            return RefusedToken("malformed", None)
        try:
            self._claims(text)
        except jwt.ExpiredSignatureError:
            return RefusedToken("expired", user_id)
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            return RefusedToken("forged", user_id)
        return RefusedToken("malformed", None)

    def _claims(self, text: str) -> dict[str, Any]:
        """What a token says; whoever got hold of a key that was followed by another signs nothing that outlives it."""
        key = self._keys[jwt.get_unverified_header(text)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            text,
            key.secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "sub", "iss", "aud"]},
        )
        if key.ends_by is not None and claims["exp"] > key.ends_by.timestamp():
            raise jwt.InvalidTokenError
        return claims
