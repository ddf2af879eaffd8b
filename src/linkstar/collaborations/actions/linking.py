"""Tracked links of a collaboration: one per product and content, and variant."""

from datetime import datetime
from pathlib import Path

from linkstar.accounts.models import User
from linkstar.catalog.models import Product
from linkstar.collaborations.actions.noting import note
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.rules import TermsRefused
from linkstar.tracking.actions import make_link
from linkstar.tracking.models import TrackedLink


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

    Raises:
        TermsRefused: the product is not part of the agreement.
        DestinationRefused: the shop's links may not lead there.
    """
    if not collaboration.products.filter(pk=product.pk).exists():
        raise TermsRefused("product_not_agreed")
    made = TrackedLink.objects.filter(
        shop=collaboration.shop,
        collaboration_id=collaboration.id,
        product_id=product.external_id,
        content_id=content_id,
        variant=variant,
        destination=destination,
        stopped_at=None,
    ).first()
    if made is not None:
        return made
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
    return link
