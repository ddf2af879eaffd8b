"""What a creator is offered: invitations and negotiations, theirs alone."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.recruiting.actions import (
    accept_invitation,
    counter_invitation,
    decline_invitation,
)
from linkstar.recruiting.models import Invitation, Negotiation
from linkstar.recruiting.queries import invitations_for, negotiations_with
from linkstar.recruiting.rules import state_at
from linkstar.web.access import creators_only
from linkstar.web.middleware import now
from linkstar.web.recruiting.creator_profile import creator_of
from linkstar.web.recruiting.forms import OfferForm, said
from linkstar.web.recruiting.negotiating import (
    CREATOR,
    collaboration_of,
    take,
    talk_line,
    talk_of,
    write_counter,
)
from linkstar.web.recruiting.words import REFUSED, attempt, refusal
from linkstar.web.requests import WorkspaceRequest

LISTED = 100


@creators_only
@require_GET
def offers(request: WorkspaceRequest) -> HttpResponse:
    creator = creator_of(request)
    at = now()
    found = invitations_for(creator).exclude(state=Invitation.State.WITHDRAWN)[:LISTED]
    invitations = [
        (one, state_at("invitation", one.state, one.expires_at, now=at))
        for one in found
        if getattr(one, "negotiation", None) is None
    ]
    talks = [talk_line(one, CREATOR) for one in negotiations_with(creator)[:LISTED]]
    context = {
        "creator": creator,
        "waiting": [pair for pair in invitations if pair[1] == Invitation.State.SENT],
        "past": [pair for pair in invitations if pair[1] != Invitation.State.SENT],
        "talks": talks,
        "now": at,
    }
    return render(request, "web/recruiting/creator/offers.html", context)


def own_invitation(request: WorkspaceRequest, invited_id: str) -> Invitation:
    return get_object_or_404(invitations_for(creator_of(request)), pk=invited_id)


@creators_only
@require_GET
def invitation(request: WorkspaceRequest, invited_id: str) -> HttpResponse:
    found = own_invitation(request, invited_id)
    at = now()
    context = {
        "invitation": found,
        "state": state_at("invitation", found.state, found.expires_at, now=at),
        "negotiation": getattr(found, "negotiation", None),
        "now": at,
    }
    return render(request, "web/recruiting/creator/invitation.html", context)


@creators_only
@require_POST
def answer(request: WorkspaceRequest, invited_id: str, verb: str) -> HttpResponse:
    """Accept the terms as they are, or decline."""
    found, creator = own_invitation(request, invited_id), creator_of(request)
    if verb == "accept":
        attempt(
            request,
            lambda: accept_invitation(
                invitation=found, creator=creator, user=request.user, now=now()
            ),
            _("Agreed. The collaboration has begun."),
        )
    elif verb == "decline":
        attempt(
            request,
            lambda: decline_invitation(invitation=found, creator=creator, now=now()),
            _("Declined. The shop is told."),
        )
    else:
        raise Http404
    talk = Negotiation.objects.filter(invitation=found, creator=creator).first()
    return _agreed(talk) or redirect("creator_invitation", invited_id=found.pk)


def _agreed(talk: Negotiation | None) -> HttpResponse | None:
    """On to the agreement, when the talk led to one."""
    made = collaboration_of(talk) if talk else None
    return redirect("own_collaboration", collaboration_id=made.pk) if made else None


@creators_only
@require_http_methods(["GET", "POST"])
def counter_to_invitation(request: WorkspaceRequest, invited_id: str) -> HttpResponse:
    found, creator = own_invitation(request, invited_id), creator_of(request)
    form = OfferForm(request.POST or None, currency=found.currency, initial=said(found))
    if request.method == "POST" and form.is_valid():
        try:
            talk = counter_invitation(
                invitation=found,
                creator=creator,
                terms=form.terms(),
                message=form.cleaned_data["message"],
                user=request.user,
                now=now(),
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            return redirect("creator_offer", negotiation_id=talk.pk)
    context = {
        "form": form,
        "title": _("Propose other terms"),
        "about": found.shop.name,
        "back": f"/creator/invitations/{found.pk}/",
        "back_name": found.shop.name,
        "button": _("Make this offer"),
    }
    return render(request, "web/recruiting/form.html", context)


def own_talk(request: WorkspaceRequest, negotiation_id: str) -> Negotiation:
    return get_object_or_404(negotiations_with(creator_of(request)), pk=negotiation_id)


@creators_only
@require_GET
def offer(request: WorkspaceRequest, negotiation_id: str) -> HttpResponse:
    found = own_talk(request, negotiation_id)
    return render(request, "web/recruiting/creator/offer.html", talk_of(found, CREATOR))


@creators_only
@require_POST
def step(request: WorkspaceRequest, negotiation_id: str, verb: str) -> HttpResponse:
    found = own_talk(request, negotiation_id)
    take(request, found, verb, CREATOR)
    return _agreed(found) or redirect("creator_offer", negotiation_id=found.pk)


@creators_only
@require_http_methods(["GET", "POST"])
def counter(request: WorkspaceRequest, negotiation_id: str) -> HttpResponse:
    found = own_talk(request, negotiation_id)
    return write_counter(request, found, CREATOR, f"/creator/offers/{found.pk}/", found.shop.name)
