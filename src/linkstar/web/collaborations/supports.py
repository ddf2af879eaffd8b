"""Shooting support on both sides: asked for by the creator, promised and given by the shop."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linkstar.collaborations import actions
from linkstar.collaborations.models import Support
from linkstar.money.amounts import Money
from linkstar.web.access import creators_only, writers_only
from linkstar.web.collaborations.forms import ReasonForm, SupportCostForm, SupportForm
from linkstar.web.collaborations.sides import (
    Side,
    attempt,
    own_agreement,
    own_agreements,
    page_of,
)
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

_ACTS: Mapping[str, Callable[..., object]] = {
    "approve": actions.approve_support,
    "reject": actions.reject_support,
    "provide": actions.provide_support,
}
"""What a shop does with a request."""


@creators_only
@require_POST
def ask_for_support(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = own_agreement(request, collaboration_id)
    form = SupportForm(request.POST)
    if not form.is_valid():
        return page_of(request, Side.CREATOR, shown, support_form=form, status=422)
    return attempt(
        request,
        Side.CREATOR,
        shown,
        lambda: actions.request_support(
            collaboration=shown, now=now(), user=request.user, **form.cleaned_data
        ),
    )


@creators_only
@require_POST
def withdraw_own_support(request: WorkspaceRequest, support_id: str) -> HttpResponse:
    support = get_object_or_404(
        Support.objects.select_related("collaboration__shop"),
        collaboration__in=own_agreements(request),
        id=support_id,
    )
    return attempt(
        request,
        Side.CREATOR,
        support.collaboration,
        lambda: actions.withdraw_support(support=support, now=now(), user=request.user),
    )


@writers_only
@require_POST
def act_on_support(request: WorkspaceRequest, support_id: str, verb: str) -> HttpResponse:
    """Promise it with its cost, say no with a reason, or say that it was given."""
    support = get_object_or_404(
        Support.objects.select_related("collaboration__shop"),
        collaboration__shop__workspace=request.workspace,
        id=support_id,
    )
    said = {"support": support, "now": now(), "user": request.user}
    if verb == "approve":
        costs = SupportCostForm(request.POST)
        if not costs.is_valid():
            messages.error(request, _("Say what it costs you; 0 if nothing."))
            return redirect("collaboration", collaboration_id=support.collaboration_id)
        said["cost"] = Money.of(costs.cleaned_data["cost"], support.currency)
    if verb == "reject":
        reasons = ReasonForm(request.POST)
        if not reasons.is_valid():
            messages.error(request, _("Say why, so that the creator knows what to do."))
            return redirect("collaboration", collaboration_id=support.collaboration_id)
        said["reason"] = reasons.cleaned_data["reason"]
    logged = f"support.{verb}", support.id
    shown = support.collaboration
    return attempt(request, Side.SHOP, shown, lambda: _ACTS[verb](**said), logged=logged)
