"""argon2id hashes of passwords, tens of milliseconds and 64 MB each: the API asks a process of its own for them."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$XUZTlWxMwsrg+LsRSKIHsw$azyfFEH77/fMIFT+yxTwpzAQe2tIuYQIgWZWwjMojos"
"""Of a password that nobody knows any more, by the same parameters; made at each start it would cost that 50 ms."""
NO_PASSWORD = ""
"""In place of a hash; it admits nobody."""


def hash_password(password: str) -> str:
    """An argon2id hash, by the library's present parameters."""
    return _HASHER.hash(password)


def is_password(password: str, kept: str) -> bool:
    """Whether the kept hash is the password's; takes as long when there is none."""
    try:
        _HASHER.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return kept != NO_PASSWORD
