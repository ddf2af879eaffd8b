"""Events that a buyer's browser sends from a landing page, with a key anybody can read there.

Because the key is public, such events may say that a page was seen, never that money moved; they
must come from one of the shop's own hosts. Who the viewer is, is taken from the request itself,
and nothing at all is kept when the browser asks for privacy (`Sec-GPC: 1`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from linkstar.events.wire import WireEvent

KINDS = frozenset({"impression", "play", "complete", "click", "landing", "add_to_cart"})
LATE_MAX = timedelta(days=7)
EARLY_MAX = timedelta(minutes=5)


class SeenEvent(WireEvent, kw_only=True, omit_defaults=True):
    """An event whose viewer the collector saw itself, as it is kept."""

    shop: int
    workspace: int
    network: str
    agent: str


def seen(
    event: WireEvent,
    *,
    shop: int,
    workspace: int,
    network: str,
    agent: str,
    visitor: str,
    now: datetime,
) -> SeenEvent:
    """The event with its viewer as we saw them, and at our time where its own is not believable."""
    said = msgspec.structs.asdict(event)
    if not event.consented:
        said |= {"gender": None, "age": None, "click_id": None}
    if not now - LATE_MAX <= event.occurred_at <= now + EARLY_MAX:
        said["occurred_at"] = now
    said |= {"visitor": visitor, "network": network, "agent": agent}
    return SeenEvent(**said, shop=shop, workspace=workspace)


def is_own_page(origin: str, hosts: Iterable[str]) -> bool:
    """Whether a page of that origin lies on one of the hosts, or below one."""
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)
