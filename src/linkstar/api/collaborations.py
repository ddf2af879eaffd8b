"""Collaborations: terms, what is due, messages and history, each side with its own key."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.agreeing import ProductNamed, TermsAsked, TermsTold
from linkstar.api.calling import (
    EITHER_READS,
    EITHER_WRITES,
    PROMOTER_WRITES,
    WRITES,
    Seller,
    caller_of,
    log,
    now,
    seen,
    seller_of,
)
from linkstar.api.creators import known_creator
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.products import own_products
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Named, Number, Page, Text, Url
from linkstar.api.shops import own_shop
from linkstar.api.tracking import LinkTold, tell_collector_after
from linkstar.api.tracking import told as link_told
from linkstar.collaborations import actions
from linkstar.collaborations.models import Collaboration, Deliverable, Message, TimelineEntry
from linkstar.collaborations.queries import collaborations_of, collaborations_with, links_for
from linkstar.collaborations.rules import Terms, TermsRefused
from linkstar.money.amounts import Money
from linkstar.web.tracking import registry

router = Router()
Reason = Annotated[Text, Field(min_length=1, max_length=300)]


class DeliverableTold(Schema):
    """One video or LIVE that is due, and what became of it."""

    id: str
    collaboration_id: str
    number: int
    kind: str
    state: str
    due_at: datetime
    was_extended: bool
    content_id: str
    url: str
    submitted_at: datetime | None
    confirm_by: datetime | None
    confirmed_at: datetime | None
    reason: str


class CollaborationTold(Schema):
    """One creator's agreement on products; its terms are frozen on the day it was agreed."""

    id: str
    shop: Named
    creator: Named
    products: list[ProductNamed]
    terms: TermsTold
    state: str
    agreed_at: datetime
    ended_at: datetime | None
    ended_reason: str
    campaign_id: str | None
    negotiation_id: str | None
    plan_id: str | None


class CollaborationInFull(CollaborationTold):
    """One agreement with what is due."""

    deliverables: list[DeliverableTold]


class Agreement(Asked):
    """An agreement that was made elsewhere, to be written down."""

    shop_id: Text
    creator_id: Text
    product_ids: Annotated[tuple[Number, ...], Field(min_length=1, max_length=200)]
    terms: TermsAsked


class Because(Asked):
    """Why; the other side reads it."""

    reason: Reason


class HandedIn(Asked):
    """Where the content is, and its id on the platform."""

    url: Annotated[Url, Field(max_length=500)]
    content_id: Annotated[Code, Field(min_length=1)]


class LinkAsked(Asked):
    """A tracked link for one product of the agreement; by default to its landing page."""

    product_id: Number
    destination: Annotated[Text, Field(max_length=2_000)] = ""
    content_id: Code = ""
    variant: Annotated[Text, Field(max_length=60)] = ""


class MessageTold(Schema):
    """What one side wrote to the other."""

    id: int
    side: str
    text: str
    at: datetime


class NewMessage(Asked):
    """Something to tell the other side."""

    text: Annotated[Text, Field(min_length=1, max_length=4_000)]


class HappenedTold(Schema):
    """One thing that happened, as a code."""

    id: int
    verb: str
    detail: dict[str, Any]
    at: datetime


def seen_by(request: HttpRequest) -> QuerySet[Collaboration]:
    """The agreements this caller is a side of."""
    return seen(request, by_company=collaborations_of, by_creator=collaborations_with)


def own_collaboration(request: HttpRequest, collaboration_id: str) -> Collaboration:
    """An agreement the caller is a side of.

    Raises:
        Http404: there is none of this id.
    """
    return get_object_or_404(seen_by(request), id=collaboration_id)


def own_deliverable(request: HttpRequest, deliverable_id: str) -> Deliverable:
    """A deliverable of an agreement the caller is a side of.

    Raises:
        Http404: there is none of this id.
    """
    found = Deliverable.objects.select_related("collaboration__shop")
    own = seen(
        request,
        by_company=lambda company: found.filter(collaboration__shop__workspace=company),
        by_creator=lambda creator: found.filter(collaboration__in=collaborations_with(creator)),
    )
    return get_object_or_404(own, id=deliverable_id)


