"""Invitations: what sending would do, sending, and what creators answer."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.agreeing import ProductNamed, TermsAsked, TermsTold
from linkstar.api.calling import (
    EITHER_READS,
    PROMOTER_WRITES,
    READS,
    WRITES,
    log,
    now,
    promoter_of,
    seen,
    seller_of,
)
from linkstar.api.creators import CreatorIds, known_creators_named
from linkstar.api.moves import BY_CREATOR, Kind, Move, offer_moves
from linkstar.api.negotiations import Message, NegotiationTold, own_talk
from linkstar.api.negotiations import told as talk_told
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.products import own_products
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Named, Number, Page, Text, Written
from linkstar.api.shops import own_shop
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.recommendations.actions import mark_used
from linkstar.recruiting import actions
from linkstar.recruiting.actions import Batch
from linkstar.recruiting.models import Invitation, Offer, OutreachLimit
from linkstar.recruiting.outreach import Budget, Planned
from linkstar.recruiting.queries import budget_of, invitations_for, invitations_of, rules_for
from linkstar.recruiting.rules import state_at

router = Router()
ProductIds = Annotated[tuple[Number, ...], Field(min_length=1, max_length=200)]


class InvitationTold(Schema):
    """A shop asks a creator, on terms."""

    id: str
    shop: Named
    creator: Named
    products: list[ProductNamed]
    terms: TermsTold
    message: str
    state: str
    spends: bool
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    negotiation_id: str | None


class BudgetTold(Schema):
    """How many creators the shop may still contact this week."""

    limit: int
    spent: int
    resets_at: datetime | None
    is_stated: bool


class OutreachTold(Schema):
    """What Seller Center told the shop, which tiers its market has, and the week's budget."""

    tier: str
    weekly_limit: int | None
    stated_at: datetime | None
    tiers: list[str]
    budget: BudgetTold


class OutreachAsked(Asked):
    """What Seller Center shows: the tier, and how many creators a week; null is not told."""

    tier: Code = ""
    weekly_limit: Annotated[int, Field(ge=0, le=1_000_000)] | None


class PlannedTold(Schema):
    """What would become of one invitation: with a conflict it is not sent."""

    creator_id: str
    conflicts: list[str]
    remarks: list[str]


class DryRunTold(Schema):
    """What sending would do, and the budget before it."""

    budget: BudgetTold
    planned: list[PlannedTold]


class Sent(Schema):
    """Which were sent, and what held others back."""

    sent: list[InvitationTold]
    held_back: list[PlannedTold]
    budget: BudgetTold


class Planning(Asked):
    """Whom to invite for what."""

    shop_id: Text
    creator_ids: CreatorIds
    product_ids: ProductIds


class Sending(Planning):
    """Whom to invite for what, on which terms, with which words, and how long it holds."""

    terms: TermsAsked
    text: Annotated[Written, Field(min_length=1, max_length=2_000)]
    days: Annotated[int, Field(ge=1, le=30)] = 14


class CounterToInvitation(Asked):
    """Other terms in answer to an invitation."""

    terms: TermsAsked
    message: Message = ""


def told(invitation: Invitation) -> InvitationTold:
    talk = getattr(invitation, "negotiation", None)
    state = state_at("invitation", invitation.state, invitation.expires_at, now=now())
    return InvitationTold(
        id=invitation.id,
        shop=Named(id=invitation.shop_id, name=invitation.shop.name),
        creator=Named(id=invitation.creator_id, name=str(invitation.creator)),
        products=[ProductNamed.of(one) for one in invitation.products.all()],
        terms=TermsTold.of(invitation.terms()),
        message=invitation.message,
        state=state,
        spends=invitation.spends,
        sent_at=invitation.sent_at,
        expires_at=invitation.expires_at,
        answered_at=invitation.answered_at,
        negotiation_id=talk.pk if talk else None,
    )


def _budget_told(budget: Budget) -> BudgetTold:
    return BudgetTold(
        limit=budget.limit,
        spent=budget.spent,
        resets_at=budget.resets_at,
        is_stated=budget.is_stated,
    )


def _planned_told(one: Planned) -> PlannedTold:
    return PlannedTold(
        creator_id=one.creator, conflicts=list(one.conflicts), remarks=list(one.remarks)
    )


@router.get("invitations", response=Page[InvitationTold], auth=EITHER_READS)
def invitations(request: HttpRequest, piece: AskedPiece) -> Page[InvitationTold]:
    """Those a company sent, or a creator was sent; the newest first."""
    withdrawn = Invitation.State.WITHDRAWN
    found = seen(
        request,
        by_company=invitations_of,
        by_creator=lambda creator: invitations_for(creator).exclude(state=withdrawn),
    )
    return page_of(found, piece, told, by=("-sent_at", "-pk"))


def own_invitation(request: HttpRequest, invitation_id: str) -> Invitation:
    """An invitation the caller sent or was sent.

    Raises:
        Http404: there is none of this id.
    """
    found = seen(request, by_company=invitations_of, by_creator=invitations_for)
    return get_object_or_404(found, pk=invitation_id)


