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
    """Where a token leads and whose it is; the destination was fixed when the link was made.

    `passes_click` tells the landing page which click it was, as `ls_click` in its address.
    """

    shop: int
    workspace: int
    destination: str
    expires_at: float | None = None
    passes_click: bool = False


class WriteKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who may write events for a shop. A public key sits in pages, on these hosts only."""

    shop: int
    workspace: int
    is_public: bool = False
    hosts: tuple[str, ...] = ()


class PostbackKey(msgspec.Struct, frozen=True, kw_only=True):
    """Whose orders a signature vouches for, and the secrets it may be made with."""

    shop: int
    workspace: int
    secrets: tuple[str, ...]


class Registry(msgspec.Struct, frozen=True, omit_defaults=True):
    """Links by token; write keys by the SHA-256 of the key, in hex; the rest by the id of the key.

    Sub-id keys are in hex. The file holds secrets: only its owner can read it.
    """

    links: dict[str, Link] = msgspec.field(default_factory=dict)
    keys: dict[str, WriteKey] = msgspec.field(default_factory=dict)
    postback_keys: dict[str, PostbackKey] = msgspec.field(default_factory=dict)
    sub_id_keys: dict[str, str] = msgspec.field(default_factory=dict)


def digest_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def write_registry(path: Path, registry: Registry) -> None:
    """Replace the file in one step; a reader sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(registry))
    fresh.replace(path)


class RegistryFile:
    """The registry as it last stood; empty until the file exists."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._registry = Registry()
        self.sub_id_keys: dict[str, bytes] = {}
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
            hexed = self._registry.sub_id_keys
            self.sub_id_keys = {name: bytes.fromhex(key) for name, key in hexed.items()}
            self._state = state