def terms_of(one: Collaboration) -> Terms:
    """The frozen terms."""
    return Terms(
        rate_bps=one.rate_bps,
        ads_rate_bps=one.ads_rate_bps,
        flat_fee=Money(one.flat_fee_minor, one.currency),
        videos=one.videos,
        lives=one.lives,
        needs_sample=one.needs_sample,
        starts_on=one.starts_on,
        ends_before=one.ends_before,
        text=one.terms,
    )


def told(one: Collaboration) -> CollaborationTold:
    return CollaborationTold(
        id=one.id,
        shop=Named(id=one.shop_id, name=one.shop.name),
        creator=Named(id=one.creator_id, name=str(one.creator)),
        products=[ProductNamed.of(product) for product in one.products.all()],
        terms=TermsTold.of(terms_of(one)),
        state=one.state,
        agreed_at=one.agreed_at,
        ended_at=one.ended_at,
        ended_reason=one.ended_reason,
        campaign_id=one.campaign_id or None,
        negotiation_id=one.negotiation_id or None,
        plan_id=one.plan_id,
    )


def told_in_full(one: Collaboration) -> CollaborationInFull:
    due = [deliverable_told(each) for each in one.deliverables.order_by("number")]
    return CollaborationInFull(**told(one).dict(), deliverables=due)


def deliverable_told(one: Deliverable) -> DeliverableTold:
    names = (
        "id", "collaboration_id", "number", "kind", "state", "due_at", "was_extended",
        "content_id", "url", "submitted_at", "confirm_by", "confirmed_at", "reason",
    )  # fmt: skip
    return DeliverableTold(**{name: getattr(one, name) for name in names})


@router.get("collaborations", response=Page[CollaborationTold], auth=EITHER_READS)
def collaborations(
    request: HttpRequest, piece: AskedPiece, state: Code = ""
) -> Page[CollaborationTold]:
    """The caller's agreements, the newest first."""
    found = seen_by(request)
    chosen = found.filter(state=state) if state else found
    return page_of(chosen, piece, told, by=("-agreed_at", "-pk"))


@router.get("collaborations/{collaboration_id}", response=CollaborationInFull, auth=EITHER_READS)
def collaboration(request: HttpRequest, collaboration_id: str) -> CollaborationInFull:
    """One agreement with what is due."""
    return told_in_full(own_collaboration(request, collaboration_id))


@router.post("collaborations", response={201: CollaborationInFull}, auth=WRITES)
@once
def agree_collaboration(request: HttpRequest, asked: Agreement) -> CollaborationInFull:
    """Write down an agreement that was made elsewhere."""
    seller = seller_of(request)
    shop = own_shop(seller, asked.shop_id)
    made = actions.agree_collaboration(
        shop=shop,
        creator=known_creator(seller, asked.creator_id),
        products=own_products(seller, list(asked.product_ids)),
        terms=asked.terms.terms(shop.currency),
        now=now(),
        user=seller.user,
    )
    log(request, "collaboration.agreed", made.id)
    return told_in_full(made)


@router.post(
    "collaborations/{collaboration_id}/cancel", response=CollaborationInFull, auth=EITHER_WRITES
)
@once
def cancel_collaboration(
    request: HttpRequest, collaboration_id: str, asked: Because
) -> CollaborationInFull:
    """Call it off; what is still due is no longer due."""
    caller = caller_of(request)
    cancelled = actions.cancel_collaboration(
        collaboration=own_collaboration(request, collaboration_id),
        is_creator=not isinstance(caller, Seller),
        reason=asked.reason,
        now=now(),
        user=caller.user,
    )
    log(request, "collaboration.cancelled", cancelled.id)
    return told_in_full(cancelled)


@router.get(
    "collaborations/{collaboration_id}/messages", response=Page[MessageTold], auth=EITHER_READS
)
def messages(request: HttpRequest, collaboration_id: str, piece: AskedPiece) -> Page[MessageTold]:
    """What both sides wrote, the latest first."""
    rows = own_collaboration(request, collaboration_id).messages.all()
    return page_of(rows, piece, _message_told, by=("-at", "-pk"))


