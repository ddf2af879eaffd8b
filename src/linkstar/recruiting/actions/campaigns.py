"""Campaigns: opened, signed up to, selected from."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.accounts.notifying import notify, writers_of
from linkstar.catalog.market_rules import market_named
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import check_may_promote
from linkstar.collaborations.rules import Terms, TermsRefused, check_terms
from linkstar.creators.models import Creator
from linkstar.plans.rules import Kind
from linkstar.recruiting.actions.negotiating import accept_offer, propose
from linkstar.recruiting.actions.telling import tell_creator
from linkstar.recruiting.models import Application, Campaign, Negotiation, Offer, fields_of
from linkstar.recruiting.rates import check_market, check_rate
from linkstar.recruiting.rules import SignupOver, after, check_places

CREATOR_PAGE = "/creator/campaigns/{}/"
SELLER_PAGE = "/recruiting/campaigns/{}/"
OPERATOR_PAGE = "/operator/campaigns/{}/"


class CreatorNotVerified(ValueError):
    """Only verified creators sign up."""


class AlreadyApplied(ValueError):
    """The creator has signed up to this campaign."""


@transaction.atomic
def draft_campaign(
    *,
    title: str,
    text: str,
    terms: Terms,
    signup_ends_at: datetime,
    now: datetime,
    user: User | None,
    shop: Shop | None = None,
    market: str = "US",
    products: Sequence[Product] = (),
    places: int | None = None,
    campaign: Campaign | None = None,
) -> Campaign:
    """A campaign nobody sees yet, or a draft changed. Without a shop it is the operator's.

    Raises:
        MarketUnknown: no shop can be on this market.
        TermsRefused: the terms cannot stand, sign-up ends after the campaign, a shop's campaign
            names no product or one of another shop.
        RateRefused: the market does not allow the rate.
        NotNow: it is no draft any more: what creators signed up to is not changed.
    """
    check_terms(terms, currency=shop.currency if shop else market_named(market).currency)
    if signup_ends_at <= now or signup_ends_at.date() >= terms.ends_before:
        raise TermsRefused("signup_outside_campaign")
    if shop is not None:
        check_rate(shop, terms.rate_bps, now=now, kind=Kind.CAMPAIGN)
        if not products:
            raise TermsRefused("no_product")
        if any(product.shop_id != shop.pk for product in products):
            raise TermsRefused("product_of_another_shop")
    is_new = campaign is None
    if campaign is None:
        campaign = Campaign(shop=shop, created_by=user, created_at=now)
    else:
        campaign = _locked(campaign)
        after("campaign", campaign.state, "open" if campaign.state == "draft" else "edit")
    campaign.title, campaign.terms_text = title.strip(), text.strip()
    campaign.market = shop.market if shop else market
    campaign.places, campaign.signup_ends_at = places, signup_ends_at
    for name, value in fields_of(terms).items():
        setattr(campaign, name, value)
    campaign.save()
    campaign.products.set(products)
    record(
        workspace=shop.workspace if shop else None,
        user=user,
        verb="campaign.drafted" if is_new else "campaign.redrafted",
        target=campaign.pk,
        now=now,
    )
    return campaign


@transaction.atomic
def open_signup(*, campaign: Campaign, user: User, now: datetime) -> Campaign:
    """Show it to creators and let them sign up.

    Raises:
        NotNow: it is open or cancelled.
        SignupOver: the day its sign-up ends has passed.
        ShopHeld: its shop is not qualified, or LinkStar is off.
        MarketWithoutClocks: nothing could be agreed on its market.
    """
    found = _locked(campaign)
    if found.shop is not None:
        check_may_promote(found.shop, now=now)
    check_market(found.market, now=now)
    if found.signup_ends_at <= now:
        raise SignupOver
    return _moved(found, "open", user=user, now=now)


@transaction.atomic
def close_signup(*, campaign: Campaign, user: User | None, now: datetime) -> Campaign:
    """Nobody signs up any more; selecting goes on. Closed by the clock, its people are told.

    Raises:
        NotNow: it is not open.
    """
    found = _moved(_locked(campaign), "close", user=user, now=now)
    if user is None:
        waiting = found.applications.filter(state=Application.State.APPLIED).count()
        _tell_organisers(found, "campaign.closed", now=now, waiting=str(waiting))
    return found


@transaction.atomic
def cancel_campaign(*, campaign: Campaign, user: User, now: datetime) -> Campaign:
    """End it. Who waited is told; what was agreed with those selected goes on.

    Raises:
        NotNow: it was cancelled before.
    """
    found = _moved(_locked(campaign), "cancel", user=user, now=now)
    waiting = found.applications.filter(state=Application.State.APPLIED).select_related("creator")
    for application in waiting:
        _decide(application, "decline", now=now)
        tell_creator(
            application.creator,
            "campaign.cancelled",
            now=now,
            address=CREATOR_PAGE.format(found.pk),
            campaign=found.title,
        )
    return found


@transaction.atomic
def apply(*, campaign: Campaign, creator: Creator, now: datetime, message: str = "") -> Application:
    """Sign up.

    Raises:
        CreatorNotVerified: the creator is not verified, or suspended.
        SignupOver: it is not open, or its time ran out.
        AlreadyApplied: they did.
        ShopHeld: its shop is not qualified any more, or LinkStar is off.
    """
    found = _locked(campaign)
    if found.shop is not None:
        check_may_promote(found.shop, now=now)
    if creator.state != Creator.State.VERIFIED or creator.workspace_id is not None:
        raise CreatorNotVerified
    if found.state != Campaign.State.OPEN or now >= found.signup_ends_at:
        raise SignupOver
    running = Application.objects.filter(campaign=found, creator=creator)
    if running.exclude(state=Application.State.WITHDRAWN).exists():
        raise AlreadyApplied
    made = Application.objects.create(
        campaign=found, creator=creator, message=message.strip(), applied_at=now
    )
    _tell_organisers(found, "application.received", now=now, creator=str(creator))
    return made


@transaction.atomic
def withdraw_application(*, application: Application, now: datetime) -> Application:
    """The creator takes the sign-up back; they may sign up again.

    Raises:
        NotNow: it was decided.
    """
    found = _decide(_locked_application(application), "withdraw", now=now)
    who = str(found.creator)
    _tell_organisers(found.campaign, "application.withdrawn", now=now, creator=who)
    return found


@transaction.atomic
def select_application(
    *,
    application: Application,
    shop: Shop,
    user: User,
    now: datetime,
    products: Sequence[Product] = (),
    terms: Terms | None = None,
    message: str = "",
) -> Negotiation:
    """Select a creator: on the campaign's terms the collaboration begins, on others they are asked.

    The campaign is locked, so that the last place is given away once and of two shops the first
    one gets the creator.

    Raises:
        NotNow: it was decided before, or withdrawn.
        PlacesTaken: no place is left.
        CreatorNotVerified: the creator was suspended meanwhile.
        TermsRefused: the shop sells on another market than the campaign is for.
        TermsRefused, RateRefused: the terms cannot stand.
    """
    campaign = _locked(application.campaign)
    found = _locked_application(application)
    after("application", found.state, "select")
    if shop.market != campaign.market:
        raise TermsRefused("shop_of_another_market")
    if found.creator.state != Creator.State.VERIFIED:
        raise CreatorNotVerified
    selected = campaign.applications.filter(state=Application.State.SELECTED)
    check_places(selected=selected.count(), places=campaign.places)
    _decide(found, "select", now=now, shop=shop)
    is_on_campaign_terms = terms is None
    negotiation = propose(
        shop=shop,
        creator=found.creator,
        products=list(products or campaign.products.all()),
        terms=terms or campaign.terms(campaign.terms_text),
        message=message or campaign.terms_text,
        application=found,
        user=user,
        now=now,
        is_told=not is_on_campaign_terms,
    )
    if is_on_campaign_terms:
        accept_offer(
            negotiation=negotiation,
            number=1,
            side=Offer.Side.CREATOR,
            user=found.creator.user,
            now=now,
            is_told=False,
        )
        tell_creator(
            found.creator,
            "application.selected",
            now=now,
            address=CREATOR_PAGE.format(campaign.pk),
            shop=shop.name,
            campaign=campaign.title,
        )
    record(
        workspace=shop.workspace,
        user=user,
        verb="application.selected",
        target=found.pk,
        now=now,
    )
    return negotiation


@transaction.atomic
def decline_application(*, application: Application, user: User, now: datetime) -> Application:
    """Say no to a sign-up; `reconsider_application` undoes it.

    Raises:
        NotNow: it was decided before, or withdrawn.
    """
    found = _decide(_locked_application(application), "decline", now=now)
    shop = found.campaign.shop
    record(
        workspace=shop.workspace if shop else None,
        user=user,
        verb="application.declined",
        target=found.pk,
        now=now,
    )
    tell_creator(
        found.creator,
        "application.declined",
        now=now,
        address=CREATOR_PAGE.format(found.campaign_id),
        campaign=found.campaign.title,
    )
    return found


@transaction.atomic
def reconsider_application(*, application: Application, now: datetime) -> Application:
    """Undo a decline: the creator waits for selection again.

    Raises:
        NotNow: it was not declined.
        SignupOver: the campaign was cancelled.
    """
    found = _locked_application(application)
    if found.campaign.state == Campaign.State.CANCELLED:
        raise SignupOver
    return _decide(found, "reconsider", now=now)


def _tell_organisers(campaign: Campaign, code: str, *, now: datetime, **params: str) -> None:
    """Tell the people of the campaign's shop, or the operators of one for all shops."""
    workspace = campaign.shop.workspace if campaign.shop else None
    operators = User.objects.filter(is_operator=True, is_active=True)
    page = SELLER_PAGE if workspace else OPERATOR_PAGE
    notify(
        users=writers_of(workspace) if workspace else operators,
        code=code,
        now=now,
        address=page.format(campaign.pk),
        workspace=workspace,
        campaign=campaign.title,
        **params,
    )


def _locked(campaign: Campaign) -> Campaign:
    found = Campaign.objects.select_for_update(of=("self",))
    return found.select_related("shop__workspace").get(pk=campaign.pk)


def _locked_application(application: Application) -> Application:
    found = Application.objects.select_for_update(of=("self",))
    return found.select_related("campaign__shop__workspace", "creator__user").get(pk=application.pk)


def _moved(campaign: Campaign, event: str, *, user: User | None, now: datetime) -> Campaign:
    campaign.state = after("campaign", campaign.state, event)
    campaign.save(update_fields=["state"])
    record(
        workspace=campaign.shop.workspace if campaign.shop else None,
        user=user,
        verb=f"campaign.{event}",
        target=campaign.pk,
        now=now,
    )
    return campaign


def _decide(
    application: Application, event: str, *, now: datetime, shop: Shop | None = None
) -> Application:
    application.state = after("application", application.state, event)
    is_open = application.state == Application.State.APPLIED
    application.decided_at = None if is_open else now
    application.shop = shop
    application.save(update_fields=["state", "decided_at", "shop"])
    return application
