"""Samples as the seller sees them: what waits, what is on its way, what came of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.accounts.actions import record
from linkstar.collaborations import actions
from linkstar.collaborations.models import Sample
from linkstar.collaborations.queries import sample_result, samples_of
from linkstar.money.amounts import Money
from linkstar.web.access import writers_only
from linkstar.web.collaborations.forms import ReasonForm, ShipForm
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

PER_PAGE = 50


@require_GET
def samples(request: WorkspaceRequest) -> HttpResponse:
    """Every sample with its clock, the most pressing first, and what sending them brought."""
    found = samples_of(request.workspace).filter(collaboration__shop__in=request.shops)
    result = sample_result(found)
    chosen = request.GET.get("state", "")
    if chosen in Sample.State.values:
        found = found.filter(state=chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "states": Sample.State.choices, "chosen": chosen, "result": result}
    return render(request, "web/collaborations/samples.html", shown)


@writers_only
@require_POST
def act_on_sample(request: WorkspaceRequest, sample_id: str, verb: str) -> HttpResponse:
    """Approve, reject or extend a sample."""
    sample = _one(request, sample_id)
    try:
        if verb == "approve":
            actions.approve_sample(sample=sample, now=now(), user=request.user)
        elif verb == "extend":
            actions.extend_sample(sample=sample, now=now(), user=request.user)
        else:
            form = ReasonForm(request.POST)
            if not form.is_valid():
                messages.error(request, _("Say why, so that the creator knows what to do."))
                return _back(sample)
            reason = form.cleaned_data["reason"]
            actions.reject_sample(sample=sample, reason=reason, now=now(), user=request.user)
    except REFUSED as refused:
        messages.error(request, refusal(refused))
    else:
        _log(request, f"sample.{verb}", sample)
        messages.success(request, _("Saved."))
    return _back(sample)


@writers_only
@require_http_methods(["GET", "POST"])
def ship_sample(request: WorkspaceRequest, sample_id: str) -> HttpResponse:
    """The parcel: carrier, number, and what product and shipping cost."""
    sample = _one(request, sample_id)
    form = ShipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        currency = sample.collaboration.shop.currency
        try:
            actions.ship_sample(
                sample=sample,
                carrier=said["carrier"],
                tracking_number=said["tracking_number"],
                cost=Money.of(said["cost"], currency),
                shipping=Money.of(said["shipping"], currency),
                now=now(),
                user=request.user,
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            _log(request, "sample.shipped", sample)
            return _back(sample)
    return render(request, "web/collaborations/ship.html", {"form": form, "sample": sample})


def _one(request: WorkspaceRequest, sample_id: str) -> Sample:
    return get_object_or_404(samples_of(request.workspace), id=sample_id)


def _back(sample: Sample) -> HttpResponse:
    return redirect("collaboration", collaboration_id=sample.collaboration_id)


def _log(request: WorkspaceRequest, verb: str, sample: Sample) -> None:
    record(workspace=request.workspace, user=request.user, verb=verb, target=sample.id, now=now())
