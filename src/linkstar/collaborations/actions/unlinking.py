"""A seller stops links: the creators who show them are told, for they lead nowhere from then on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from linkstar.accounts.notifying import notify
from linkstar.batches import batched
from linkstar.catalog.models import Product, Shop
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.queries import every_open_link_for
from linkstar.collaborations.telling import CREATOR_PAGE
from linkstar.creators.models import Creator
from linkstar.tracking.actions import stop_link, take_off_host
from linkstar.tracking.models import ShopHost, TrackedLink

LINKS_AT_ONCE = 1_000
LINKS_NAMED = 3
OPEN_PAGE = "/creator/open/{}/"
ALL_PAGES = "/creator/"


def stop_link_of_shop(*, link: TrackedLink, registry: Path, now: datetime) -> TrackedLink:
    """The link no longer leads anywhere, and its creator is told; stopped twice, once."""
    was_running = link.stopped_at is None
    stopped = stop_link(link=link, registry=registry, now=now)
    if was_running:
        _tell([stopped], shop=link.shop, now=now)
    return stopped


def take_host_off_shop(
    *, allowed: ShopHost, links: int, registry: Path, now: datetime
) -> list[TrackedLink]:
    """As `tracking.actions.take_off_host`, and the creators of the stopped links are told.

    Raises:
        HostInUse: it is another number of links; nothing was done.
    """
    stopped = take_off_host(allowed=allowed, links=links, registry=registry, now=now)
    _tell(stopped, shop=allowed.shop, now=now)
    return stopped


def _tell(stopped: Sequence[TrackedLink], *, shop: Shop, now: datetime) -> None:
    """One notice for each creator.

    Only who shows the link by agreement or under an open plan: a seller may have made a link of
    any handle.
    """
    shown: dict[Creator, list[tuple[TrackedLink, str]]] = defaultdict(list)
    for some in batched(stopped, LINKS_AT_ONCE):
        for link, creator, page in (*_agreed(some, shop), *_shown_openly(some, shop)):
            shown[creator].append((link, page))
    for creator, links in shown.items():
        pages = {page for _, page in links}
        named = [f"/r/{link.token}" for link, _ in links[:LINKS_NAMED]]
        notify(
            users=[creator.user] if creator.user else [],
            code="link.stopped",
            now=now,
            address=pages.pop() if len(pages) == 1 else ALL_PAGES,
            workspace=None,
            shop=shop.name,
            links=", ".join(named) + (" …" if len(links) > LINKS_NAMED else ""),
        )


def _agreed(links: Iterable[TrackedLink], shop: Shop) -> Iterator[tuple[TrackedLink, Creator, str]]:
    by_id: dict[str, list[TrackedLink]] = defaultdict(list)
    for link in links:
        if link.collaboration_id:
            by_id[link.collaboration_id].append(link)
    agreed = Collaboration.objects.filter(shop=shop, pk__in=by_id).select_related("creator__user")
    for made in agreed:
        for link in by_id[made.pk]:
            yield link, made.creator, CREATOR_PAGE.format(made.pk)


def _shown_openly(
    links: Sequence[TrackedLink], shop: Shop
) -> Iterator[tuple[TrackedLink, Creator, str]]:
    named = Creator.objects.filter(handle__in={link.creator for link in links}, user__isnull=False)
    showing = named.filter(promotions__shop=shop, promotions__ends_before=None).distinct()
    numbers = dict(
        Product.objects.filter(
            shop=shop, external_id__in={link.product_id for link in links}
        ).values_list("external_id", "pk")
    )
    ids = [link.pk for link in links]
    for creator in showing.select_related("user"):
        for link in every_open_link_for(creator).filter(pk__in=ids):
            yield link, creator, OPEN_PAGE.format(numbers[link.product_id])
