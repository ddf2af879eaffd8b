"""Campaigns: open calls creators sign up to, for companies and for creators."""

from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linkstar.api.agreeing import ProductNamed, TermsAsked, TermsTold
from linkstar.api.calling import (
    EITHER_READS,
    PROMOTER_WRITES,
    READS,
    WRITES,
    KeyAuth,
    Promoter,
    Seller,
    anybody,
    caller_of,
    now,
    promoter_of,
    seller_of,
)
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.negotiations import NegotiationTold, own_talk
from linkstar.api.negotiations import told as talk_told
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.products import own_products
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Named, Number, Page, Text, Written
from linkstar.api.shops import own_shop
from linkstar.catalog.market_rules import Market, market_named
from linkstar.catalog.models import Product
from linkstar.recruiting import actions
from linkstar.recruiting.models import Application, Campaign, Offer
from linkstar.recruiting.queries import (
    applications_for,
    applications_to,
    campaigns_for,
    campaigns_of,
    open_campaigns,
)

router = Router()
Title = Annotated[Text, Field(min_length=1, max_length=200)]
Places = Annotated[int, Field(ge=1, le=100_000)]
ProductIds = Annotated[tuple[Number, ...], Field(max_length=200)]


class CampaignTold(Schema):
    """An open call. Without a shop it is the operator's, for all shops of the market."""

    id: str
    shop: Named | None
    market: str
    title: str
    state: str
    terms: TermsTold
    products: list[ProductNamed]
    places: int | None
    signup_ends_at: datetime
    created_at: datetime


class CallAsked(Asked):
    """What every open call says."""

    title: Title
    terms: TermsAsked
    places: Places | None = None
    signup_ends_at: AwareDatetime


class CallChanges(Asked):
    """What to say anew of a draft; what is not named stays.

    Terms are named whole. Places that are named as null are as many as there are sign-ups.
    """

    title: Title | None = None
    terms: TermsAsked | None = None
    places: Places | None = None
    signup_ends_at: AwareDatetime | None = None


class CampaignChanges(CallChanges):
    """What to say anew of the draft of a shop's campaign; products are named all together."""

    product_ids: Annotated[tuple[Number, ...], Field(min_length=1, max_length=200)] | None = None


class NewCampaign(CallAsked):
    """A campaign to draft; nobody sees it before it is opened."""

    shop_id: Text
    product_ids: Annotated[tuple[Number, ...], Field(min_length=1, max_length=200)]


class ApplicationTold(Schema):
    """A creator's sign-up, and what became of it."""

    id: str
    campaign_id: str
    creator: Named
    message: str
    state: str
    applied_at: datetime
    decided_at: datetime | None
    negotiation_id: str | None


class SignUp(Asked):
    """What a creator says with a sign-up."""

    message: Annotated[Written, Field(max_length=2_000)] = ""


class Selection(Asked):
    """On the campaign's own terms, or on others, which the creator is then asked about.

    Into an operator's campaign a shop and products are named as well.
    """

    shop_id: Text = ""
    product_ids: ProductIds = ()
    terms: TermsAsked | None = None
    message: Annotated[Written, Field(max_length=2_000)] = ""


def told(campaign: Campaign) -> CampaignTold:
    shop = campaign.shop
    return CampaignTold(
        id=campaign.id,
        shop=Named(id=shop.id, name=shop.name) if shop else None,
        market=campaign.market,
        title=campaign.title,
        state=campaign.state,
        terms=TermsTold.of(campaign.terms(campaign.terms_text)),
        products=[ProductNamed.of(one) for one in campaign.products.all()],
        places=campaign.places,
        signup_ends_at=campaign.signup_ends_at,
        created_at=campaign.created_at,
    )


def application_told(application: Application) -> ApplicationTold:
    talk = getattr(application, "negotiation", None)
    creator = application.creator
    return ApplicationTold(
        id=application.id,
        campaign_id=application.campaign_id,
        creator=Named(id=creator.id, name=str(creator)),
        message=application.message,
        state=application.state,
        applied_at=application.applied_at,
        decided_at=application.decided_at,
        negotiation_id=talk.pk if talk else None,
    )


