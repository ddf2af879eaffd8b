"""Agreeing, calling off, and writing to one another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import check_may_promote
from linkstar.collaborations.actions.noting import note
from linkstar.collaborations.models import (
    Collaboration,
    Deliverable,
    Message,
    Sample,
    Support,
)
from linkstar.collaborations.rules import (
    DELIVERABLE_MOVES,
    SAMPLE_MOVES,
    SUPPORT_MOVES,
    NotNow,
    Stage,
    Terms,
    TermsRefused,
    check_cancelling,
    check_terms,
    clocks_of,
    deliverable_after,
    sample_after,
    support_after,
)
from linkstar.collaborations.telling import tell_other_side
from linkstar.creators.models import Creator
from linkstar.plans.models import Plan


@transaction.atomic
def agree_collaboration(
    *,
    shop: Shop,
    creator: Creator,
    products: Sequence[Product],
    terms: Terms,
    now: datetime,
    plan: Plan | None = None,
    campaign_id: str = "",
    negotiation_id: str = "",
    user: User | None = None,
) -> Collaboration:
    """A new agreement with its deliverables; the terms are written once and never again.

    A negotiation leads to one agreement: asked twice, the first is returned. Content is due a
    number of days after the start, or, with a sample, after the sample arrives.

    Raises:
        TermsRefused: the terms cannot stand, no product is named, or one is of another shop.
        MarketWithoutClocks: no clocks are known for the shop's market.
        ShopHeld: the shop is not qualified, or LinkStar is off.
    """
    if negotiation_id:
        made = Collaboration.objects.filter(negotiation_id=negotiation_id).first()
        if made is not None:
            return made
    check_may_promote(shop, now=now)
    check_terms(terms, currency=shop.currency)
    _check_products(shop, products)
    clocks = clocks_of(shop.market, now.astimezone(ZoneInfo(shop.zone)).date())
    collaboration = Collaboration.objects.create(
        shop=shop,
        creator=creator,
        plan=plan,
        campaign_id=campaign_id,
        negotiation_id=negotiation_id,
        state=Stage.AGREED if terms.needs_sample else Stage.CREATING,
        rate_bps=terms.rate_bps,
        ads_rate_bps=terms.ads_rate_bps,
        flat_fee_minor=terms.flat_fee.minor,
        currency=terms.flat_fee.currency,
        videos=terms.videos,
        lives=terms.lives,
        needs_sample=terms.needs_sample,
        terms=terms.text,
        starts_on=terms.starts_on,
        ends_before=terms.ends_before,
        agreed_at=now,
    )
    collaboration.products.set(products)
    kinds = ["video"] * terms.videos + ["live"] * terms.lives
    starts_at = datetime.combine(terms.starts_on, datetime.min.time(), ZoneInfo(shop.zone))
    due_at = max(starts_at, now) + timedelta(days=clocks.content_days)
    Deliverable.objects.bulk_create(
        Deliverable(collaboration=collaboration, number=number, kind=kind, due_at=due_at)
        for number, kind in enumerate(kinds, start=1)
    )
    note(collaboration, "agreed", user=user, now=now)
    return collaboration


def _check_products(shop: Shop, products: Sequence[Product]) -> None:
    if not products:
        raise TermsRefused("no_product")
    if any(product.shop_id != shop.pk for product in products):
        raise TermsRefused("product_of_another_shop")


@transaction.atomic
def cancel_collaboration(
    *,
    collaboration: Collaboration,
    is_creator: bool,
    reason: str,
    now: datetime,
    user: User | None = None,
) -> Collaboration:
    """Call the agreement off; what is still due is no longer due.

    Raises:
        TooLateToCancel: this side may not any more.
        NotNow: it ended before.
    """
    locked = Collaboration.objects.select_for_update().get(pk=collaboration.pk)
    if locked.ended_at is not None:
        raise NotNow("collaboration", "cancel", locked.state)
    deliverables = list(Deliverable.objects.filter(collaboration=locked))
    samples = list(Sample.objects.filter(collaboration=locked))
    check_cancelling(
        is_creator=is_creator,
        samples=[sample.state for sample in samples],
        deliverables=[deliverable.state for deliverable in deliverables],
    )
    for deliverable in deliverables:
        if (deliverable.state, "cancel") in DELIVERABLE_MOVES:
            deliverable.state = deliverable_after(deliverable.state, "cancel")
            deliverable.save(update_fields=["state"])
    for sample in samples:
        if (sample.state, "withdraw") in SAMPLE_MOVES:
            sample.state = sample_after(sample.state, "withdraw")
            sample.clock_ends_at, sample.ended_at = None, now
            sample.save(update_fields=["state", "clock_ends_at", "ended_at"])
    for support in Support.objects.filter(collaboration=locked):
        if (support.state, "withdraw") in SUPPORT_MOVES:
            support.state = support_after(support.state, "withdraw")
            support.clock_ends_at, support.ended_at = None, now
            support.save(update_fields=["state", "clock_ends_at", "ended_at"])
    locked.state, locked.ended_at, locked.ended_reason = Stage.CANCELLED, now, reason
    locked.save(update_fields=["state", "ended_at", "ended_reason"])
    side = "creator" if is_creator else "seller"
    note(locked, "cancelled", user=user, now=now, side=side, reason=reason)
    tell_other_side(
        locked, "collaboration.cancelled", is_creator=is_creator, now=now, reason=reason
    )
    return locked


@transaction.atomic
def post_message(
    *, collaboration: Collaboration, user: User, is_from_creator: bool, text: str, now: datetime
) -> Message:
    """Write to the other side, who is told; both can read it for good."""
    tell_other_side(collaboration, "message.received", is_creator=is_from_creator, now=now)
    return Message.objects.create(
        collaboration=collaboration,
        user=user,
        is_from_creator=is_from_creator,
        text=text.strip(),
        at=now,
    )
