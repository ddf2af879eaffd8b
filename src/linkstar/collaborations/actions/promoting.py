"""Promoting under an open plan: a link and the plan's rate, no agreement and nothing due."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from linkstar.catalog.models import Product
from linkstar.catalog.queries import check_may_promote
from linkstar.collaborations.actions.linking import LINKS_MAX
from linkstar.collaborations.models import Deliverable
from linkstar.collaborations.queries import open_links_about, open_links_for
from linkstar.collaborations.rules import DeliverableState, TermsRefused
from linkstar.creators.models import Creator
from linkstar.plans.offers import end_promotion, start_promotion
from linkstar.plans.open_offers import product_on_offer
from linkstar.tracking.actions import make_link, stop_link
from linkstar.tracking.models import TrackedLink

UP = (DeliverableState.SUBMITTED, DeliverableState.CONFIRMED)
"""Content in these states is up, unless it was taken down."""


def make_open_link(
    *,
    creator: Creator,
    product: Product,
    destination: str,
    registry: Path,
    now: datetime,
    variant: str = "",
) -> TrackedLink:
    """A link the creator shows; asked for again for the same thing, the same link.

    From this day on the creator shows the product, which locks their rate.

    Raises:
        ShopHeld: the shop is not qualified, or LinkStar is off.
        TermsRefused: the creator is not verified, no open plan is about the product today, or it
            has too many links.
        DestinationRefused: the shop's links may not lead there.
    """
    check_may_promote(product.shop, now=now)
    if creator.state != Creator.State.VERIFIED:
        raise TermsRefused("creator_not_verified")
    if product_on_offer(product, creator=creator, now=now) is None:
        raise TermsRefused("not_on_offer")
    links = open_links_about(product, creator=creator)
    link = links.filter(variant=variant, destination=destination).first()
    if link is None:
        if links.count() >= LINKS_MAX:
            raise TermsRefused("too_many_links")
        link = make_link(
            shop=product.shop,
            destination=destination,
            registry=registry,
            now=now,
            creator=creator.handle,
            product_id=product.external_id,
            variant=variant,
        )
    start_promotion(creator=creator, product=product, now=now)
    return link


def stop_open_promotion(
    *, creator: Creator, product: Product, registry: Path, now: datetime
) -> None:
    """The creator no longer shows the product: its open links end, and with them a kept rate.

    Content handed in under an agreement goes on showing it.
    """
    for link in open_links_about(product, creator=creator):
        stop_link(link=link, registry=registry, now=now)
    stop_showing(creator, [product], now=now)


def stop_showing(creator: Creator, products: Iterable[Product], *, now: datetime) -> None:
    """End the promotion of those products that nothing of the creator's shows any more."""
    still_up = Deliverable.objects.filter(
        collaboration__creator=creator, state__in=UP, taken_down_at=None
    )
    shown = set(still_up.values_list("collaboration__products", flat=True))
    linked = set(open_links_for(creator).values_list("shop", "product_id"))
    for product in products:
        if product.pk not in shown and (product.shop_id, product.external_id) not in linked:
            end_promotion(creator=creator, product=product, now=now)
