"""Campaigns for all shops of a market: drafted and opened by an operator's key."""

from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from linkstar.api.calling import OPERATES, OPERATOR_READS
from linkstar.api.campaigns import (
    ApplicationTold,
    CallAsked,
    CallChanges,
    CampaignTold,
    application_told,
    drafted,
    redrafted,
    steps_of,
    told,
)
from linkstar.api.moves import Kind, offer_moves
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Page, Text
from linkstar.catalog.market_rules import market_named
from linkstar.recruiting.models import Campaign
from linkstar.recruiting.queries import applications_to, operator_campaigns

router = Router()


class NewMarketCampaign(CallAsked):
    """A campaign to draft for every shop of a market; shops bring their own products."""

    market: Annotated[Text, Field(min_length=2, max_length=2)] = "US"


def market_campaign_named(request: HttpRequest, call_id: str) -> Campaign:
    """An operator's campaign.

    Raises:
        Http404: there is none of this id.
    """
    del request
    return get_object_or_404(operator_campaigns(), pk=call_id)


@router.get("market-campaigns", response=Page[CampaignTold], auth=OPERATOR_READS)
def market_campaigns(request: HttpRequest, piece: AskedPiece) -> Page[CampaignTold]:
    """Campaigns for all shops of a market, drafts among them; the newest first."""
    del request
    return page_of(operator_campaigns(), piece, told, by=("-created_at", "-pk"))


@router.get("market-campaigns/{call_id}", response=CampaignTold, auth=OPERATOR_READS)
def market_campaign(request: HttpRequest, call_id: str) -> CampaignTold:
    """One of them."""
    return told(market_campaign_named(request, call_id))


@router.get(
    "market-campaigns/{call_id}/applications",
    response=Page[ApplicationTold],
    auth=OPERATOR_READS,
)
def market_campaign_applications(
    request: HttpRequest, call_id: str, piece: AskedPiece
) -> Page[ApplicationTold]:
    """Who signed up, who came last first."""
    rows = applications_to(market_campaign_named(request, call_id), None)
    return page_of(rows, piece, application_told, by=("-applied_at", "-pk"))


@router.post("market-campaigns", response={201: CampaignTold}, auth=OPERATES)
@once
def make_market_campaign(request: HttpRequest, asked: NewMarketCampaign) -> CampaignTold:
    """Draft one; nobody sees it before it is opened."""
    return drafted(request, asked, market_named(asked.market))


@router.patch("market-campaigns/{call_id}", response=CampaignTold, auth=OPERATES)
def change_market_campaign(request: HttpRequest, call_id: str, asked: CallChanges) -> CampaignTold:
    """Say something anew of a draft; what shops and creators have seen is not changed any more."""
    return redrafted(request, market_campaign_named(request, call_id), asked)


offer_moves(
    router,
    Kind(
        "market_campaign", "market-campaigns/{call_id}", market_campaign_named,
        lambda _, one: told(one), CampaignTold, "campaign",
    ),
    steps_of(OPERATES),
)  # fmt: skip
