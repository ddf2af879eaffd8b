"""Who came by, told apart for a day and never known: no address is ever written down.

Addresses are cut before anything else sees them (IPv4 to /24, IPv6 to /48). A visitor is a keyed
hash of shop, cut address and user agent; the key is made anew each day and burnt after two.
"""

import hashlib
import os
import secrets
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

DAYS_KEPT = 2
ADDRESSES_REMEMBERED = 10_000
"""In memory only, because the same few ask again and again."""


@lru_cache(maxsize=ADDRESSES_REMEMBERED)
def cut_address(address: str) -> str:
    """The network an address lies in: `203.0.113.7` becomes `203.0.113.0`; unreadable is empty."""
    try:
        full = ip_address(address)
    except ValueError:
        return ""
    if isinstance(full, IPv6Address) and full.ipv4_mapped:
        full = full.ipv4_mapped
    bits = 24 if full.version == 4 else 48
    return str(ip_network((full, bits), strict=False).network_address)


class DailySalts:
    """The day's secret, shared by every collector that writes to this folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._until = datetime.min.replace(tzinfo=UTC)
        self._since = self._until
        self._salted = hashlib.blake2b()

    def visitor(self, shop: int, cut: str, agent: str, now: datetime) -> str:
        """The visitor's name for today: 32 hex digits that mean nothing tomorrow."""
        said = f"{shop}\0{cut}\0{agent}".encode()
        if not self._since <= now < self._until:
            self._begin(now.astimezone(UTC).date())
        name = self._salted.copy()
        name.update(said)
        return name.hexdigest()

    def _begin(self, today: date) -> None:
        self._salted = hashlib.blake2b(key=self._of(today), digest_size=16)
        self._since = datetime.combine(today, time.min, UTC)
        self._until = self._since + timedelta(days=1)
        self._burn_before(today - timedelta(days=DAYS_KEPT - 1))

    def _of(self, day: date) -> bytes:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / day.isoformat()
        fresh = self._folder / f".{day.isoformat()}-{os.getpid()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)  # the first collector's salt is everybody's
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return path.read_bytes()

    def _burn_before(self, day: date) -> None:
        for path in self._folder.glob("[0-9]*"):
            if path.name < day.isoformat():
                path.unlink(missing_ok=True)
