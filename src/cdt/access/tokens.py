"""Access tokens: JSON Web Tokens that this installation signed, good for an hour."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import jwt
import msgspec

from cdt.vault.secret import VaultSecret

LIFETIME = timedelta(hours=1)
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


class Tokens:
    """Signs and reads access tokens. Each names the key that signed it, so that keys can be changed."""

    def __init__(self, secret: VaultSecret) -> None:
        """The signing key is derived from the vault's secret."""
        self._keys = {"1": secret.key_for("tokens/1")}
        self._newest = "1"

    def issue(self, user_id: UUID, *, now: datetime, session_id: UUID | None = None) -> IssuedToken:
        """A token for a person who has just shown who they are; it ends with the session, if it is of one."""
        expires_at = now + LIFETIME
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(user_id), "iat": now, "exp": expires_at}
        if session_id is not None:
            claims["sid"] = str(session_id)
        text = jwt.encode(claims, self._keys[self._newest], algorithm=ALGORITHM, headers={"kid": self._newest})
        return IssuedToken(text, expires_at)

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
        return jwt.decode(
            text,
            self._keys[jwt.get_unverified_header(text)["kid"]],
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "sub", "iss", "aud"]},
        )
