"""Collaborations as the seller sees them: the board, the table, one agreement."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.accounts.actions import record
from linkstar.catalog.models import Shop
from linkstar.collaborations import actions
from linkstar.collaborations.models import Collaboration, Deliverable
from linkstar.collaborations.queries import WAITING, collaborations_of, links_for
from linkstar.collaborations.rules import DeliverableState, Stage
from linkstar.creators.models import Creator
from linkstar.web.access import writers_only
from linkstar.web.collaborations.forms import (
    AgreementForm,
    CollaborationLinkForm,
    MessageForm,
    ReasonForm,
    SupportCostForm,
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
    found = shown_to(request).annotate(
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


@require_GET
def collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    """One agreement: terms, what is due, samples, links, messages, history."""
    return seller_page(request, one_of(request, collaboration_id))


def seller_page(
    request: WorkspaceRequest, shown: Collaboration, *, status: int = 200, **forms: object
) -> HttpResponse:
    products = shown.products.order_by("name")
    context = {
        "collaboration": shown,
        "products": products,
        "deliverables": shown.deliverables.prefetch_related("commissions").order_by("number"),
        "supports": shown.supports.order_by("requested_at"),
        "support_cost_form": SupportCostForm(),
        "samples": shown.samples.select_related("product", "sku").order_by("requested_at"),
        "links": links_for(shown),
        "address": settings.COLLECTOR_URL,
        "letters": shown.messages.select_related("user").order_by("at"),
        "timeline": shown.timeline.select_related("user").order_by("-at", "-pk"),
        "message_form": MessageForm(),
        "link_form": CollaborationLinkForm(products=products),
        "reason_form": ReasonForm(),
    }
    page = "web/collaborations/one.html"
    return render(request, page, context | forms, status=status)


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
            _log(request, "collaboration.agreed", made.id)
            return redirect("collaboration", collaboration_id=made.id)
    shown = {"form": form, "shop": shop, "title": _("Write down an agreement")}
    return render(request, "web/collaborations/form.html", shown)


@writers_only
@require_POST
def cancel_collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = one_of(request, collaboration_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return seller_page(request, shown, reason_form=form, status=422)
    return try_it(
        request,
        shown,
        "collaboration.cancelled",
        lambda: actions.cancel_collaboration(
            collaboration=shown,
            is_creator=False,
            reason=form.cleaned_data["reason"],
            now=now(),
            user=request.user,
        ),
    )


@writers_only
@require_POST
def message_creator(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    shown = one_of(request, collaboration_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return seller_page(request, shown, message_form=form, status=422)
    actions.post_message(
        collaboration=shown,
        user=request.user,
        is_from_creator=False,
        text=form.cleaned_data["text"],
        now=now(),
    )
    return redirect("collaboration", collaboration_id=shown.id)


@writers_only
@require_POST
def act_on_deliverable(request: WorkspaceRequest, deliverable_id: str, verb: str) -> HttpResponse:
    """Confirm, return, extend or cancel one deliverable."""
    deliverable = get_object_or_404(
        Deliverable.objects.select_related("collaboration__shop"),
        collaboration__shop__workspace=request.workspace,
        id=deliverable_id,
    )
    shown = deliverable.collaboration
    said = {"deliverable": deliverable, "now": now(), "user": request.user}
    if verb in {"return", "cancel"}:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why, so that the creator knows what to do."))
            return redirect("collaboration", collaboration_id=shown.id)
        said["reason"] = form.cleaned_data["reason"]
    acts: dict[str, Callable[..., object]] = {
        "confirm": actions.confirm_deliverable,
        "return": actions.return_deliverable,
        "extend": actions.extend_deliverable,
        "cancel": actions.cancel_deliverable,
    }
    return try_it(request, shown, f"deliverable.{verb}", lambda: acts[verb](**said))


def try_it(
    request: WorkspaceRequest, shown: Collaboration, verb: str, act: Callable[[], object]
) -> HttpResponse:
    """Do it, log it, and show the agreement; what was refused is told there."""
    try:
        act()
    except REFUSED as refused:
        messages.error(request, refusal(refused))
    else:
        _log(request, verb, shown.id)
        messages.success(request, _("Saved."))
    return redirect("collaboration", collaboration_id=shown.id)


def shown_to(request: WorkspaceRequest) -> QuerySet[Collaboration]:
    """The agreements of the shops the person looks at."""
    return collaborations_of(request.workspace).filter(shop__in=request.shops)


def one_of(request: WorkspaceRequest, collaboration_id: str) -> Collaboration:
    return get_object_or_404(collaborations_of(request.workspace), id=collaboration_id)


def _one_shop(request: WorkspaceRequest) -> Shop:
    if not request.shops:
        raise Http404
    return request.shops[0]


def _log(request: WorkspaceRequest, verb: str, target: str) -> None:
    record(workspace=request.workspace, user=request.user, verb=verb, target=target, now=now())
