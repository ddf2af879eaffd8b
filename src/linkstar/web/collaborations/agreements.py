"""Agreements on both sides: the lists, one of them, making, calling off, writing to one another."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.catalog.models import Shop
from linkstar.collaborations import actions
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.queries import WAITING, collaborations_of
from linkstar.collaborations.rules import DeliverableState, Stage
from linkstar.creators.models import Creator
from linkstar.web.access import creators_only, writers_only
from linkstar.web.audit import log
from linkstar.web.collaborations.forms import AgreementForm, MessageForm, ReasonForm
from linkstar.web.collaborations.sides import (
    Side,
    attempt,
    own_agreement,
    own_agreements,
    page_of,
    shop_agreement,
    shown_agreements,
)
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.waiting import WORDS as WAITS

PER_PAGE = 50
PER_COLUMN = 20
BOARD = (Stage.AGREED, Stage.SAMPLE, Stage.CREATING, Stage.POSTED, Stage.COMPLETED)


@require_GET
def collaborations(request: WorkspaceRequest) -> HttpResponse:
    """Every agreement, as columns by stage or as a table."""
    found = shown_agreements(request).annotate(
        done=Count("deliverables", filter=Q(deliverables__state=DeliverableState.CONFIRMED)),
        due=Count("deliverables", filter=~Q(deliverables__state=DeliverableState.CANCELLED)),
        next_due_at=Min(
            "deliverables__due_at",
            filter=Q(deliverables__state__in=[DeliverableState.DUE, DeliverableState.RETURNED]),
        ),
    )
    if request.GET.get("view") == "table":
        return _table(request, found)
    columns = [_column(found, stage) for stage in BOARD]
    shown = {"columns": columns, "is_empty": not any(column["count"] for column in columns)}
    return render(request, "web/collaborations/board.html", shown)


def _column(found: QuerySet[Collaboration], stage: Stage) -> dict[str, Any]:
    in_stage = found.filter(state=stage)
    return {
        "stage": stage,
        "label": Collaboration.State(stage).label,
        "count": in_stage.count(),
        "cards": in_stage[:PER_COLUMN],
    }


def _table(request: WorkspaceRequest, found: QuerySet[Collaboration]) -> HttpResponse:
    chosen = request.GET.get("state", "")
    if chosen in Collaboration.State.values:
        found = found.filter(state=chosen)
    waits = request.GET.get("waits", "")
    if waits in WAITING:
        found = found.filter(pk__in=collaborations_of(request.workspace).filter(WAITING[waits]))
    if wanted := request.GET.get("q", "").strip():
        found = found.filter(
            Q(creator__handle__icontains=wanted) | Q(creator__name__icontains=wanted)
        )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "states": Collaboration.State.choices,
        "chosen": chosen,
        "waiting": WAITS.items(),
        "waits": waits,
        "q": wanted,
    }
    return render(request, "web/collaborations/table.html", shown)


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


@require_GET
def collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    """One agreement: terms, what is due, samples, links, messages, history."""
    return page_of(request, Side.SHOP, shop_agreement(request, collaboration_id))


@creators_only
@require_GET
def own_collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    return page_of(request, Side.CREATOR, own_agreement(request, collaboration_id))


@writers_only
@require_http_methods(["GET", "POST"])
def new_collaboration(request: WorkspaceRequest) -> HttpResponse:
    """Write down an agreement that was made elsewhere."""
    shop = _one_shop(request)
    known = Creator.objects.filter(
        Q(workspace=request.workspace) | Q(workspace=None, state=Creator.State.VERIFIED)
    ).order_by("handle")
    form = AgreementForm(request.POST or None, shop=shop, creators=known)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.agree_collaboration(
                shop=shop,
                creator=said["creator"],
                products=list(said["products"]),
                terms=form.agreed(),
                now=now(),
                user=request.user,
            )
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            log(request, "collaboration.agreed", made.id)
            return redirect("collaboration", collaboration_id=made.id)
    shown = {"form": form, "shop": shop, "title": _("Write down an agreement")}
    return render(request, "web/collaborations/form.html", shown)


def _one_shop(request: WorkspaceRequest) -> Shop:
    if not request.shops:
        raise Http404
    return request.shops[0]


@writers_only
@require_POST
def cancel_collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    return _call_off(request, Side.SHOP, shop_agreement(request, collaboration_id))


@creators_only
@require_POST
def cancel_own_collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    return _call_off(request, Side.CREATOR, own_agreement(request, collaboration_id))


def _call_off(request: WorkspaceRequest, side: Side, shown: Collaboration) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return page_of(request, side, shown, reason_form=form, status=422)
    return attempt(
        request,
        side,
        shown,
        lambda: actions.cancel_collaboration(
            collaboration=shown,
            is_creator=side is Side.CREATOR,
            reason=form.cleaned_data["reason"],
            now=now(),
            user=request.user,
        ),
        logged=("collaboration.cancelled" if side is Side.SHOP else "", shown.id),
    )


@writers_only
@require_POST
def message_creator(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    return _write(request, Side.SHOP, shop_agreement(request, collaboration_id))


@creators_only
@require_POST
def message_seller(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    return _write(request, Side.CREATOR, own_agreement(request, collaboration_id))


def _write(request: WorkspaceRequest, side: Side, shown: Collaboration) -> HttpResponse:
    """A message to the other side."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return page_of(request, side, shown, message_form=form, status=422)
    actions.post_message(
        collaboration=shown,
        user=request.user,
        is_from_creator=side is Side.CREATOR,
        text=form.cleaned_data["text"],
        now=now(),
    )
    return redirect(side, collaboration_id=shown.id)
