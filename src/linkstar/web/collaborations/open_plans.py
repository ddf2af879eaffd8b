"""Open plans as creators find them: products of shops that may promote, by category and rate."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.catalog.listing import Wanted
from linkstar.catalog.models import Product
from linkstar.collaborations import actions
from linkstar.collaborations.queries import (
    open_links_about,
    openly_promoted,
    product_to_promote,
)
from linkstar.plans.models import Package
from linkstar.plans.open_offers import (
    product_on_offer,
    products_on_offer,
    shops_on_offer,
    what_comes,
)
from linkstar.web.access import creators_only
from linkstar.web.category_names import CategoryNames, categories_sold
from linkstar.web.collaborations.forms import OpenLinkForm
from linkstar.web.collaborations.links import make_for_creator
from linkstar.web.middleware import now
from linkstar.web.recruiting.creator_profile import creator_of
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.tracking import registry

SHOWN_MAX = 100
"""Products on the page; with more, people narrow what they look for."""


@creators_only
@require_GET
def open_plans(request: WorkspaceRequest) -> HttpResponse:
    """Every product any creator may promote today, the highest rate first."""
    creator, at = creator_of(request), now()
    shops = shops_on_offer(now=at)
    category, words = request.GET.get("category", ""), request.GET.get("q", "").strip()
    found = products_on_offer(
        shops, creator=creator, wanted=Wanted(text=words, category=category), now=at
    )
    sold = categories_sold(shops)
    names = CategoryNames(get_language() or "en")
    names.learn(sold)
    context = {
        "creator": creator,
        "offers": [(one, _named(one.product, names)) for one in found[:SHOWN_MAX]],
        "count": len(found),
        "is_cut": len(found) > SHOWN_MAX,
        "categories": [(path, names.full(path)) for path in sold],
        "category": category,
        "words": words,
        "own": openly_promoted(creator),
    }
    return render(request, "web/collaborations/open_list.html", context)


def _named(product: Product, names: CategoryNames) -> str:
    """Its category in words; empty where none is known."""
    return names.full(product.category) if product.category else ""


@creators_only
@require_GET
def open_plan(request: WorkspaceRequest, open_product_id: int) -> HttpResponse:
    """One product: what it brings, until when, and the creator's links."""
    return _page(request, _product(request, open_product_id))


@creators_only
@require_POST
def make_open_link(request: WorkspaceRequest, open_product_id: int) -> HttpResponse:
    """A tracked link, with nothing agreed and nothing due."""
    product = _product(request, open_product_id)
    form = OpenLinkForm(request.POST, about=product)
    if form.is_valid():
        make_for_creator(
            request,
            form,
            product.shop,
            lambda: actions.make_open_link(
                creator=creator_of(request),
                product=product,
                destination=form.leads_to(),
                variant=form.cleaned_data["variant"],
                registry=registry(),
                now=now(),
            ),
        )
    if form.is_valid():
        return redirect("open_plan", open_product_id=product.pk)
    return _page(request, product, link_form=form, status=422)


@creators_only
@require_POST
def stop_open_promotion(request: WorkspaceRequest, open_product_id: int) -> HttpResponse:
    """Say that the product is no longer shown; its links lead nowhere from now on."""
    product = _product(request, open_product_id)
    actions.stop_open_promotion(
        creator=creator_of(request), product=product, registry=registry(), now=now()
    )
    messages.success(request, _("Your links for it are switched off."))
    return redirect("open_plan", open_product_id=product.pk)


def _product(request: WorkspaceRequest, product_id: int) -> Product:
    """A product that is on offer today, or that the creator has links for.

    Raises:
        Http404: neither.
    """
    product = product_to_promote(product_id, creator=creator_of(request), now=now())
    if product is None:
        raise Http404
    return product


def _page(
    request: WorkspaceRequest, product: Product, *, status: int = 200, **forms: object
) -> HttpResponse:
    creator, at = creator_of(request), now()
    offer = product_on_offer(product, creator=creator, now=at)
    names = CategoryNames(get_language() or "en")
    names.learn([product.category])
    context: dict[str, Any] = {
        "creator": creator,
        "product": product,
        "category_name": _named(product, names),
        "offer": offer,
        "comes": what_comes(offer, now=at) if offer else None,
        "packages": Package.objects.filter(shop=product.shop, stopped_at=None).order_by("videos"),
        "links": open_links_about(product, creator=creator),
        "link_form": OpenLinkForm(about=product),
    }
    page = "web/collaborations/open_one.html"
    return render(request, page, context | forms, status=status)
