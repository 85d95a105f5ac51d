"""API keys: kept as salted hashes, compared in constant time. A key has 256 random bits, so that a fast hash
is as good as a slow one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key as the file knows it."""

    name: str
    salt: bytes
    sha256: bytes
    requests_per_minute: int | None = None
    tokens_per_hour: int | None = None
    #: Whether it sees what is of all keys together.
    admin: bool = False

    def fits(self, secret: str) -> bool:
        return hmac.compare_digest(hash_of(self.salt, secret), self.sha256)


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The keys that give access."""

    keys: tuple[Key, ...]

    def find(self, secret: str) -> Key | None:
        """The key with this secret. All are compared, so that the time taken does not tell which it was."""
        found = None
        for key in self.keys:
            if key.fits(secret):
                found = key
        return found


def make_secret(prefix: str) -> tuple[str, bytes]:
    """A new key's secret, and a salt for its hash."""
    return f"{prefix}{secrets.token_urlsafe(32)}", secrets.token_bytes(16)


def hash_of(salt: bytes, secret: str) -> bytes:
    return hashlib.sha256(salt + secret.encode("utf-8", "replace")).digest()
