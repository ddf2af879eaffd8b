"""What the collector knows of links and write keys: one file, written whole by the application.

The file is read again when it changed, at most twice a second, so that a new link works within a
second and no request ever waits for a database.
"""

import hashlib
import os
from pathlib import Path

import msgspec

SECONDS_BETWEEN_LOOKS = 0.5


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a token leads and whose it is; the destination was fixed when the link was made."""

    shop: int
    workspace: int
    destination: str
    expires_at: float | None = None


class WriteKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who may write events for a shop. `secret` signs postbacks; a public key sits in pages."""

    shop: int
    workspace: int
    secret: str | None = None
    is_public: bool = False


class Registry(msgspec.Struct, frozen=True):
    """Links by token; write keys by the SHA-256 of the key, in hex."""

    links: dict[str, Link] = msgspec.field(default_factory=dict)
    keys: dict[str, WriteKey] = msgspec.field(default_factory=dict)


def digest_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def write_registry(path: Path, registry: Registry) -> None:
    """Replace the file in one step; a reader sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(msgspec.json.encode(registry))
    fresh.replace(path)


class RegistryFile:
    """The registry as it last stood; empty until the file exists."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._registry = Registry()
        self._state: tuple[int, int] = (0, 0)
        self._look_again_at = float("-inf")

    def current(self, seconds: float) -> Registry:
        """The registry now, `seconds` being a monotonic clock."""
        if seconds >= self._look_again_at:
            self._look_again_at = seconds + SECONDS_BETWEEN_LOOKS
            self._look()
        return self._registry

    def _look(self) -> None:
        if not self._path.exists():
            return
        stat = self._path.stat()
        state = (stat.st_mtime_ns, stat.st_ino)
        if state != self._state:
            self._registry = msgspec.json.decode(self._path.read_bytes(), type=Registry)
            self._state = state