@router.post(
    "collaborations/{collaboration_id}/messages",
    response={201: MessageTold},
    auth=EITHER_WRITES,
)
@once
def post_message(request: HttpRequest, collaboration_id: str, asked: NewMessage) -> MessageTold:
    """Write to the other side, who is told; both can read it for good."""
    caller = caller_of(request)
    written = actions.post_message(
        collaboration=own_collaboration(request, collaboration_id),
        user=caller.user,
        is_from_creator=not isinstance(caller, Seller),
        text=asked.text,
        now=now(),
    )
    return _message_told(written)


def _message_told(message: Message) -> MessageTold:
    side = "creator" if message.is_from_creator else "seller"
    return MessageTold(id=message.pk, side=side, text=message.text, at=message.at)


@router.get(
    "collaborations/{collaboration_id}/timeline", response=Page[HappenedTold], auth=EITHER_READS
)
def timeline(request: HttpRequest, collaboration_id: str, piece: AskedPiece) -> Page[HappenedTold]:
    """What happened, the latest first."""
    rows = own_collaboration(request, collaboration_id).timeline.all()
    return page_of(rows, piece, _happened_told, by=("-at", "-pk"))


def _happened_told(entry: TimelineEntry) -> HappenedTold:
    return HappenedTold(id=entry.pk, verb=entry.verb, detail=entry.detail, at=entry.at)


@router.get("collaborations/{collaboration_id}/links", response=Page[LinkTold], auth=EITHER_READS)
def collaboration_links(
    request: HttpRequest, collaboration_id: str, piece: AskedPiece
) -> Page[LinkTold]:
    """The tracked links made for it, the newest first."""
    rows = links_for(own_collaboration(request, collaboration_id))
    return page_of(rows, piece, link_told, by=("-created_at", "-pk"))


@router.post(
    "collaborations/{collaboration_id}/links", response={201: LinkTold}, auth=EITHER_WRITES
)
@once
def make_collaboration_link(
    request: HttpRequest, collaboration_id: str, asked: LinkAsked
) -> LinkTold:
    """A link the creator shows; asked for again for the same thing, the same link.

    Either side makes one. A creator who does shows the product from this day on, which locks the
    rate.
    """
    own = own_collaboration(request, collaboration_id)
    product = own.products.filter(pk=asked.product_id).first()
    if product is None:
        raise TermsRefused("product_not_agreed")
    made = actions.make_collaboration_link(
        collaboration=own,
        product=product,
        destination=asked.destination or product.landing_page,
        content_id=asked.content_id,
        variant=asked.variant,
        registry=registry(),
        now=now(),
        user=caller_of(request).user,
    )
    tell_collector_after()
    return link_told(made)


offer_moves(
    router,
    Kind(
        "deliverable", "deliverables/{deliverable_id}", own_deliverable,
        lambda _, one: deliverable_told(one), DeliverableTold,
    ),
    (
        Move(
            "submit", "The content is out; the seller is asked to confirm it.",
            actions.submit_deliverable, PROMOTER_WRITES, HandedIn, logs="deliverable.submit",
        ),
        Move(
            "take-down",
            "The content is off the platform; before it was up as long as agreed it is due again.",
            actions.take_down_content, PROMOTER_WRITES, logs="deliverable.take_down",
        ),
        Move(
            "confirm", "Accept what was handed in; a flat fee is earned with it.",
            actions.confirm_deliverable, WRITES, logs="deliverable.confirm",
        ),
        Move(
            "return", "Say what must be changed; the time to do so starts anew.",
            actions.return_deliverable, WRITES, Because, logs="deliverable.return",
        ),
        Move(
            "extend", "More time, once.", actions.extend_deliverable, WRITES,
            logs="deliverable.extend",
        ),
        Move(
            "cancel", "Let go of one deliverable.", actions.cancel_deliverable, WRITES, Because,
            logs="deliverable.cancel",
        ),
    ),
)  # fmt: skip
