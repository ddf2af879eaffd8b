"""Whether links still lead somewhere: each destination is asked once a day, as a buyer would.

Redirects are followed a few steps, and only to hosts the shop's links may lead to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.db.models import F, Q

from linkstar.egress import EgressFailed, EgressRefused, Told, ask
from linkstar.tracking.models import Health, ShopHost, TrackedLink
from linkstar.tracking.queries import running_links
from linkstar.tracking.rules import host_in, is_allowed

CHECK_EVERY = timedelta(days=1)
REDIRECTS_MAX = 4
LINKS_AT_ONCE = 200
HEADERS = {"User-Agent": "LinkStar link check", "Accept": "text/html,*/*"}
_NO_HEAD = {405, 501}
_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_UNSURE = {401, 403, 407, 429}
_FAILED = {
    "unresolved": Health.UNREACHABLE,
    "unreachable": Health.UNREACHABLE,
    "tls": Health.TLS,
    "too_slow": Health.SLOW,
    "not_http": Health.FAILING,
}


@dataclass(frozen=True, slots=True)
class Checker:
    """How destinations are asked; `allow_loopback` is for tests alone."""

    seconds: float = 10.0
    allow_loopback: bool = False

    def health_of(self, destination: str, hosts: frozenset[str]) -> Health:
        """What a buyer meets who is sent there."""
        address = destination
        for _ in range(REDIRECTS_MAX + 1):
            try:
                told = self._told(address)
            except EgressRefused:
                return Health.NOT_PUBLIC
            except EgressFailed as error:
                return _FAILED[error.code]
            if told.status not in _REDIRECTS:
                return of_status(told.status)
            address = urljoin(address, told.headers.get("location", ""))
            if not is_allowed(host_in(address), hosts):
                return Health.LEAVES
        return Health.LOOPS

    def _told(self, address: str) -> Told:
        told = self._ask(address, "HEAD")
        return self._ask(address, "GET") if told.status in _NO_HEAD else told

    def _ask(self, address: str, method: str) -> Told:
        return ask(
            address,
            method=method,
            headers=HEADERS,
            seconds=self.seconds,
            allow_loopback=self.allow_loopback,
        )


def of_status(status: int) -> Health:
    """What the final answer says of a page."""
    if status in _GONE:
        return Health.GONE
    if status in _UNSURE:
        return Health.UNSURE
    return Health.WORKS if 200 <= status < 300 else Health.FAILING


def check_links(*, now: datetime, clock: Callable[[], datetime], checker: Checker) -> int:
    """Ask the destinations that were not asked for a day, those never asked first.

    Args:
        now: the instant of starting.
        clock: for the instant each answer came.
        checker: how to ask.

    Returns:
        How many were asked; at most `LINKS_AT_ONCE`, the rest is left to the next call.
    """
    due = (
        running_links(now=now)
        .filter(Q(checked_at=None) | Q(checked_at__lte=now - CHECK_EVERY))
        .order_by(F("checked_at").asc(nulls_first=True), "id")[:LINKS_AT_ONCE]
    )
    for link in due:
        hosts = frozenset(ShopHost.objects.filter(shop=link.shop_id).values_list("host", flat=True))
        health = checker.health_of(link.destination, hosts)
        TrackedLink.objects.filter(id=link.id).update(health=health, checked_at=clock())
    return len(due)
