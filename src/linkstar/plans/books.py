"""The books of shops, read from the records in as many questions for many shops as for one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, Prefetch, QuerySet

from linkstar.catalog.models import AffiliateService, Product, ProductChange, Shop
from linkstar.catalog.queries import day_of
from linkstar.plans import models, rules
from linkstar.plans.book import CategoryFrom, CategoryHistory, ShopBook
from linkstar.plans.rules import Grant, Named, Promise, Promotion, Version
from linkstar.plans.terms import terms_of

Row = TypeVar("Row", bound=Model)


def book_of(shop: Shop) -> ShopBook:
    """Everything that decides the rates of a shop, read once."""
    return next(books_of([shop]))


def books_of(shops: Sequence[Shop], *, creator: str | None = None) -> Iterator[ShopBook]:
    """The books of these shops, in their order.

    With a creator's handle they are for that creator's rates alone: whom else plans name, and who
    else shows what, is left out.
    """
    plans = _by_shop(_plans(shops, creator))
    services = _by_shop(AffiliateService.objects.filter(shop__in=shops))
    categories = _categories(shops)
    promotions, grants = _by_shop(_promotions(shops, creator)), _by_shop(_grants(shops))
    return (
        ShopBook(
            terms=terms_of(shop.market),
            promises=(
                *map(promise_of, plans.get(shop.pk, ())),
                *_defaults(shop, services.get(shop.pk, ())),
            ),
            categories=categories.get(shop.pk, {}),
            promotions=tuple(map(_promotion, promotions.get(shop.pk, ()))),
            grants=tuple(map(_grant, grants.get(shop.pk, ()))),
        )
        for shop in shops
    )


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
    """The shop's default rate, one promise for each time the service was on at one rate."""
    return _defaults(shop, AffiliateService.objects.filter(shop=shop))


def _defaults(shop: Shop, services: Iterable[AffiliateService]) -> list[Promise]:
    """Another rate, or the end, counts from the day after it was set, as for any plan."""
    told: list[Promise] = []
    for service in sorted(services, key=attrgetter("enabled_at", "id")):
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
    return _categories([shop]).get(shop.pk, {})


def _categories(shops: Sequence[Shop]) -> dict[str, dict[str, CategoryHistory]]:
    """The same of many shops, by shop."""
    products = Product.objects.filter(shop__in=shops)
    told: dict[str, dict[str, CategoryHistory]] = {}
    for shop, product, category in products.values_list("shop", "external_id", "category"):
        told.setdefault(shop, {})[product] = (CategoryFrom(date.min, category),)
    changes = ProductChange.objects.filter(product__shop__in=shops, field="category")
    changed = changes.order_by("product_id", "at", "id").select_related("product")
    zones = {shop.pk: ZoneInfo(shop.zone) for shop in shops}
    for product, those in groupby(changed, key=attrgetter("product")):
        told[product.shop_id][product.external_id] = _history(those, zones[product.shop_id])
    return told


def _history(changes: Iterable[ProductChange], zone: ZoneInfo) -> CategoryHistory:
    """A category counts from the day after it was set: orders of that day keep their plan."""
    by_day: dict[date, str] = {}
    for change in changes:
        by_day.setdefault(date.min, str(change.before or ""))
        day = change.at.astimezone(zone).date() + timedelta(days=1)
        by_day[day] = str(change.after or "")
    return tuple(CategoryFrom(day, category) for day, category in sorted(by_day.items()))


def _plans(shops: Sequence[Shop], creator: str | None) -> QuerySet[models.Plan]:
    named = models.PlanCreator.objects.select_related("creator")
    mine = named if creator is None else named.filter(creator__handle=creator)
    plans = models.Plan.objects.filter(shop__in=shops).select_related("product")
    return plans.prefetch_related("rates", Prefetch("named", queryset=mine))


def _promotions(shops: Sequence[Shop], creator: str | None) -> QuerySet[models.Promotion]:
    shown = models.Promotion.objects.filter(shop__in=shops).select_related("creator", "product")
    return shown if creator is None else shown.filter(creator__handle=creator)


def _promotion(shown: models.Promotion) -> Promotion:
    return Promotion(
        shown.creator.handle, shown.product.external_id, shown.starts_on, shown.ends_before
    )


def _grants(shops: Sequence[Shop]) -> QuerySet[models.Incentive]:
    return models.Incentive.objects.filter(shop__in=shops).select_related("product", "creator")


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


def _by_shop(rows: Iterable[Row]) -> dict[str, list[Row]]:
    told: dict[str, list[Row]] = {}
    for row in rows:
        told.setdefault(row.shop_id, []).append(row)  # type: ignore[attr-defined]  # each has one
    return told
