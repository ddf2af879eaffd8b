"""Offers and counter-offers until one is taken or the talk ends.

One offer is open at a time: the newest. Whoever acts locks the negotiation first, so that of two
people acting at once the second learns what the first did, and nothing is half done.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import check_may_promote
from linkstar.collaborations.actions import agree_collaboration
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.rules import Terms, TermsRefused, check_terms
from linkstar.creators.models import Creator
from linkstar.plans.rules import Kind
from linkstar.recruiting.actions.telling import tell_creator, tell_seller, until
from linkstar.recruiting.models import Application, Invitation, Negotiation, Offer, fields_of
from linkstar.recruiting.rates import check_market, check_rate
from linkstar.recruiting.rules import (
    OTHER_SIDE,
    CreatorSuspended,
    after,
    check_answer,
    check_time,
)

OFFER_DAYS = 7
"""How long an offer waits for an answer."""
SELLER_PAGE = "/recruiting/negotiations/{}/"
CREATOR_PAGE = "/creator/offers/{}/"


@transaction.atomic
def propose(
    *,
    shop: Shop,
    creator: Creator,
    products: Sequence[Product],
    terms: Terms,
    now: datetime,
    side: str = Offer.Side.SELLER,
    user: User | None = None,
    message: str = "",
    invitation: Invitation | None = None,
    application: Application | None = None,
    is_told: bool = True,
) -> Negotiation:
    """Open a negotiation with its first offer.

    Raises:
        TermsRefused: the terms cannot stand, no product is named, or one is of another shop.
        RateRefused: the market does not allow the rate.
        ShopHeld: the shop is not qualified, or LinkStar is off.
        MarketWithoutClocks: nothing could be agreed on its market.
    """
    check_may_promote(shop, now=now)
    check_market(shop.market, now=now)
    check_terms(terms, currency=shop.currency)
    if not products:
        raise TermsRefused("no_product")
    if any(product.shop_id != shop.pk for product in products):
        raise TermsRefused("product_of_another_shop")
    check_rate(shop, terms.rate_bps, now=now, kind=_kind(application))
    negotiation = Negotiation.objects.create(
        shop=shop,
        creator=creator,
        invitation=invitation,
        application=application,
        opened_at=now,
    )
    negotiation.products.set(products)
    _offer(negotiation, 1, side, terms, message=message, user=user, now=now, is_told=is_told)
    return negotiation


@transaction.atomic
def counter_offer(
    *,
    negotiation: Negotiation,
    number: int,
    side: str,
    terms: Terms,
    now: datetime,
    user: User | None = None,
    message: str = "",
) -> Offer:
    """Answer the open offer with another one.

    Raises:
        NotNow: the negotiation ended.
        OfferOutdated, NotYourTurn: see `check_answer`.
        Expired: the open offer's time ran out.
        CreatorSuspended, ShopHeld: nothing new is agreed with them.
        TermsRefused: the terms cannot stand.
        RateRefused: the market does not allow the rate.
    """
    found, open_offer = _open(negotiation, "counter", number=number, side=side, now=now)
    check_terms(terms, currency=found.shop.currency)
    check_rate(found.shop, terms.rate_bps, now=now, kind=_kind(found.application))
    return _offer(found, open_offer.number + 1, side, terms, message=message, user=user, now=now)


@transaction.atomic
def accept_offer(
    *,
    negotiation: Negotiation,
    number: int,
    side: str,
    now: datetime,
    user: User | None = None,
    is_told: bool = True,
) -> Collaboration:
    """Take the open offer: its terms become the collaboration's, once.

    Raises:
        NotNow: the negotiation ended; agreed is among the ways it ends.
        OfferOutdated, NotYourTurn: see `check_answer`.
        Expired: the offer's time ran out.
        CreatorSuspended, ShopHeld: nothing new is agreed with them.
        TermsRefused: the terms cannot stand any more.
        RateRefused: the market does not allow the rate any more.
    """
    found, offer = _open(negotiation, "accept", number=number, side=side, now=now)
    check_rate(found.shop, offer.rate_bps, now=now, kind=_kind(found.application))
    application = found.application
    collaboration = agree_collaboration(
        shop=found.shop,
        creator=found.creator,
        products=list(found.products.all()),
        terms=offer.terms(offer.message),
        campaign_id=application.campaign_id if application else "",
        negotiation_id=found.pk,
        user=user,
        now=now,
    )
    _end(found, "accept", now=now)
    if is_told:
        _tell(found, OTHER_SIDE[side], "offer.accepted", now=now)
    return collaboration


@transaction.atomic
def decline_negotiation(
    *, negotiation: Negotiation, side: str, now: datetime, user: User | None = None
) -> Negotiation:
    """End the talk without an agreement; either side may, at any time.

    Raises:
        NotNow: it ended before.
    """
    del user  # both sides see who sides are; persons are in the audit log of the page
    return _ended(negotiation, "decline", side=side, code="offer.declined", now=now)


@transaction.atomic
def withdraw_negotiation(
    *, negotiation: Negotiation, number: int, side: str, now: datetime
) -> Negotiation:
    """Take one's own open offer back, which ends the talk.

    Raises:
        NotNow: it ended before.
        OfferOutdated: the other side has answered meanwhile.
        NotYourTurn: the open offer is the other side's.
    """
    found = _locked(negotiation)
    after("negotiation", found.state, "withdraw")
    newest = newest_offer(found)
    check_answer(
        side=OTHER_SIDE[side], number=number, newest_side=newest.side, newest=newest.number
    )
    return _ended(negotiation, "withdraw", side=side, code="offer.withdrawn", now=now)


def _kind(application: Application | None) -> Kind:
    """Whose bounds count: a campaign's, or those for creators asked by name."""
    return Kind.CAMPAIGN if application else Kind.TARGETED


