"""The vault's secret and what is derived from it; one purpose never opens what another sealed."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
NONCE_BYTES = 12
IDENTITIES = "identities"
"""The purpose of the key that prediction ids are hashed with; the same in every process for ever."""


class SecretIsWrong(ValueError):
    """CDT_SECRET_KEY must be 32 bytes as base64url, as `cdt secret` prints one."""


class BoxCannotBeOpened(ValueError):
    """What was sealed does not open with this key: another CDT_SECRET_KEY sealed it, or it was altered."""


class VaultSecret:
    """Derives keys by purpose (HKDF-SHA256, RFC 5869), seals (AES-256-GCM) and hashes names (HMAC-SHA256)."""

    def __init__(self, text: str) -> None:
        """`text` is the base64url of 32 bytes."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError as error:
            raise SecretIsWrong(SecretIsWrong.__doc__) from error
        if len(raw) != SECRET_BYTES:
            raise SecretIsWrong(SecretIsWrong.__doc__)
        self._raw = raw
        self._keys: dict[str, bytes] = {}

    @staticmethod
    def new() -> str:
        """A new secret, as text."""
        return base64.urlsafe_b64encode(os.urandom(SECRET_BYTES)).decode().rstrip("=")

    def key_for(self, purpose: str) -> bytes:
        """32 bytes that only this purpose uses."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"cdt/{purpose}".encode()).derive(self._raw)

    def name_hash(self, scope: str, name: str) -> str:
        """A keyed hash by which a name is found without being told."""
        normal = " ".join(name.casefold().split())
        return hmac.new(self._kept(f"names/{scope}"), normal.encode(), hashlib.sha256).hexdigest()

    def digest(self, purpose: str, content: bytes) -> str:
        """A keyed digest: it tells two contents apart, and helps nobody who guesses at one, such as a password."""
        return hmac.new(self._kept(f"digests/{purpose}"), content, hashlib.sha256).hexdigest()

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Nonce and ciphertext."""
        return seal(self._kept(purpose), content)

    def open(self, purpose: str, box: bytes) -> bytes:
        """What was sealed for the purpose."""
        return open_box(self._kept(purpose), box)

    def _kept(self, purpose: str) -> bytes:
        """The key of a purpose that is written in the code, of which there are a few."""
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = self.key_for(purpose)
        return key


def seal(key: bytes, content: bytes) -> bytes:
    """Nonce and ciphertext under a 32-byte key."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, None)


def open_box(key: bytes, box: bytes) -> bytes:
    """The content of a box; BoxCannotBeOpened when the key is another or the box was altered."""
    try:
        return AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], None)
    except (InvalidTag, ValueError) as error:  # ValueError: it is too short to hold a nonce
        raise BoxCannotBeOpened(BoxCannotBeOpened.__doc__) from error
