"""Why a creator has a rate for a product on a day, and what a change would cost."""

from dataclasses import replace
from datetime import date, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import day_of
from linkstar.insights.plan_simulation import NoOrders, simulate
from linkstar.plans.book import ShopBook
from linkstar.plans.books import book_of
from linkstar.plans.models import Incentive, Plan
from linkstar.plans.queries import plans_of, why_this_rate
from linkstar.plans.rules import Promise, Version
from linkstar.plans.tracing import Candidate, Trace
from linkstar.web import facts
from linkstar.web.category_names import CategoryNames
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.plan_forms import DayField, PercentField
from linkstar.web.plan_pages import chosen_shop
from linkstar.web.plan_words import GRANTS, KINDS, OUTCOMES, about
from linkstar.web.requests import WorkspaceRequest


class WhyForm(CalmForm):
    creator = forms.CharField(label=gettext_lazy("Creator"), max_length=120)
    product = forms.CharField(label=gettext_lazy("Product ID"), max_length=64)
    on = DayField(label=gettext_lazy("Day"))


class SimulationForm(CalmForm):
    plan = forms.ChoiceField(label=gettext_lazy("Plan"))
    rate_bps = PercentField(label=gettext_lazy("New rate"))
    starts_on = DayField(label=gettext_lazy("From"))


@require_GET
def why(request: WorkspaceRequest) -> HttpResponse:
    """Every plan and incentive for one creator, product and day, and what became of each."""
    shop = chosen_shop(request)
    today = day_of(shop, now())
    asked = request.GET if request.GET.get("creator") else None
    form = WhyForm(asked, initial={"on": today, "product": request.GET.get("product", "")})
    context = {"form": form, "shop": shop, "shops": request.all_shops}
    if asked and form.is_valid():
        context |= traced(shop, form.cleaned_data)
    return render(request, "web/plans/why.html", context)


def traced(shop: Shop, asked: dict[str, object]) -> dict[str, object]:
    creator = str(asked["creator"]).strip().lstrip("@").casefold()
    product = str(asked["product"]).strip()
    on = asked["on"]
    assert isinstance(on, date)
    told = why_this_rate(shop=shop, creator=creator, product=product, on=on)
    names = CategoryNames(get_language() or "en")
    names.learn([told.category, *(c.promise.category for c in told.candidates)])
    return {
        "trace": told,
        "category": names.full(told.category),
        "product": Product.objects.filter(shop=shop, external_id=product).first(),
        "lines": lines_of(told, shop, names),
        "grants": granted(told, shop),
    }


def lines_of(told: Trace, shop: Shop, names: CategoryNames) -> list[dict[str, object]]:
    """Every candidate, with its plan's and its product's name."""
    plans = dict(Plan.objects.filter(shop=shop).values_list("id", "name"))
    shown = {candidate.promise.product for candidate in told.candidates}
    found = Product.objects.filter(shop=shop, external_id__in=shown)
    products = {product.external_id: str(product) for product in found}
    return [line(candidate, names, plans, products) for candidate in told.candidates]


def line(
    candidate: Candidate, names: CategoryNames, plans: dict[str, str], products: dict[str, str]
) -> dict[str, object]:
    """One candidate as the page tells it."""
    promise = candidate.promise
    return {
        "plan_id": promise.plan,
        "name": plans.get(promise.plan) or _("The shop's default rate"),
        "kind": KINDS[promise.kind],
        "about": about(
            promise.scope,
            category=names.full(promise.category),
            product=products.get(promise.product, promise.product),
        ),
        "starts_on": promise.starts_on,
        "last_before": promise.last_before,
        "version": candidate.version,
        "outcome": candidate.outcome,
        "why": OUTCOMES[candidate.outcome],
    }


def granted(told: Trace, shop: Shop) -> list[dict[str, object]]:
    notes = dict(Incentive.objects.filter(shop=shop).values_list("id", "note"))
    return [
        {
            "kind": GRANTS[one.grant.kind],
            "bonus_bps": one.grant.bonus_bps,
            "note": notes.get(one.grant.incentive, ""),
            "why": OUTCOMES[one.outcome],
            "outcome": one.outcome,
        }
        for one in told.granted
    ]


@require_GET
def simulation(request: WorkspaceRequest) -> HttpResponse:
    """What another rate would have cost on the latest orders, before anything is changed."""
    shop = chosen_shop(request)
    today = day_of(shop, now())
    book = book_of(shop)
    running = [p for p in plans_of(request.workspace).filter(shop=shop) if is_open(p, today)]
    asked = request.GET if request.GET.get("rate_bps") else None
    initial = {"plan": request.GET.get("plan"), "starts_on": today + timedelta(days=1)}
    offered = {"plan": [(plan.id, plan.name) for plan in running]}
    form = SimulationForm(asked, initial=initial, offered=offered)
    context = {"form": form, "shop": shop, "has_plans": bool(running)}
    if asked and form.is_valid():
        given = form.cleaned_data
        after = changed(book, given["plan"], given["rate_bps"], given["starts_on"])
        told = simulate(
            facts.lake(), shop=shop, before=book, after=after,
            starts_on=given["starts_on"], today=today,
        )  # fmt: skip
        context |= {"told": told, "has_orders": not isinstance(told, NoOrders), "asked": given}
    return render(request, "web/plans/simulation.html", context)


def is_open(plan: Plan, today: date) -> bool:
    return plan.stops_before is None and today < (plan.ends_before or date.max)


def changed(book: ShopBook, plan_id: str, rate_bps: int, starts_on: date) -> ShopBook:
    """The book as it would be, with one more version of one plan."""

    def one(promise: Promise) -> Promise:
        if promise.plan != plan_id:
            return promise
        current = promise.version_on(starts_on)
        ads = current.ads_rate_bps if current else None
        version = Version(len(promise.versions) + 1, starts_on, rate_bps, ads)
        return replace(promise, versions=(*promise.versions, version))

    return replace(book, promises=tuple(map(one, book.promises)))