def newest_offer(negotiation: Negotiation) -> Offer:
    return Offer.objects.filter(negotiation=negotiation).latest("number")


def _locked(negotiation: Negotiation) -> Negotiation:
    found = Negotiation.objects.select_for_update(of=("self",))
    return found.select_related("shop__workspace", "creator", "application").get(pk=negotiation.pk)


def _open(
    negotiation: Negotiation, event: str, *, number: int, side: str, now: datetime
) -> tuple[Negotiation, Offer]:
    """The locked negotiation and its open offer, when this side may do this to it now."""
    found = _locked(negotiation)
    after("negotiation", found.state, event)
    check_may_promote(found.shop, now=now)
    if found.creator.state == Creator.State.SUSPENDED:
        raise CreatorSuspended
    newest = newest_offer(found)
    check_answer(side=side, number=number, newest_side=newest.side, newest=newest.number)
    check_time("offer", newest.expires_at, zone=found.shop.zone, now=now)
    return found, newest


def _offer(
    negotiation: Negotiation,
    number: int,
    side: str,
    terms: Terms,
    *,
    message: str,
    user: User | None,
    now: datetime,
    is_told: bool = True,
) -> Offer:
    made = Offer.objects.create(
        negotiation=negotiation,
        number=number,
        side=side,
        **fields_of(terms),
        message=message.strip(),
        made_by=user,
        made_at=now,
        expires_at=now + timedelta(days=OFFER_DAYS),
    )
    if is_told:
        by = until(made.expires_at, negotiation.shop.zone)
        _tell(negotiation, OTHER_SIDE[side], "offer.received", now=now, until=by)
    return made


def _ended(
    negotiation: Negotiation, event: str, *, side: str, code: str, now: datetime
) -> Negotiation:
    found = _end(_locked(negotiation), event, now=now)
    _tell(found, OTHER_SIDE[side], code, now=now)
    return found


def _end(negotiation: Negotiation, event: str, *, now: datetime) -> Negotiation:
    negotiation.state = after("negotiation", negotiation.state, event)
    negotiation.ended_at = now
    negotiation.save(update_fields=["state", "ended_at"])
    return negotiation


def _tell(negotiation: Negotiation, side: str, code: str, *, now: datetime, **params: str) -> None:
    """Tell one side what the other did; a sentence names the sender."""
    if side == Offer.Side.SELLER:
        page = SELLER_PAGE.format(negotiation.pk)
        sender = str(negotiation.creator)
        tell_seller(negotiation.shop, code, now=now, address=page, sender=sender, **params)
    else:
        page = CREATOR_PAGE.format(negotiation.pk)
        sender = negotiation.shop.name
        tell_creator(negotiation.creator, code, now=now, address=page, sender=sender, **params)


@transaction.atomic
def expire_negotiation(*, negotiation: Negotiation, now: datetime) -> bool:
    """Note down that the open offer's time ran out and tell both; False when it did not."""
    found = _locked(negotiation)
    if found.state != Negotiation.State.OPEN or newest_offer(found).expires_at > now:
        return False
    _end(found, "clock", now=now)
    for side in (Offer.Side.SELLER, Offer.Side.CREATOR):
        _tell(found, side, "offer.expired", now=now)
    return True
