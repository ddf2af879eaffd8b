"""Campaigns a creator can sign up to, and where they signed up."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.creators.models import Creator
from linkstar.recruiting.actions import apply, withdraw_application
from linkstar.recruiting.models import Application
from linkstar.recruiting.queries import (
    calling_in,
    campaigns_for,
    categories_called,
    open_campaigns,
)
from linkstar.web.access import creators_only
from linkstar.web.category_names import CategoryNames
from linkstar.web.middleware import now
from linkstar.web.recruiting.creator_profile import creator_of
from linkstar.web.recruiting.words import attempt
from linkstar.web.requests import WorkspaceRequest, zone_of


@creators_only
@require_GET
def campaigns(request: WorkspaceRequest) -> HttpResponse:
    """Campaigns that are open to sign-up, of one category if it is asked for; and one's own."""
    creator = creator_of(request)
    calling = open_campaigns(now=now())
    called, category = categories_called(calling), request.GET.get("category", "")
    if category:
        calling = calling_in(calling, category)
    names = CategoryNames(get_language() or "en")
    names.learn(called)
    own = Application.objects.filter(creator=creator).select_related("campaign__shop")
    context = {
        "creator": creator,
        "categories": [(path, names.full(path)) for path in called],
        "category": category,
        "open": calling.exclude(applications__in=own.exclude(state=Application.State.WITHDRAWN)),
        "own": own.order_by("-applied_at"),
        "now": now(),
    }
    return render(request, "web/recruiting/creator/campaigns.html", context)


@creators_only
@require_GET
def campaign(request: WorkspaceRequest, campaign_id: str) -> HttpResponse:
    creator = creator_of(request)
    at = now()
    found = get_object_or_404(campaigns_for(creator, now=at), pk=campaign_id)
    own = found.applications.filter(creator=creator).order_by("-applied_at").first()
    is_running = own is not None and own.state != Application.State.WITHDRAWN
    context = {
        "campaign": found,
        "own": own,
        "is_running": is_running,
        "may_apply": not is_running and found.state == "open" and at < found.signup_ends_at,
        "is_verified": creator.state == Creator.State.VERIFIED,
        "negotiation": getattr(own, "negotiation", None),
        "zone": found.shop.zone if found.shop else zone_of(request),
        "now": at,
    }
    return render(request, "web/recruiting/creator/campaign.html", context)


@creators_only
@require_POST
def sign_up(request: WorkspaceRequest, campaign_id: str) -> HttpResponse:
    creator = creator_of(request)
    found = get_object_or_404(campaigns_for(creator, now=now()), pk=campaign_id)
    message = request.POST.get("message", "")[:2_000]
    attempt(
        request,
        lambda: apply(campaign=found, creator=creator, message=message, now=now()),
        _("You have signed up. You are told what becomes of it."),
    )
    return redirect("creator_campaign", campaign_id=found.pk)


@creators_only
@require_POST
def take_back(request: WorkspaceRequest, application_id: str) -> HttpResponse:
    found = get_object_or_404(
        Application, creator__user=request.user, creator__workspace=None, pk=application_id
    )
    attempt(
        request,
        lambda: withdraw_application(application=found, now=now()),
        _("Your sign-up is taken back."),
    )
    return redirect("creator_campaigns")
