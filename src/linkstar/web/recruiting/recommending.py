"""Whom to ask for a product: the list of the day, with reasons in words and numbers."""

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.catalog.models import Product
from linkstar.catalog.queries import products_of
from linkstar.recommendations.actions import recommend_for
from linkstar.recommendations.queries import latest_for, places_of
from linkstar.recommendations.rules import EXPLORATION_SHARE, PLACES
from linkstar.web.access import writers_only
from linkstar.web.facts import lake
from linkstar.web.middleware import now
from linkstar.web.recruiting.records import number_in
from linkstar.web.requests import WorkspaceRequest

PRODUCTS_OFFERED = 500


@require_GET
def recommendations(request: WorkspaceRequest) -> HttpResponse:
    """Choose a product; the list made for it today, where there is one."""
    products = products_of(request.workspace).filter(shop__in=request.shops, retired_at=None)
    product = products.filter(pk=number_in(request.GET.get("product", ""))).first()
    made = latest_for(product, on=today(product)) if product else None
    context = {
        "products": products.order_by("name", "pk")[:PRODUCTS_OFFERED],
        "product": product,
        "made": made,
        "places": places_of(made, request.workspace) if made else [],
        "most": PLACES,
        "tries": round(PLACES * EXPLORATION_SHARE),
    }
    return render(request, "web/recruiting/recommendations.html", context)


@writers_only
@require_POST
def rank(request: WorkspaceRequest) -> HttpResponse:
    """Make the day's list for a product, or make it again after new facts came in."""
    if not request.POST.get("product"):
        messages.error(request, _("Choose a product first."))
        return redirect("recommendations")
    found = products_of(request.workspace).select_related("shop__workspace")
    product = get_object_or_404(found, pk=number_in(request.POST["product"]))
    recommend_for(lake(), product=product, on=today(product), now=now())
    return redirect(f"/recruiting/recommendations/?product={product.pk}")


def today(product: Product | None) -> date:
    """The day in the product's shop.

    Raises:
        Http404: there is no product.
    """
    if product is None:
        raise Http404
    return now().astimezone(ZoneInfo(product.shop.zone)).date()
