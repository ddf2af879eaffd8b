"""Samples on both sides: what waits, what is on its way, what came of it."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.collaborations import actions
from linkstar.collaborations.models import Sample
from linkstar.collaborations.queries import sample_result, samples_of
from linkstar.money.amounts import Money
from linkstar.web.access import creators_only, writers_only
from linkstar.web.audit import log
from linkstar.web.collaborations.forms import ReasonForm, SampleForm, ShipForm
from linkstar.web.collaborations.sides import (
    Side,
    attempt,
    own_agreement,
    own_agreements,
    page_of,
)
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

PER_PAGE = 50
_ACTS: Mapping[str, Callable[..., object]] = {
    "approve": actions.approve_sample,
    "reject": actions.reject_sample,
    "extend": actions.extend_sample,
}
"""What a shop does with a sample."""
_OWN_ACTS: Mapping[str, Callable[..., object]] = {
    "receive": actions.receive_sample,
    "extend": actions.extend_sample,
    "withdraw": actions.withdraw_sample,
}
"""What a creator does with a sample."""


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
    said = {"sample": sample, "now": now(), "user": request.user}
    if verb == "reject":
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why, so that the creator knows what to do."))
            return _back(sample)
        said["reason"] = form.cleaned_data["reason"]
    logged = f"sample.{verb}", sample.id
    shown = sample.collaboration
    return attempt(request, Side.SHOP, shown, lambda: _ACTS[verb](**said), logged=logged)


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
            log(request, "sample.shipped", sample.id)
            return _back(sample)
    return render(request, "web/collaborations/ship.html", {"form": form, "sample": sample})


def _one(request: WorkspaceRequest, sample_id: str) -> Sample:
    return get_object_or_404(samples_of(request.workspace), id=sample_id)


def _back(sample: Sample) -> HttpResponse:
    return redirect("collaboration", collaboration_id=sample.collaboration_id)


@creators_only
@require_POST
def request_sample(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = own_agreement(request, collaboration_id)
    form = SampleForm(request.POST, products=shown.products.order_by("name"))
    if not form.is_valid():
        return page_of(request, Side.CREATOR, shown, sample_form=form, status=422)
    said = form.cleaned_data
    return attempt(
        request,
        Side.CREATOR,
        shown,
        lambda: actions.request_sample(
            collaboration=shown,
            product=said["product"],
            address=said["address"],
            now=now(),
            user=request.user,
        ),
    )


@creators_only
@require_POST
def act_on_own_sample(request: WorkspaceRequest, sample_id: str, verb: str) -> HttpResponse:
    """Say that it arrived, ask for more time, or no longer want it."""
    sample = get_object_or_404(
        Sample.objects.select_related("collaboration__shop"),
        collaboration__in=own_agreements(request),
        id=sample_id,
    )
    return attempt(
        request,
        Side.CREATOR,
        sample.collaboration,
        lambda: _OWN_ACTS[verb](sample=sample, now=now(), user=request.user),
    )
