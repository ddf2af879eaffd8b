"""Negotiations: offers back and forth, each side with its own key."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.agreeing import ProductNamed, TermsAsked, TermsTold, side_of
from linkstar.api.calling import (
    EITHER_READS,
    EITHER_WRITES,
    WRITES,
    caller_of,
    log,
    now,
    seen,
    seller_of,
)
from linkstar.api.moves import BY_USER, Hands, Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.products import own_products
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Named, Number, Page, Text, Written
from linkstar.api.shops import own_shop
from linkstar.recruiting import actions
from linkstar.recruiting.models import Negotiation, Offer
from linkstar.recruiting.queries import known_creators, negotiations_of, negotiations_with
from linkstar.recruiting.rules import state_at
from linkstar.web.recruiting.negotiating import collaboration_of

router = Router()
BY_SIDE: Hands = {"side": side_of}
BY_SIDE_AND_USER: Hands = {**BY_SIDE, **BY_USER}
Message = Annotated[Written, Field(max_length=2_000)]


class OfferTold(Schema):
    """One step: everything one side proposes. Never changed, only answered."""

    number: int
    side: str
    terms: TermsTold
    message: str
    made_at: datetime
    expires_at: datetime


class NegotiationTold(Schema):
    """A talk as one side sees it; the offer with the highest number is the open one."""

    id: str
    shop: Named
    creator: Named
    products: list[ProductNamed]
    state: str
    is_your_turn: bool
    offers: list[OfferTold]
    opened_at: datetime
    ended_at: datetime | None
    collaboration_id: str | None


class Proposal(Asked):
    """A talk to open with a first offer to a creator."""

    shop_id: Text
    creator_id: Text
    product_ids: Annotated[tuple[Number, ...], Field(min_length=1, max_length=200)]
    terms: TermsAsked
    message: Message = ""


class Counter(Asked):
    """Other terms, in answer to the offer with this number."""

    number: Number
    terms: TermsAsked
    message: Message = ""


class Answered(Asked):
    """The number of the offer that is meant, so that nobody takes one they have not seen."""

    number: Number


def told(talk: Negotiation, side: str) -> NegotiationTold:
    offers = sorted(talk.offers.all(), key=lambda one: one.number)
    state = state_at("negotiation", talk.state, offers[-1].expires_at, now=now())
    agreed = collaboration_of(talk)
    return NegotiationTold(
        id=talk.id,
        shop=Named(id=talk.shop_id, name=talk.shop.name),
        creator=Named(id=talk.creator_id, name=str(talk.creator)),
        products=[ProductNamed.of(one) for one in talk.products.all()],
        state=state,
        is_your_turn=state == Negotiation.State.OPEN and offers[-1].side != side,
        offers=[_offer_told(one) for one in offers],
        opened_at=talk.opened_at,
        ended_at=talk.ended_at,
        collaboration_id=agreed.pk if agreed else None,
    )


def _offer_told(offer: Offer) -> OfferTold:
    return OfferTold(
        number=offer.number,
        side=offer.side,
        terms=TermsTold.of(offer.terms()),
        message=offer.message,
        made_at=offer.made_at,
        expires_at=offer.expires_at,
    )


def own_talk(request: HttpRequest, negotiation_id: str) -> Negotiation:
    """A talk the caller takes part in.

    Raises:
        Http404: there is none of this id.
    """
    found = seen(request, by_company=negotiations_of, by_creator=negotiations_with)
    return get_object_or_404(found, pk=negotiation_id)


@router.get("negotiations", response=Page[NegotiationTold], auth=EITHER_READS)
def negotiations(request: HttpRequest, piece: AskedPiece) -> Page[NegotiationTold]:
    """The caller's talks, the newest first."""
    found = seen(request, by_company=negotiations_of, by_creator=negotiations_with)
    side = side_of(request)
    return page_of(found, piece, lambda talk: told(talk, side), by=("-opened_at", "-pk"))


@router.get("negotiations/{negotiation_id}", response=NegotiationTold, auth=EITHER_READS)
def negotiation(request: HttpRequest, negotiation_id: str) -> NegotiationTold:
    """One talk with every offer."""
    return told(own_talk(request, negotiation_id), side_of(request))


@router.post("negotiations", response={201: NegotiationTold}, auth=WRITES)
@once
def propose_terms(request: HttpRequest, asked: Proposal) -> NegotiationTold:
    """Open a talk with a first offer."""
    seller = seller_of(request)
    shop = own_shop(seller, asked.shop_id)
    talk = actions.propose(
        shop=shop,
        creator=get_object_or_404(known_creators(seller.workspace), pk=asked.creator_id),
        products=own_products(seller, list(asked.product_ids)),
        terms=asked.terms.terms(shop.currency),
        message=asked.message,
        user=seller.user,
        now=now(),
    )
    log(request, "negotiation.opened", talk.pk)
    return told(talk, Offer.Side.SELLER)


@router.post("negotiations/{negotiation_id}/counter", response=NegotiationTold, auth=EITHER_WRITES)
@once
def counter_terms(request: HttpRequest, negotiation_id: str, asked: Counter) -> NegotiationTold:
    """Answer the open offer with another one."""
    talk, side = own_talk(request, negotiation_id), side_of(request)
    actions.counter_offer(
        negotiation=talk,
        number=asked.number,
        side=side,
        terms=asked.terms.terms(talk.shop.currency),
        message=asked.message,
        user=caller_of(request).user,
        now=now(),
    )
    return told(own_talk(request, negotiation_id), side)


offer_moves(
    router,
    Kind(
        "terms", "negotiations/{negotiation_id}", own_talk,
        lambda request, talk: told(talk, side_of(request)), NegotiationTold, "negotiation",
    ),
    (
        Move(
            "accept", "Take the open offer: its terms become the collaboration's, once.",
            actions.accept_offer, EITHER_WRITES, Answered,
            hands=BY_SIDE_AND_USER, logs="negotiation.accept",
        ),
        Move(
            "decline", "End the talk without an agreement.", actions.decline_negotiation,
            EITHER_WRITES, hands=BY_SIDE_AND_USER, logs="negotiation.decline",
        ),
        Move(
            "withdraw", "Take one's own open offer back, which ends the talk.",
            actions.withdraw_negotiation, EITHER_WRITES, Answered, hands=BY_SIDE,
            logs="negotiation.withdraw",
        ),
    ),
)  # fmt: skip
