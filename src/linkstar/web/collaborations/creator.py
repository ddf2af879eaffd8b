"""Collaborations as the creator sees them, on a phone first: what to do next, and by when."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.catalog.queries import day_of
from linkstar.collaborations import actions
from linkstar.collaborations.models import Collaboration, Deliverable, Sample
from linkstar.collaborations.queries import collaborations_with, links_for
from linkstar.collaborations.rules import clocks_of
from linkstar.creators.models import Creator
from linkstar.web.access import creators_only
from linkstar.web.collaborations.forms import (
    MessageForm,
    OwnLinkForm,
    ReasonForm,
    SampleForm,
    SubmitForm,
    SupportForm,
)
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest


@creators_only
@require_GET
def own_collaborations(request: WorkspaceRequest) -> HttpResponse:
    """Every agreement, those that run first."""
    found = own_agreements(request)
    shown = {
        "running": found.filter(ended_at=None),
        "ended": found.exclude(ended_at=None)[:50],
    }
    return render(request, "web/collaborations/creator_list.html", shown)


@creators_only
@require_GET
def own_collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    return own_page(request, own_agreement(request, collaboration_id))


def own_page(
    request: WorkspaceRequest, shown: Collaboration, *, status: int = 200, **forms: object
) -> HttpResponse:
    products = shown.products.order_by("name")
    context = {
        "collaboration": shown,
        "zone": shown.shop.zone,
        "products": products,
        "deliverables": shown.deliverables.order_by("number"),
        "clocks": clocks_of(shown.shop.market, day_of(shown.shop, now())),
        "samples": shown.samples.select_related("product").order_by("requested_at"),
        "links": links_for(shown),
        "address": settings.COLLECTOR_URL,
        "supports": shown.supports.order_by("requested_at"),
        "support_form": SupportForm(),
        "letters": shown.messages.select_related("user").order_by("at"),
        "sample_form": SampleForm(products=products),
        "link_form": OwnLinkForm(products=products),
        "message_form": MessageForm(),
        "reason_form": ReasonForm(),
    }
    page = "web/collaborations/creator_one.html"
    return render(request, page, context | forms, status=status)


@creators_only
@require_POST
def request_sample(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = own_agreement(request, collaboration_id)
    form = SampleForm(request.POST, products=shown.products.order_by("name"))
    if not form.is_valid():
        return own_page(request, shown, sample_form=form, status=422)
    said = form.cleaned_data
    return try_own(
        request,
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
    acts: dict[str, Callable[..., object]] = {
        "receive": actions.receive_sample,
        "extend": actions.extend_sample,
        "withdraw": actions.withdraw_sample,
    }
    return try_own(
        request,
        sample.collaboration,
        lambda: acts[verb](sample=sample, now=now(), user=request.user),
    )


def _own_deliverable(request: WorkspaceRequest, deliverable_id: str) -> Deliverable:
    return get_object_or_404(
        Deliverable.objects.select_related("collaboration__shop"),
        collaboration__in=own_agreements(request),
        id=deliverable_id,
    )


@creators_only
@require_POST
def take_down_own_content(request: WorkspaceRequest, deliverable_id: str) -> HttpResponse:
    """Say that content is no longer up; the page told what that means."""
    deliverable = _own_deliverable(request, deliverable_id)
    return try_own(
        request,
        deliverable.collaboration,
        lambda: actions.take_down_content(deliverable=deliverable, now=now(), user=request.user),
    )


@creators_only
@require_http_methods(["GET", "POST"])
def submit_own_deliverable(request: WorkspaceRequest, deliverable_id: str) -> HttpResponse:
    """The content is out: where."""
    deliverable = _own_deliverable(request, deliverable_id)
    form = SubmitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.submit_deliverable(
                deliverable=deliverable,
                url=said["url"],
                content_id=said["content_id"],
                now=now(),
                user=request.user,
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            messages.success(request, _("Handed in. The seller is asked to confirm it."))
            return redirect("own_collaboration", collaboration_id=deliverable.collaboration_id)
    shown = {"form": form, "deliverable": deliverable}
    return render(request, "web/collaborations/submit.html", shown)


@creators_only
@require_POST
def cancel_own_collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = own_agreement(request, collaboration_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return own_page(request, shown, reason_form=form, status=422)
    return try_own(
        request,
        shown,
        lambda: actions.cancel_collaboration(
            collaboration=shown,
            is_creator=True,
            reason=form.cleaned_data["reason"],
            now=now(),
            user=request.user,
        ),
    )


@creators_only
@require_POST
def message_seller(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = own_agreement(request, collaboration_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return own_page(request, shown, message_form=form, status=422)
    actions.post_message(
        collaboration=shown,
        user=request.user,
        is_from_creator=True,
        text=form.cleaned_data["text"],
        now=now(),
    )
    return redirect("own_collaboration", collaboration_id=shown.id)


def own_agreements(request: WorkspaceRequest) -> QuerySet[Collaboration]:
    """The creator's own agreements.

    Raises:
        Http404: the person has no creator profile yet.
    """
    creator = Creator.objects.filter(user=request.user).first()
    if creator is None:
        raise Http404
    return collaborations_with(creator)


def own_agreement(request: WorkspaceRequest, collaboration_id: str) -> Collaboration:
    return get_object_or_404(own_agreements(request), id=collaboration_id)


def try_own(
    request: WorkspaceRequest, shown: Collaboration, act: Callable[[], object]
) -> HttpResponse:
    try:
        act()
    except REFUSED as refused:
        messages.error(request, refusal(refused))
    else:
        messages.success(request, _("Saved."))
    return redirect("own_collaboration", collaboration_id=shown.id)
