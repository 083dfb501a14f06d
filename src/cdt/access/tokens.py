"""Access tokens: JSON Web Tokens that this installation signed, good for an hour."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import msgspec

from cdt.vault.secret import VaultSecret

LIFETIME = timedelta(hours=1)
ISSUER = "cdt"
ALGORITHM = "HS256"


class IssuedToken(msgspec.Struct, frozen=True):
    """A token and when it ends."""

    text: str
    expires_at: datetime


class ReadToken(msgspec.Struct, frozen=True):
    """Who was admitted, and until when."""

    user_id: UUID
    expires_at: datetime


class Tokens:
    """Signs and reads access tokens. Each names the key that signed it, so that keys can be changed."""

    def __init__(self, secret: VaultSecret) -> None:
        """The signing key is derived from the vault's secret."""
        self._keys = {"1": secret.key_for("tokens/1")}
        self._newest = "1"

    def issue(self, user_id: UUID, *, now: datetime) -> IssuedToken:
        """A token for a person who has just shown who they are."""
        expires_at = now + LIFETIME
        claims = {"iss": ISSUER, "sub": str(user_id), "iat": now, "exp": expires_at}
        text = jwt.encode(claims, self._keys[self._newest], algorithm=ALGORITHM, headers={"kid": self._newest})
        return IssuedToken(text, expires_at)

    def read(self, text: str) -> ReadToken | None:
        """Whose token it is, and until when; None when it is altered, expired or not ours."""
        try:
            key = self._keys[jwt.get_unverified_header(text)["kid"]]
            claims = jwt.decode(
                text, key, algorithms=[ALGORITHM], issuer=ISSUER, options={"require": ["exp", "sub", "iss"]}
            )
            return ReadToken(UUID(claims["sub"]), datetime.fromtimestamp(claims["exp"], UTC))
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            return None
