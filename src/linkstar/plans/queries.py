"""What the plans of a shop say: the rates of order lines, and why one rate is what it is."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db.models import QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Product, ProductChange, Shop
from linkstar.plans import models, rules
from linkstar.plans.book import CategoryFrom, CategoryHistory, ShopBook
from linkstar.plans.pricing import price
from linkstar.plans.rules import Grant, Named, Promise, Version
from linkstar.plans.terms import terms_of
from linkstar.plans.tracing import Trace, trace


def rate_for(*, shop: Shop, asked: pa.Table) -> pa.Table:
    """The rate of every line of `pricing.ASKED`, as `pricing.RATES`, line by line.

    Creators are named by handle (case-folded, without @), products by their id on the platform, as
    order lines name them; an unknown product has what is promised for the whole shop. A line to
    which nothing applies has null for its rate, never 0.
    """
    return price(book_of(shop), asked)


def why_this_rate(*, shop: Shop, creator: str, product: str, on: date) -> Trace:
    """Every plan and incentive for this creator, product and day, and what became of each."""
    return trace(book_of(shop), creator=creator, product=product, on=on)


def book_of(shop: Shop) -> ShopBook:
    """Everything that decides the rates of a shop, read once."""
    return ShopBook(
        terms=terms_of(shop.market),
        promises=tuple(promise_of(plan) for plan in _whole_plans(shop)),
        categories=category_histories(shop),
        promotions=tuple(_promotions(shop)),
        grants=tuple(_grants(shop)),
    )


def plans_of(workspace: Workspace) -> QuerySet[models.Plan]:
    """Every plan of the workspace, the newest first."""
    plans = models.Plan.objects.filter(shop__workspace=workspace)
    return plans.select_related("shop", "product").order_by("-created_at", "-id")


def promise_of(plan: models.Plan) -> Promise:
    """A plan as the rules see it."""
    return Promise(
        plan=plan.id,
        kind=rules.Kind(plan.kind),
        scope=rules.Scope(plan.scope),
        starts_on=plan.starts_on,
        versions=tuple(
            Version(r.number, r.starts_on, r.rate_bps, r.ads_rate_bps) for r in plan.rates.all()
        ),
        category=plan.category,
        product=plan.product.external_id if plan.product else "",
        ends_before=plan.ends_before,
        stops_before=plan.stops_before,
        named=tuple(Named(n.creator.handle, n.starts_on, n.ends_before) for n in plan.named.all()),
    )


def day_in(shop: Shop, now: datetime) -> date:
    """The day it is in the shop's zone."""
    return now.astimezone(ZoneInfo(shop.zone)).date()


def category_histories(shop: Shop) -> dict[str, CategoryHistory]:
    """Since when each product has been in which category, from what was written down."""
    products = dict(Product.objects.filter(shop=shop).values_list("external_id", "category"))
    changes = ProductChange.objects.filter(product__shop=shop, field="category")
    changed = changes.order_by("product_id", "at", "id").select_related("product")
    histories: dict[str, CategoryHistory] = {
        product: (CategoryFrom(date.min, now),) for product, now in products.items()
    }
    zone = ZoneInfo(shop.zone)
    for product, those in groupby(changed, key=lambda change: change.product.external_id):
        histories[product] = _history(list(those), zone)
    return histories


def _history(changes: list[ProductChange], zone: ZoneInfo) -> CategoryHistory:
    """The category of whole days: the last one set on a day counts for that day."""
    by_day = {date.min: str(changes[0].before or "")}
    by_day |= {change.at.astimezone(zone).date(): str(change.after or "") for change in changes}
    return tuple(CategoryFrom(day, category) for day, category in sorted(by_day.items()))


def _whole_plans(shop: Shop) -> QuerySet[models.Plan]:
    plans = models.Plan.objects.filter(shop=shop).select_related("product")
    return plans.prefetch_related("rates", "named__creator")


def _promotions(shop: Shop) -> Iterable[rules.Promotion]:
    shown = models.Promotion.objects.filter(shop=shop)
    told = shown.values_list("creator__handle", "product__external_id", "starts_on", "ends_before")
    return [rules.Promotion(*one) for one in told]


def _grants(shop: Shop) -> Iterable[Grant]:
    incentives = models.Incentive.objects.filter(shop=shop)
    return [_grant(one) for one in incentives.select_related("product", "creator")]


def _grant(incentive: models.Incentive) -> Grant:
    return Grant(
        incentive=incentive.id,
        kind=rules.GrantKind(incentive.kind),
        scope=rules.Scope(incentive.scope),
        starts_on=incentive.starts_on,
        ends_before=incentive.ends_before,
        category=incentive.category,
        product=incentive.product.external_id if incentive.product else "",
        creator=incentive.creator.handle if incentive.creator else "",
        bonus_bps=incentive.bonus_bps,
        funded_by=rules.Funder(incentive.funded_by),
        stops_before=incentive.stops_before,
    )
