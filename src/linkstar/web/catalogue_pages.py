"""The catalogue: the list, one product with its variants and history, many at once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.catalog import products as verbs
from linkstar.catalog.listing import brands_of, history_of, listed
from linkstar.catalog.models import Product, ProductChange, Sku
from linkstar.catalog.queries import products_of
from linkstar.plans.books import promise_of
from linkstar.plans.queries import plans_of
from linkstar.web import formats
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.catalogue_forms import (
    BulkForm,
    FilterForm,
    NewProductForm,
    ProductForm,
    SkuForm,
    category_choices,
)
from linkstar.web.category_names import CategoryNames, categories_sold
from linkstar.web.middleware import now
from linkstar.web.plan_pages import as_number, chosen_shop
from linkstar.web.requests import WorkspaceRequest

PRODUCTS_PER_PAGE = 50
CHANGES_SHOWN = 100
FIELD_NAMES = {
    "name": gettext_lazy("Product name"),
    "category": gettext_lazy("Category"),
    "brand": gettext_lazy("Brand"),
    "price": gettext_lazy("Price"),
    "sku_price": gettext_lazy("Price of a variant"),
    "tags": gettext_lazy("Tags"),
    "image_url": gettext_lazy("Image"),
    "landing_page": gettext_lazy("Landing page"),
    "retired": gettext_lazy("Sold no more"),
    "sku": gettext_lazy("Variation"),
}
COLUMNS = (
    ("name", gettext_lazy("Product")),
    ("category", gettext_lazy("Category")),
    ("price", gettext_lazy("Price")),
    ("seen", gettext_lazy("Changed")),
)


@require_GET
def catalogue(request: WorkspaceRequest) -> HttpResponse:
    """Products with search, filters, sorting and pages."""
    return list_page(request, BulkForm())


def list_page(request: WorkspaceRequest, bulk: BulkForm) -> HttpResponse:
    form = filter_form(request)
    wanted = form.wanted(request.GET.get("sort", ""))
    found = listed(request.shops, wanted)
    page = Paginator(found, PRODUCTS_PER_PAGE).get_page(request.GET.get("page"))
    names = CategoryNames(get_language() or "en")
    names.learn(product.category for product in page)
    context = {
        "page": page,
        "rows": [(product, names.full(product.category)) for product in page],
        "form": form,
        "bulk": bulk,
        "wanted": wanted,
        "columns": sortable(request, str(wanted.order)),
        "categories": category_choices(request.shops),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "web/catalogue/list.html", context)


def filter_form(request: WorkspaceRequest) -> FilterForm:
    names = CategoryNames(get_language() or "en")
    sold = categories_sold(request.shops)
    names.learn(sold)
    every = [("", _("All"))]
    offered = {
        "category": [*every, *((path, names.full(path)) for path in sold)],
        "brand": [*every, *((brand, brand) for brand in brands_of(request.shops))],
    }
    return FilterForm(request.GET, offered=offered)


def sortable(request: WorkspaceRequest, order: str) -> list[dict[str, str]]:
    """Column heads with the address that sorts by them, the other way when it is now."""
    heads = []
    for name, label in COLUMNS:
        params = request.GET.copy()
        params.pop("page", None)
        params["sort"] = f"-{name}" if order == name else name
        direction = {name: "ascending", f"-{name}": "descending"}.get(order, "")
        heads.append(
            {
                "name": name,
                "label": str(label),
                "address": f"?{params.urlencode()}",
                "is": direction,
            }
        )
    return heads


@writers_only
@require_http_methods(["GET", "POST"])
def new_product(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    form = NewProductForm(request.POST or None, initial={"currency": shop.currency})
    if request.method == "POST" and form.is_valid():
        external_id = form.cleaned_data["external_id"]
        try:
            made = verbs.add_product(
                shop=shop, external_id=external_id, stated=form.stated(), now=now()
            )
        except verbs.ProductKnown:
            form.add_error("external_id", _("The shop has a product with this ID already."))
        else:
            log(request, "product.added", external_id)
            return redirect("catalogue_product", product_id=made.pk)
    context = {"form": form, "shop": shop, "categories": category_choices([shop])}
    return render(request, "web/catalogue/new.html", context)


@require_http_methods(["GET", "POST"])
def product(request: WorkspaceRequest, product_id: int) -> HttpResponseBase:
    """One product; owners and managers change it here."""
    own = own_product(request, product_id)
    if request.method == "POST":
        return change_product(request, own)
    return product_page(request, own, ProductForm(initial=ProductForm.initial_of(own)))


@writers_only
def change_product(request: WorkspaceRequest, own: Product) -> HttpResponse:
    form = ProductForm(request.POST)
    if not form.is_valid():
        return product_page(request, own, form)
    changes = verbs.change_product(product=own, stated=form.stated(), now=now())
    if changes:
        log(request, "product.changed", own.external_id, fields=[c.field for c in changes])
        messages.success(request, _("Saved. What it said before is kept below."))
    else:
        messages.info(request, _("Nothing was different."))
    return redirect("catalogue_product", product_id=own.pk)


def product_page(
    request: WorkspaceRequest, own: Product, form: ProductForm, sku_form: SkuForm | None = None
) -> HttpResponse:
    names = CategoryNames(get_language() or "en")
    changes = list(history_of(own)[:CHANGES_SHOWN])
    names.learn([own.category, *(str(c.after) for c in changes if c.field == "category")])
    context = {
        "product": own,
        "shop": own.shop,
        "form": form,
        "category": names.full(own.category),
        "sku_form": sku_form or SkuForm(initial={"currency": own.shop.currency}),
        "skus": own.skus.order_by("external_id"),
        "changes": [told_change(change, names) for change in changes],
        "plans": plans_about(request, own),
        "categories": category_choices([own.shop]),
    }
    return render(request, "web/catalogue/product.html", context)


def plans_about(request: WorkspaceRequest, own: Product) -> list[Any]:
    """The plans that can be about the product, as it is now."""
    found = plans_of(request.workspace).filter(shop=own.shop, stops_before=None)
    return [
        plan
        for plan in found.prefetch_related("rates", "named__creator")
        if promise_of(plan).is_about(own.external_id, own.category)
    ]


def told_change(change: ProductChange, names: CategoryNames) -> dict[str, Any]:
    """A change as the page tells it."""
    return {
        "at": change.at,
        "field": FIELD_NAMES.get(change.field, change.field),
        "sku": change.sku,
        "before": value_told(change.field, change.before, names),
        "after": value_told(change.field, change.after, names),
        "is_hand": change.source == verbs.HAND,
        "source": change.source,
    }


def value_told(field: str, value: Any, names: CategoryNames) -> str:
    if value in (None, "", []):
        return formats.NOTHING
    if field in {"price", "sku_price"}:
        return formats.money(value["minor"], value["currency"], get_language() or "en")
    if field == "category":
        return names.full(value)
    if field == "retired":
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id"))
    return ", ".join(value) if isinstance(value, list) else str(value)


@writers_only
@require_POST
def put_sku(request: WorkspaceRequest, product_id: int) -> HttpResponse:
    """Add a variant, or change the one with this id."""
    own = own_product(request, product_id)
    form = SkuForm(request.POST)
    if not form.is_valid():
        return product_page(request, own, ProductForm(initial=ProductForm.initial_of(own)), form)
    verbs.put_sku(product=own, stated=form.stated(), now=now())
    log(request, "sku.put", own.external_id, sku=form.cleaned_data["sku"])
    return redirect("catalogue_product", product_id=own.pk)


@writers_only
@require_POST
def drop_sku(request: WorkspaceRequest, product_id: int) -> HttpResponse:
    own = own_product(request, product_id)
    sku = get_object_or_404(Sku, product=own, id=request.POST.get("sku", ""))
    verbs.drop_sku(sku=sku, now=now())
    log(request, "sku.dropped", own.external_id, sku=sku.external_id)
    return redirect("catalogue_product", product_id=own.pk)


@writers_only
@require_POST
def bulk(request: WorkspaceRequest) -> HttpResponse:
    """Change all ticked products, or none of them."""
    form = BulkForm(request.POST)
    ticked = [as_number(one) for one in request.POST.getlist("product")]
    if not ticked:
        messages.error(request, _("Tick the products to change first."))
        return redirect_to_list(request)
    if not form.is_valid():
        return list_page(request, form)
    chosen = list(products_of(request.workspace).filter(pk__in=ticked))
    try:
        count = verbs.change_many(products=chosen, wanted=form.wanted(), now=now())
    except verbs.TagsRefused:
        messages.error(
            request, _("Nothing was changed: one of the products would have too many tags.")
        )
    else:
        log(request, "products.changed", str(len(chosen)), changed=count)
        told = ngettext("%(count)s product was changed.", "%(count)s products were changed.", count)
        messages.success(request, told % {"count": count})
    return redirect_to_list(request)


def redirect_to_list(request: WorkspaceRequest) -> HttpResponse:
    """Back to the list as it was filtered."""
    response = redirect("catalogue")
    if request.GET:
        response["Location"] += f"?{request.GET.urlencode()}"
    return response


def own_product(request: WorkspaceRequest, product_id: int) -> Product:
    return get_object_or_404(products_of(request.workspace), pk=product_id)
