"""Tracked links of a collaboration: one per product and content, and variant."""

from datetime import datetime
from pathlib import Path

from linkstar.accounts.models import User
from linkstar.catalog.models import Product
from linkstar.collaborations.actions.noting import note
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.rules import NotNow, Stage, TermsRefused
from linkstar.collaborations.telling import acts_as_creator
from linkstar.plans.offers import start_promotion
from linkstar.tracking.actions import make_link
from linkstar.tracking.models import TrackedLink

LINKS_MAX = 100
"""Of one agreement: more than anybody tells apart, few enough for a creator to make alone."""


def make_collaboration_link(
    *,
    collaboration: Collaboration,
    product: Product,
    destination: str,
    registry: Path,
    now: datetime,
    content_id: str = "",
    variant: str = "",
    user: User | None = None,
) -> TrackedLink:
    """A link the creator shows; asked for again for the same thing, the same link.

    Either side makes it. It leads where the shop's links may lead, whoever asks. A creator who
    makes one shows the product from this day on, which locks their rate.

    Raises:
        NotNow: the agreement was called off.
        TermsRefused: the product is not part of the agreement, or it has too many links.
        DestinationRefused: the shop's links may not lead there.
    """
    if not collaboration.products.filter(pk=product.pk).exists():
        raise TermsRefused("product_not_agreed")
    if collaboration.state == Stage.CANCELLED:
        raise NotNow("collaboration", "make_link", collaboration.state)
    links = TrackedLink.objects.filter(shop=collaboration.shop, collaboration_id=collaboration.id)
    made = links.filter(
        product_id=product.external_id,
        content_id=content_id,
        variant=variant,
        destination=destination,
        stopped_at=None,
    ).first()
    if made is not None:
        return made
    if links.count() >= LINKS_MAX:
        raise TermsRefused("too_many_links")
    link = make_link(
        shop=collaboration.shop,
        destination=destination,
        registry=registry,
        now=now,
        creator=collaboration.creator.handle,
        content_id=content_id,
        product_id=product.external_id,
        variant=variant,
        collaboration_id=collaboration.id,
    )
    note(collaboration, "link_made", user=user, now=now, link=link.id)
    if acts_as_creator(collaboration, user):
        start_promotion(creator=collaboration.creator, product=product, now=now)
    return link
