"""A shop's campaigns, and the operator's that its shops may select from."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.catalog.models import Shop
from linkstar.recruiting.actions import (
    cancel_campaign,
    close_signup,
    decline_application,
    draft_campaign,
    open_signup,
    reconsider_application,
    select_application,
)
from linkstar.recruiting.models import Application, Campaign
from linkstar.recruiting.queries import applications_for, applications_to, campaigns_of
from linkstar.web.access import writers_only
from linkstar.web.middleware import now
from linkstar.web.recruiting.finding import lines_of
from linkstar.web.recruiting.forms import CampaignForm, SelectForm, said
from linkstar.web.recruiting.words import REFUSED, attempt, refusal
from linkstar.web.requests import WorkspaceRequest, zone_of
from linkstar.web.tracking import chosen_shop

STEPS = {"open": open_signup, "close": close_signup, "cancel": cancel_campaign}
FORM = "web/recruiting/form.html"
PAGES = "/recruiting/campaigns/"


def done_words(verb: str) -> str:
    return {
        "open": _("The campaign is open for sign-up."),
        "close": _("Nobody can sign up any more; you can still select."),
        "cancel": _("The campaign is cancelled. What was agreed goes on."),
    }[verb]


@require_GET
def campaigns(request: WorkspaceRequest) -> HttpResponse:
    context = {"campaigns": campaigns_of(request.workspace), "now": now()}
    return render(request, "web/recruiting/campaigns.html", context)


@require_GET
def campaign(request: WorkspaceRequest, campaign_id: str) -> HttpResponse:
    found = get_object_or_404(campaigns_of(request.workspace), pk=campaign_id)
    applications = list(applications_to(found, request.workspace))
    lines, _axis = lines_of(request, [one.creator for one in applications], {})
    context = {
        "campaign": found,
        "signed_up": list(zip(applications, lines, strict=True)),
        "is_own": found.shop is not None,
        "now": now(),
    }
    return render(request, "web/recruiting/campaign.html", context)


@writers_only
@require_http_methods(["GET", "POST"])
def new_campaign(request: WorkspaceRequest) -> HttpResponse:
    return write_campaign(request, chosen_shop(request), None, PAGES)


@writers_only
@require_http_methods(["GET", "POST"])
def edit_campaign(request: WorkspaceRequest, campaign_id: str) -> HttpResponse:
    found = get_object_or_404(own_campaigns(request), pk=campaign_id)
    assert found.shop is not None, "own campaigns are of a shop"
    return write_campaign(request, found.shop, found, PAGES)


def own_campaigns(request: WorkspaceRequest) -> Any:
    return Campaign.objects.filter(shop__workspace=request.workspace).select_related("shop")


def write_campaign(
    request: WorkspaceRequest, shop: Shop | None, found: Campaign | None, pages: str
) -> HttpResponse:
    """A new campaign or a draft changed; without a shop it is the operator's, for all shops."""
    form = CampaignForm(request.POST or None, shop=shop, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = draft_campaign(
                campaign=found,
                title=given["title"],
                text=given["text"],
                terms=form.terms(),
                products=list(given.get("products", [])),
                market=given.get("market", "US"),
                places=given["places"],
                signup_ends_at=form.signup_ends_at(shop.zone if shop else zone_of(request)),
                shop=shop,
                user=request.user,
                now=now(),
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            return redirect(f"{pages}{made.pk}/")
    context = {
        "form": form,
        "title": _("Change the campaign") if found else _("New campaign"),
        "about": shop.name if shop else _("For all shops of the market"),
        "back": pages,
        "back_name": _("Campaigns"),
        "button": _("Save as a draft"),
    }
    return render(request, FORM, context)


def initial_of(found: Campaign | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        **said(found),
        "title": found.title,
        "text": found.terms_text,
        "products": found.products.all(),
        "places": found.places,
        "market": found.market,
        "signup_last_on": (found.signup_ends_at - timedelta(seconds=1)).date(),
    }


@writers_only
@require_POST
def step(request: WorkspaceRequest, campaign_id: str, verb: str) -> HttpResponse:
    """Open, close or cancel."""
    found = get_object_or_404(own_campaigns(request), pk=campaign_id)
    act = STEPS.get(verb)
    if act is None:
        raise Http404
    attempt(request, lambda: act(campaign=found, user=request.user, now=now()), done_words(verb))
    return redirect("campaign", campaign_id=found.pk)


def application_of(request: WorkspaceRequest, application_id: str) -> Application:
    """A sign-up this workspace may decide: to its own campaign, or one of the operator's.

    Raises:
        Http404: it may not.
    """
    return get_object_or_404(applications_for(request.workspace), pk=application_id)


@writers_only
@require_POST
def decide(request: WorkspaceRequest, application_id: str, verb: str) -> HttpResponse:
    """Decline a sign-up to one's own campaign, or undo that."""
    found = application_of(request, application_id)
    if found.campaign.shop is None:
        raise Http404
    if verb == "decline":
        attempt(
            request,
            lambda: decline_application(application=found, user=request.user, now=now()),
            _("Declined. You can undo that until the campaign ends."),
        )
    elif verb == "reconsider":
        attempt(
            request,
            lambda: reconsider_application(application=found, now=now()),
            _("The sign-up waits for a decision again."),
        )
    else:
        raise Http404
    return redirect("campaign", campaign_id=found.campaign_id)


@writers_only
@require_POST
def select(request: WorkspaceRequest, application_id: str) -> HttpResponse:
    """Select on the campaign's own terms: the collaboration begins."""
    found = application_of(request, application_id)
    if found.campaign.shop is None:
        return redirect("select_on_terms", application_id=found.pk)
    shop = found.campaign.shop
    attempt(
        request,
        lambda: select_application(application=found, shop=shop, user=request.user, now=now()),
        _("Selected. The collaboration has begun."),
    )
    return redirect("campaign", campaign_id=found.campaign_id)


def shop_for(request: WorkspaceRequest, campaign: Campaign) -> Shop:
    """The shop looked at if it sells on the market of an operator's campaign, else one that does.

    Raises:
        Http404: none does.
    """
    for shop in (*request.shops, *request.all_shops):
        if shop.market == campaign.market:
            return shop
    raise Http404


@writers_only
@require_http_methods(["GET", "POST"])
def select_on_terms(request: WorkspaceRequest, application_id: str) -> HttpResponse:
    """Select on other terms, which the creator is asked about; or into an operator's campaign."""
    found = application_of(request, application_id)
    campaign = found.campaign
    shop = campaign.shop or shop_for(request, campaign)
    start = {**said(campaign), "products": campaign.products.all()}
    form = SelectForm(request.POST or None, shop=shop, initial=start)
    if request.method == "POST" and form.is_valid():
        terms = form.terms(campaign.terms_text)
        is_same = terms == campaign.terms(campaign.terms_text)
        try:
            negotiation = select_application(
                application=found,
                shop=shop,
                user=request.user,
                products=list(form.cleaned_data["products"]),
                terms=None if is_same else terms,
                message=form.cleaned_data["message"],
                now=now(),
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            messages.success(
                request,
                _("Selected. The collaboration has begun.")
                if is_same
                else _("Selected. The creator is asked about these terms."),
            )
            return redirect("negotiation", negotiation_id=negotiation.pk)
    context = {
        "form": form,
        "title": _("Select %(creator)s") % {"creator": found.creator},
        "about": f"{campaign.title} · {shop.name}",
        "back": f"/recruiting/campaigns/{campaign.pk}/",
        "back_name": campaign.title,
        "button": _("Select"),
    }
    return render(request, FORM, context)
