"""Shooting support on both sides: asked for by the creator, promised and given by the shop."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linkstar.accounts.actions import record
from linkstar.collaborations import actions
from linkstar.collaborations.models import Support
from linkstar.money.amounts import Money
from linkstar.web.access import creators_only, writers_only
from linkstar.web.collaborations.creator import own_agreement, own_agreements, own_page, try_own
from linkstar.web.collaborations.forms import ReasonForm, SupportCostForm, SupportForm
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest


@creators_only
@require_POST
def ask_for_support(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = own_agreement(request, collaboration_id)
    form = SupportForm(request.POST)
    if not form.is_valid():
        return own_page(request, shown, support_form=form, status=422)
    return try_own(
        request,
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
    return try_own(
        request,
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
    try:
        told = _act(request, support, verb)
    except REFUSED as refused:
        messages.error(request, refusal(refused))
    else:
        if told:
            messages.error(request, told)
        else:
            record(
                workspace=request.workspace,
                user=request.user,
                verb=f"support.{verb}",
                target=support.id,
                now=now(),
            )
            messages.success(request, _("Saved."))
    return redirect("collaboration", collaboration_id=support.collaboration_id)


def _act(request: WorkspaceRequest, support: Support, verb: str) -> str:
    """What is still missing, or nothing when it was done."""
    if verb == "provide":
        actions.provide_support(support=support, now=now(), user=request.user)
        return ""
    if verb == "approve":
        costs = SupportCostForm(request.POST)
        if not costs.is_valid():
            return _("Say what it costs you; 0 if nothing.")
        cost = Money.of(costs.cleaned_data["cost"], support.currency)
        actions.approve_support(support=support, cost=cost, now=now(), user=request.user)
        return ""
    reasons = ReasonForm(request.POST)
    if not reasons.is_valid():
        return _("Say why, so that the creator knows what to do.")
    reason = reasons.cleaned_data["reason"]
    actions.reject_support(support=support, reason=reason, now=now(), user=request.user)
    return ""
