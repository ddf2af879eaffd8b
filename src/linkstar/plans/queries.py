"""What the plans of a shop say: the rates of order lines, and why one rate is what it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db.models import QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import AffiliateService, Product, ProductChange, Shop
from linkstar.catalog.queries import day_of
from linkstar.creators.models import Creator
from linkstar.plans import models, rules
from linkstar.plans.book import CategoryFrom, CategoryHistory, ShopBook
from linkstar.plans.pricing import ASKED, price
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
        promises=(*(promise_of(plan) for plan in _whole_plans(shop)), *defaults_of(shop)),
        categories=category_histories(shop),
        promotions=tuple(_promotions(shop)),
        grants=tuple(_grants(shop)),
    )


def plans_of(workspace: Workspace) -> QuerySet[models.Plan]:
    """Every plan of the workspace, the newest first."""
    plans = models.Plan.objects.filter(shop__workspace=workspace)
    return plans.select_related("shop", "product").order_by("-created_at", "-id")


@dataclass(frozen=True, slots=True)
class LockEnding:
    """A creator is to be told that a kept rate ends soon."""

    creator: str
    product: str
    rate_bps: int
    later_rate_bps: int | None
    kept_before: date


def locks_to_tell(*, shop: Shop, on: date) -> list[LockEnding]:
    """Who is to be told on this day, by the market's terms, that a rate kept after a cut ends."""
    book = book_of(shop)
    shown = [p for p in book.joined_promotions if p.starts_on <= on < (p.ends_before or date.max)]
    notice = max(terms.notice_days for terms in book.terms.terms)
    asked = {
        day: [{"creator": p.creator, "product": p.product, "day": day} for p in shown]
        for day in (on, on + timedelta(days=notice))
    }
    now, then = (price(book, pa.Table.from_pylist(a, schema=ASKED)) for a in asked.values())
    return [
        LockEnding(p.creator, p.product, line["rate_bps"], later, line["kept_before"])
        for p, line, later in zip(shown, now.to_pylist(), then["rate_bps"].to_pylist(), strict=True)
        if line["kept_before"] == on + timedelta(days=notice)
    ]


def creators_named(workspace: Workspace, handles: Iterable[str]) -> dict[str, Creator | None]:
    """The creators behind handles: the workspace's own records, else those who signed up.

    A handle nobody is known by has None.
    """
    wanted = [handle.strip().lstrip("@").casefold() for handle in handles if handle.strip()]
    known = Creator.objects.filter(handle__in=wanted)
    public = known.filter(workspace=None, state=Creator.State.VERIFIED)
    found = {creator.handle: creator for creator in public}
    found |= {creator.handle: creator for creator in known.filter(workspace=workspace)}
    return {handle: found.get(handle) for handle in wanted}


def promotions_about(plan: models.Plan) -> list[models.Promotion]:
    """Who shows what the plan is about and has not taken it down."""
    running = models.Promotion.objects.filter(shop=plan.shop, ends_before=None)
    promise, book = promise_of(plan), category_histories(plan.shop)
    if promise.scope is rules.Scope.PRODUCT:
        running = running.filter(product=plan.product)
    return [
        one
        for one in running.select_related("creator", "product").order_by("starts_on", "id")
        if promise.is_about(one.product.external_id, book[one.product.external_id][-1].category)
    ]


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


def defaults_of(shop: Shop) -> list[Promise]:
    """The shop's default rate, one promise for each time the service was on at one rate.

    Another rate, or the end, counts from the day after it was set, as for any plan.
    """
    told: list[Promise] = []
    for service in AffiliateService.objects.filter(shop=shop).order_by("enabled_at", "id"):
        last = told[-1].stops_before if told else None
        starts_on = max(day_of(shop, service.enabled_at), last or date.min)
        ended = service.disabled_at and day_of(shop, service.disabled_at) + timedelta(days=1)
        version = Version(len(told) + 1, starts_on, service.default_rate_bps)
        told.append(
            Promise(
                "", rules.Kind.DEFAULT, rules.Scope.SHOP, starts_on, (version,), stops_before=ended
            )
        )
    return told


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
    """A category counts from the day after it was set: orders of that day keep their plan."""
    by_day = {date.min: str(changes[0].before or "")}
    for change in changes:
        day = change.at.astimezone(zone).date() + timedelta(days=1)
        by_day[day] = str(change.after or "")
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
