"""The refresh token of a browser: in a cookie that no script can read, sent to this one path by our own pages alone.

A page shows that a request is its own by a header that no form and no other origin's page can send without asking
first, and by an Origin that is ours or listed. Without both, a cookie counts for nothing and none is set.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from math import ceil
from urllib.parse import urlsplit

import msgspec

from cdt.access.tokens import IssuedToken

HEADER = b"x-csrf-token"
"""Any text will do: that it could be sent is what tells."""
PATH = "/graphql"
_NAME, _SECURE_NAME = "cdt_refresh", "__Secure-cdt_refresh"
_LONGEST_TOKEN = 200


class Page(msgspec.Struct, frozen=True):
    """A page of ours that asks, and the refresh token that its browser keeps for it."""

    is_secure: bool
    refresh_token: str | None

    def keeping(self, token: IssuedToken, now: datetime) -> str:
        """The cookie that keeps a token until it ends."""
        return self._cookie(token.text, max(ceil((token.expires_at - now).total_seconds()), 0))

    def forgetting(self) -> str:
        """The cookie that takes the place of a token."""
        return self._cookie("", 0)

    def _cookie(self, value: str, seconds: int) -> str:
        name, secure = (_SECURE_NAME, "; Secure") if self.is_secure else (_NAME, "")
        return f"{name}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def page_of(headers: Sequence[tuple[bytes, bytes]], scheme: str, listed: Collection[str]) -> Page | None:
    """The page that asks; None for a program, and for a page that is not ours or does not say so.

    scheme: how we were asked, as far as is known. A proxy that ends TLS may not tell, the page's own Origin does.
    listed: other origins whose pages may ask.
    """
    told = dict(headers)
    origin = told.get(b"origin", b"").decode("latin-1").lower()
    if not told.get(HEADER) or not origin:
        return None
    parts = urlsplit(origin)
    is_own = parts.netloc == told.get(b"host", b"").decode("latin-1").lower() and parts.scheme in {"https", scheme}
    if not is_own and origin not in listed:
        return None
    is_secure = "https" in {scheme, parts.scheme}
    return Page(is_secure, _cookie_in(headers, _SECURE_NAME if is_secure else _NAME))


def _cookie_in(headers: Sequence[tuple[bytes, bytes]], name: str) -> str | None:
    """The only cookie of this name: of two, one is somebody else's."""
    text = ";".join(value.decode("latin-1") for each, value in headers if each == b"cookie")
    pairs = (each.strip().partition("=") for each in text.split(";"))
    found = [value for each, _, value in pairs if each == name]
    return found[0] if len(found) == 1 and 0 < len(found[0]) <= _LONGEST_TOKEN else None