@router.get("invitations/{invited_id}", response=InvitationTold, auth=EITHER_READS)
def invitation(request: HttpRequest, invited_id: str) -> InvitationTold:
    """One invitation."""
    return told(own_invitation(request, invited_id))


def _outreach_told(shop: Shop) -> OutreachTold:
    at = now()
    stated = OutreachLimit.objects.filter(shop=shop).first()
    return OutreachTold(
        tier=stated.tier if stated else "",
        weekly_limit=stated.weekly_limit if stated else None,
        stated_at=stated.stated_at if stated else None,
        tiers=[tier.name for tier in rules_for(shop, now=at).tiers],
        budget=_budget_told(budget_of(shop, now=at)),
    )


@router.get("shops/{shop_id}/outreach", response=OutreachTold, auth=READS)
def shop_outreach(request: HttpRequest, shop_id: str) -> OutreachTold:
    """How many creators the shop may contact this week, and what it said of that."""
    return _outreach_told(own_shop(seller_of(request), shop_id))


@router.post("shops/{shop_id}/outreach", response=OutreachTold, auth=WRITES)
@once
def state_outreach(request: HttpRequest, shop_id: str, asked: OutreachAsked) -> OutreachTold:
    """Say what Seller Center shows this shop; what was said before counts no more."""
    seller = seller_of(request)
    shop = own_shop(seller, shop_id)
    actions.state_outreach(shop=shop, user=seller.user, now=now(), **asked.facts())
    return _outreach_told(shop)


@router.post("invitation-plans", response=DryRunTold, auth=READS)
def plan_invitations(request: HttpRequest, asked: Planning) -> DryRunTold:
    """What would become of each invitation; none is sent and nothing is spent."""
    seller = seller_of(request)
    run = actions.dry_run(
        shop=own_shop(seller, asked.shop_id),
        creators=known_creators_named(seller, asked.creator_ids),
        products=own_products(seller, list(asked.product_ids)),
        now=now(),
    )
    return DryRunTold(
        budget=_budget_told(run.budget), planned=[_planned_told(one) for one in run.plan]
    )


@router.post("invitations", response={201: Sent}, auth=WRITES)
@once
def send_invitations(request: HttpRequest, asked: Sending) -> Sent:
    """Send to everybody nothing stands against, in the order given, until the budget is spent."""
    seller = seller_of(request)
    shop = own_shop(seller, asked.shop_id)
    products = own_products(seller, list(asked.product_ids))
    terms = asked.terms.terms(shop.currency)
    batch = Batch(shop=shop, products=products, terms=terms, text=asked.text, days=asked.days)
    at = now()
    sent, held = actions.send_invitations(
        batch=batch,
        creators=known_creators_named(seller, asked.creator_ids),
        user=seller.user,
        now=at,
    )
    mark_used(
        product_ids=[product.pk for product in products],
        creators=[one.creator for one in sent],
        on=day_of(shop, at),
        now=at,
    )
    log(request, "invitations.sent", shop.id, sent=len(sent), held_back=len(held))
    return Sent(
        sent=[told(one) for one in sent],
        held_back=[_planned_told(one) for one in held],
        budget=_budget_told(budget_of(shop, now=at)),
    )


@router.post("invitations/{invited_id}/accept", response=NegotiationTold, auth=PROMOTER_WRITES)
@once
def accept_invitation(request: HttpRequest, invited_id: str) -> NegotiationTold:
    """Take the invitation's terms as they are: the collaboration begins."""
    caller = promoter_of(request)
    own = own_invitation(request, invited_id)
    made = actions.accept_invitation(
        invitation=own, creator=caller.creator, user=caller.user, now=now()
    )
    return talk_told(own_talk(request, made.negotiation_id), Offer.Side.CREATOR)


@router.post("invitations/{invited_id}/counter", response=NegotiationTold, auth=PROMOTER_WRITES)
@once
def counter_invitation(
    request: HttpRequest, invited_id: str, asked: CounterToInvitation
) -> NegotiationTold:
    """Answer with other terms: a negotiation begins."""
    caller = promoter_of(request)
    own = own_invitation(request, invited_id)
    talk = actions.counter_invitation(
        invitation=own,
        creator=caller.creator,
        terms=asked.terms.terms(own.shop.currency),
        message=asked.message,
        user=caller.user,
        now=now(),
    )
    return talk_told(own_talk(request, talk.pk), Offer.Side.CREATOR)


offer_moves(
    router,
    Kind(
        "invitation", "invitations/{invited_id}", own_invitation, lambda _, one: told(one),
        InvitationTold,
    ),
    (
        Move(
            "withdraw", "Take it back before it is answered; what it spent stays spent.",
            actions.withdraw_invitation, WRITES,
        ),
        Move(
            "decline", "Say no; the shop is told.", actions.decline_invitation, PROMOTER_WRITES,
            hands=BY_CREATOR, logs="invitation.decline",
        ),
    ),
)  # fmt: skip
