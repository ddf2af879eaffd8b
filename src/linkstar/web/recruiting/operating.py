"""The operator's side: verifying creators, and campaigns for all shops of a market."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.creators.actions import reinstate, return_creator, suspend, verify
from linkstar.creators.models import Creator
from linkstar.creators.queries import waiting_for_verification
from linkstar.creators.rules import HowVerified
from linkstar.recruiting.models import Campaign
from linkstar.recruiting.queries import applications_to, operator_campaigns
from linkstar.web.access import operators_only
from linkstar.web.middleware import now
from linkstar.web.recruiting.campaigns import STEPS, done_words, write_campaign
from linkstar.web.recruiting.words import attempt
from linkstar.web.requests import WorkspaceRequest, zone_of

PER_PAGE = 50
PAGES = "/operator/campaigns/"


@operators_only
@require_GET
def queue(request: WorkspaceRequest) -> HttpResponse:
    """Who waits for verification, and who was verified or suspended."""
    text = request.GET.get("q", "").strip().lstrip("@")[:120]
    decided = Creator.objects.filter(workspace=None).exclude(state__in=["draft", "pending"])
    if text:
        decided = decided.filter(handle__icontains=text)
    page = Paginator(decided.order_by("handle", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": waiting_for_verification(),
        "page": page,
        "text": text,
        "zone": zone_of(request),
    }
    return render(request, "web/recruiting/operator/creators.html", context)


@operators_only
@require_GET
def one(request: WorkspaceRequest, profile_id: str) -> HttpResponse:
    found = signed_up(profile_id)
    rivals = Creator.objects.filter(workspace=None, handle=found.handle).exclude(pk=found.pk)
    context = {
        "creator": found,
        "channels": found.channels.all(),
        "rivals": rivals.exclude(handle=""),
        "zone": zone_of(request),
    }
    return render(request, "web/recruiting/operator/creator.html", context)


def signed_up(profile_id: str) -> Creator:
    """A creator who signed up; sellers' own records are no business of the operator."""
    found = Creator.objects.filter(workspace=None).exclude(state="draft").select_related("user")
    return get_object_or_404(found, pk=profile_id)


@operators_only
@require_POST
def decide(request: WorkspaceRequest, profile_id: str, verb: str) -> HttpResponse:
    """Verify, return, suspend or reinstate; what is refused needs a reason in words."""
    found = signed_up(profile_id)
    reason = request.POST.get("reason", "").strip()[:2_000]
    if verb in {"return", "suspend"} and not reason:
        messages.error(request, _("Give a reason: the creator has to know what to change."))
        return redirect("verify_creator", profile_id=found.pk)
    act = decision(request, found, verb, reason)
    if attempt(request, act, _("Done. The creator is told.")):
        return redirect("verify_creators")
    return redirect("verify_creator", profile_id=found.pk)


def decision(
    request: WorkspaceRequest, found: Creator, verb: str, reason: str
) -> Callable[[], object]:
    """What a button does.

    Raises:
        Http404: there is no such button.
    """
    user, at = request.user, now()
    how = HowVerified.BIO_CODE if request.POST.get("how") == "bio_code" else HowVerified.BY_HAND
    acts: dict[str, Callable[[], object]] = {
        "verify": lambda: verify(creator=found, how=how, user=user, now=at),
        "return": lambda: return_creator(creator=found, reason=reason, user=user, now=at),
        "suspend": lambda: suspend(creator=found, reason=reason, user=user, now=at),
        "reinstate": lambda: reinstate(creator=found, user=user, now=at),
    }
    if verb not in acts:
        raise Http404
    return acts[verb]


@operators_only
@require_GET
def campaigns(request: WorkspaceRequest) -> HttpResponse:
    context = {"campaigns": operator_campaigns(), "now": now(), "zone": zone_of(request)}
    return render(request, "web/recruiting/operator/campaigns.html", context)


@operators_only
@require_GET
def campaign(request: WorkspaceRequest, call_id: str) -> HttpResponse:
    found = get_object_or_404(operator_campaigns(), pk=call_id)
    context = {
        "campaign": found,
        "applications": applications_to(found, None),
        "now": now(),
        "zone": zone_of(request),
    }
    return render(request, "web/recruiting/operator/campaign.html", context)


@operators_only
@require_http_methods(["GET", "POST"])
def new_campaign(request: WorkspaceRequest) -> HttpResponse:
    return write_campaign(request, None, None, PAGES)


@operators_only
@require_http_methods(["GET", "POST"])
def edit_campaign(request: WorkspaceRequest, call_id: str) -> HttpResponse:
    found = get_object_or_404(Campaign, shop=None, pk=call_id)
    return write_campaign(request, None, found, PAGES)


@operators_only
@require_POST
def step(request: WorkspaceRequest, call_id: str, verb: str) -> HttpResponse:
    found = get_object_or_404(Campaign, shop=None, pk=call_id)
    act = STEPS.get(verb)
    if act is None:
        raise Http404
    attempt(request, lambda: act(campaign=found, user=request.user, now=now()), done_words(verb))
    return redirect("operator_campaign", call_id=found.pk)