def _seen(caller: Seller | Promoter) -> QuerySet[Campaign]:
    """The campaigns this caller may look at."""
    if isinstance(caller, Seller):
        return campaigns_of(caller.workspace)
    return campaigns_for(caller.creator, now=now())


def own_campaign(seller: Seller, campaign_id: str) -> Campaign:
    """A campaign of one of the company's shops.

    Raises:
        Http404: there is none of this id.
    """
    own = Campaign.objects.filter(shop__workspace=seller.workspace).select_related("shop")
    return get_object_or_404(own, pk=campaign_id)


@router.get("campaigns", response=Page[CampaignTold], auth=EITHER_READS)
def campaigns(request: HttpRequest, piece: AskedPiece) -> Page[CampaignTold]:
    """A company's own and the operator's; for creators those open for sign-up. Newest first."""
    caller = caller_of(request)
    found = _seen(caller) if isinstance(caller, Seller) else open_campaigns(now=now())
    rows = found.select_related("shop").prefetch_related("products")
    return page_of(rows, piece, told, by=("-created_at", "-pk"))


@router.get("campaigns/{campaign_id}", response=CampaignTold, auth=EITHER_READS)
def campaign(request: HttpRequest, campaign_id: str) -> CampaignTold:
    """One campaign."""
    return told(get_object_or_404(_seen(caller_of(request)), pk=campaign_id))


@router.post("campaigns", response={201: CampaignTold}, auth=WRITES)
@once
def make_campaign(request: HttpRequest, asked: NewCampaign) -> CampaignTold:
    """Draft a campaign."""
    seller = seller_of(request)
    shop = own_shop(seller, asked.shop_id)
    products = own_products(seller, list(asked.product_ids))
    return drafted(request, asked, market_named(shop.market), shop=shop, products=products)


def drafted(request: HttpRequest, asked: CallAsked, market: Market, **whose: Any) -> CampaignTold:
    """A new draft as it is told; without a shop it is the operator's."""
    made = actions.draft_campaign(
        title=asked.title,
        text=asked.terms.text,
        terms=asked.terms.terms(market.currency),
        market=market.code,
        places=asked.places,
        signup_ends_at=asked.signup_ends_at,
        user=anybody(request).user,
        now=now(),
        **whose,
    )
    return told(made)


@router.patch("campaigns/{campaign_id}", response=CampaignTold, auth=WRITES)
def change_campaign(request: HttpRequest, campaign_id: str, asked: CampaignChanges) -> CampaignTold:
    """Say something anew of a draft; what creators have seen is not changed any more."""
    seller = seller_of(request)
    own = own_campaign(seller, campaign_id)
    named = None if asked.product_ids is None else own_products(seller, list(asked.product_ids))
    return redrafted(request, own, asked, products=named)


@transaction.atomic
def redrafted(
    request: HttpRequest,
    campaign: Campaign,
    asked: CallChanges,
    *,
    products: list[Product] | None = None,
) -> CampaignTold:
    """A draft changed as it is told; it is held meanwhile, so that of two changes none is lost."""
    held = Campaign.objects.select_for_update(of=("self",)).select_related("shop")
    found = held.get(pk=campaign.pk)
    currency = market_named(found.market).currency
    terms = asked.terms.terms(currency) if asked.terms else found.terms(found.terms_text)
    made = actions.draft_campaign(
        campaign=found,
        shop=found.shop,
        market=found.market,
        title=asked.title or found.title,
        text=terms.text,
        terms=terms,
        products=list(found.products.all()) if products is None else products,
        places=asked.places if "places" in asked.model_fields_set else found.places,
        signup_ends_at=asked.signup_ends_at or found.signup_ends_at,
        user=anybody(request).user,
        now=now(),
    )
    return told(made)


