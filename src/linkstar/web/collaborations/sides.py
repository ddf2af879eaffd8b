"""The two sides of an agreement: what each may open, the page it sees, and how it acts there."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from linkstar.catalog.queries import day_of
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.queries import collaborations_of, collaborations_with, links_for
from linkstar.collaborations.rules import clocks_of
from linkstar.creators.queries import creator_behind
from linkstar.web.audit import log
from linkstar.web.collaborations.forms import (
    CollaborationLinkForm,
    MessageForm,
    OwnLinkForm,
    ReasonForm,
    SampleForm,
    SupportCostForm,
    SupportForm,
)
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest


class Side(StrEnum):
    """Who looks and acts; the value is the route of the page on which they do."""

    CREATOR = "own_collaboration"
    SHOP = "collaboration"


def own_agreements(request: WorkspaceRequest) -> QuerySet[Collaboration]:
    """The creator's own agreements.

    Raises:
        Http404: the person has no creator profile yet.
    """
    creator = creator_behind(request.user)
    if creator is None:
        raise Http404
    return collaborations_with(creator)


def own_agreement(request: WorkspaceRequest, collaboration_id: str) -> Collaboration:
    return get_object_or_404(own_agreements(request), id=collaboration_id)


def shown_agreements(request: WorkspaceRequest) -> QuerySet[Collaboration]:
    """The agreements of the shops the person looks at."""
    return collaborations_of(request.workspace).filter(shop__in=request.shops)


def shop_agreement(request: WorkspaceRequest, collaboration_id: str) -> Collaboration:
    return get_object_or_404(collaborations_of(request.workspace), id=collaboration_id)


def page_of(
    request: WorkspaceRequest,
    side: Side,
    shown: Collaboration,
    *,
    status: int = 200,
    **forms: object,
) -> HttpResponse:
    """The agreement as a side sees it; a form that was filled in wrongly takes its place."""
    is_creators = side is Side.CREATOR
    context = _creators(shown) if is_creators else _shops(shown)
    page = f"web/collaborations/{'creator_one' if is_creators else 'one'}.html"
    return render(request, page, _both(shown) | context | forms, status=status)


def _both(shown: Collaboration) -> dict[str, Any]:
    return {
        "collaboration": shown,
        "products": shown.products.order_by("name"),
        "supports": shown.supports.order_by("requested_at"),
        "samples": shown.samples.select_related("product", "sku").order_by("requested_at"),
        "links": links_for(shown),
        "address": settings.COLLECTOR_URL,
        "letters": shown.messages.select_related("user").order_by("at"),
        "message_form": MessageForm(),
        "reason_form": ReasonForm(),
    }


def _creators(shown: Collaboration) -> dict[str, Any]:
    products = shown.products.order_by("name")
    return {
        "zone": shown.shop.zone,
        "deliverables": shown.deliverables.order_by("number"),
        "clocks": clocks_of(shown.shop.market, day_of(shown.shop, now())),
        "support_form": SupportForm(),
        "sample_form": SampleForm(products=products),
        "link_form": OwnLinkForm(products=products),
    }


def _shops(shown: Collaboration) -> dict[str, Any]:
    return {
        "deliverables": shown.deliverables.prefetch_related("commissions").order_by("number"),
        "support_cost_form": SupportCostForm(),
        "timeline": shown.timeline.select_related("user").order_by("-at", "-pk"),
        "link_form": CollaborationLinkForm(products=shown.products.order_by("name")),
    }


def attempt(
    request: WorkspaceRequest,
    side: Side,
    shown: Collaboration,
    act: Callable[[], object],
    *,
    logged: tuple[str, str] = ("", ""),
) -> HttpResponse:
    """Do it and show the agreement; what was refused is told there.

    `logged` is the verb and target for the company's audit log; nothing for a creator.
    """
    try:
        act()
    except REFUSED as refused:
        messages.error(request, refusal(refused))
    else:
        verb, target = logged
        if verb:
            log(request, verb, target)
        messages.success(request, _("Saved."))
    return redirect(side, collaboration_id=shown.id)
