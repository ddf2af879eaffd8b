"""Negotiations as both sides see them: every offer, whose turn it is, and the clock."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.collaborations.models import Collaboration
from linkstar.recruiting.actions import (
    accept_offer,
    counter_offer,
    decline_negotiation,
    withdraw_negotiation,
)
from linkstar.recruiting.models import Negotiation
from linkstar.recruiting.queries import negotiations_of
from linkstar.recruiting.rules import state_at
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.recruiting.forms import OfferForm, said
from linkstar.web.recruiting.records import number_in
from linkstar.web.recruiting.words import REFUSED, attempt, refusal
from linkstar.web.requests import WorkspaceRequest

PER_PAGE = 50
SELLER, CREATOR = "seller", "creator"


def talk_of(negotiation: Negotiation, side: str) -> dict[str, Any]:
    """What a page about a negotiation shows to one side."""
    offers = list(negotiation.offers.order_by("number").select_related("made_by"))
    at = now()
    newest = offers[-1]
    state = state_at("negotiation", negotiation.state, newest.expires_at, now=at)
    is_open = state == Negotiation.State.OPEN
    return {
        "negotiation": negotiation,
        "offers": list(zip(offers, [None, *offers], strict=False))[::-1],
        "newest": newest,
        "state": state,
        "is_open": is_open,
        "is_own_turn": is_open and newest.side != side,
        "own_side": side,
        "collaboration": collaboration_of(negotiation),
        "products": negotiation.products.all(),
        "now": at,
    }


@require_GET
def negotiations(request: WorkspaceRequest) -> HttpResponse:
    found = negotiations_of(request.workspace).filter(shop__in=request.shops)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = [talk_line(one, SELLER) for one in page]
    return render(request, "web/recruiting/negotiations.html", {"page": page, "shown": shown})


def talk_line(negotiation: Negotiation, side: str) -> dict[str, Any]:
    """One line of a list of negotiations."""
    at = now()
    newest = max(negotiation.offers.all(), key=lambda offer: offer.number)
    state = state_at("negotiation", negotiation.state, newest.expires_at, now=at)
    is_open = state == Negotiation.State.OPEN
    return {
        "negotiation": negotiation,
        "newest": newest,
        "state": state,
        "is_open": is_open,
        "is_own_turn": is_open and newest.side != side,
        "now": at,
    }


def own(request: WorkspaceRequest, negotiation_id: str) -> Negotiation:
    return get_object_or_404(negotiations_of(request.workspace), pk=negotiation_id)


@require_GET
def negotiation(request: WorkspaceRequest, negotiation_id: str) -> HttpResponse:
    found = own(request, negotiation_id)
    return render(request, "web/recruiting/negotiation.html", talk_of(found, SELLER))


@writers_only
@require_POST
def step(request: WorkspaceRequest, negotiation_id: str, verb: str) -> HttpResponse:
    """Accept the open offer, end the talk, or take one's own offer back."""
    found = own(request, negotiation_id)
    if take(request, found, verb, SELLER):
        log(request, f"negotiation.{verb}", found.pk)
    if made := collaboration_of(found):
        return redirect("collaboration", collaboration_id=made.pk)
    return redirect("negotiation", negotiation_id=found.pk)


def collaboration_of(negotiation: Negotiation) -> Collaboration | None:
    """The agreement a negotiation led to."""
    return Collaboration.objects.filter(negotiation_id=negotiation.pk).first()


def take(request: WorkspaceRequest, found: Negotiation, verb: str, side: str) -> bool:
    """Do one step for one side; whether it was done.

    Raises:
        Http404: there is no such step.
    """
    steps = steps_for(request, found, side)
    if verb not in steps:
        raise Http404
    act, done = steps[verb]
    return attempt(request, act, done)


def steps_for(
    request: WorkspaceRequest, found: Negotiation, side: str
) -> dict[str, tuple[Callable[[], object], str]]:
    """What one side may do, and what is said when it is done."""
    number = number_in(request.POST.get("number", ""))
    about: dict[str, Any] = {"negotiation": found, "side": side, "now": now()}
    return {
        "accept": (
            lambda: accept_offer(number=number, user=request.user, **about),
            _("Agreed. The collaboration has begun."),
        ),
        "decline": (
            lambda: decline_negotiation(user=request.user, **about),
            _("The negotiation is ended."),
        ),
        "withdraw": (
            lambda: withdraw_negotiation(number=number, **about),
            _("Your offer is taken back and the negotiation is ended."),
        ),
    }


@writers_only
@require_http_methods(["GET", "POST"])
def counter(request: WorkspaceRequest, negotiation_id: str) -> HttpResponse:
    found = own(request, negotiation_id)
    back = f"/recruiting/negotiations/{found.pk}/"
    return write_counter(request, found, SELLER, back, str(found.creator))


def write_counter(
    request: WorkspaceRequest, found: Negotiation, side: str, back: str, other: str
) -> HttpResponse:
    """Write a counter-offer; the form starts from what the other side proposed."""
    newest = found.offers.latest("number")
    form = OfferForm(request.POST or None, currency=newest.currency, initial=said(newest))
    if request.method == "POST" and form.is_valid():
        try:
            counter_offer(
                negotiation=found,
                number=number_in(request.GET.get("number", "")) or newest.number,
                side=side,
                terms=form.terms(),
                message=form.cleaned_data["message"],
                user=request.user,
                now=now(),
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            messages.success(request, _("Your offer is made. The other side is told."))
            return redirect(back)
    context = {
        "form": form,
        "title": _("Counter-offer"),
        "about": other,
        "back": back,
        "back_name": other,
        "button": _("Make this offer"),
    }
    return render(request, "web/recruiting/form.html", context)