def steps_of(auth: KeyAuth) -> tuple[Move, ...]:
    """What can be done with a campaign, by these keys."""
    return (
        Move("open", "Show it to creators and let them sign up.", actions.open_signup, auth),
        Move("close", "Nobody signs up any more; selecting goes on.", actions.close_signup, auth),
        Move(
            "cancel", "End it; what was agreed with those selected goes on.",
            actions.cancel_campaign, auth,
        ),
    )  # fmt: skip


offer_moves(
    router,
    Kind(
        "campaign", "campaigns/{campaign_id}",
        lambda request, campaign_id: own_campaign(seller_of(request), campaign_id),
        lambda _, one: told(one), CampaignTold,
    ),
    steps_of(WRITES),
)  # fmt: skip


@router.get("campaigns/{campaign_id}/applications", response=Page[ApplicationTold], auth=READS)
def applications(
    request: HttpRequest, campaign_id: str, piece: AskedPiece
) -> Page[ApplicationTold]:
    """Who signed up, who came last first."""
    seller = seller_of(request)
    found = get_object_or_404(campaigns_of(seller.workspace), pk=campaign_id)
    rows = applications_to(found, seller.workspace)
    return page_of(rows, piece, application_told, by=("-applied_at", "-pk"))


@router.post("campaigns/{campaign_id}/apply", response={201: ApplicationTold}, auth=PROMOTER_WRITES)
@once
def apply_to_campaign(request: HttpRequest, campaign_id: str, asked: SignUp) -> ApplicationTold:
    """Sign up as a creator."""
    creator = promoter_of(request).creator
    found = get_object_or_404(campaigns_for(creator, now=now()), pk=campaign_id)
    made = actions.apply(campaign=found, creator=creator, message=asked.message, now=now())
    return application_told(made)


def _own_application(request: HttpRequest, application_id: str) -> Application:
    return get_object_or_404(Application, creator=promoter_of(request).creator, pk=application_id)


offer_moves(
    router,
    Kind(
        "application", "applications/{application_id}", _own_application,
        lambda _, one: application_told(one), ApplicationTold,
    ),
    (
        Move(
            "withdraw", "Take one's own sign-up back; one may sign up again.",
            actions.withdraw_application, PROMOTER_WRITES, hands={},
            logs="application.withdraw",
        ),
    ),
)  # fmt: skip


def _decidable(seller: Seller, application_id: str) -> Application:
    return get_object_or_404(applications_for(seller.workspace), pk=application_id)


def _to_own_campaign(request: HttpRequest, application_id: str) -> Application:
    """A sign-up to a campaign of the company's; the operator's are only selected from.

    Raises:
        Http404: there is none of this id.
    """
    found = _decidable(seller_of(request), application_id)
    if found.campaign.shop is None:
        raise Http404
    return found


@router.post("applications/{application_id}/select", response=NegotiationTold, auth=WRITES)
@once
def select_application(
    request: HttpRequest, application_id: str, asked: Selection
) -> NegotiationTold:
    """Select a creator: on the campaign's terms the collaboration begins at once."""
    seller = seller_of(request)
    found = _decidable(seller, application_id)
    shop = found.campaign.shop or own_shop(seller, asked.shop_id)
    talk = actions.select_application(
        application=found,
        shop=shop,
        user=seller.user,
        products=own_products(seller, list(asked.product_ids)),
        terms=asked.terms.terms(shop.currency) if asked.terms else None,
        message=asked.message,
        now=now(),
    )
    return talk_told(own_talk(request, talk.pk), Offer.Side.SELLER)


offer_moves(
    router,
    Kind(
        "application", "applications/{application_id}", _to_own_campaign,
        lambda _, one: application_told(one), ApplicationTold,
    ),
    (
        Move(
            "decline", "Say no to a sign-up; `reconsider` undoes it.",
            actions.decline_application, WRITES,
        ),
        Move(
            "reconsider", "Undo a decline.", actions.reconsider_application, WRITES, hands={},
            logs="application.reconsider",
        ),
    ),
)  # fmt: skip
