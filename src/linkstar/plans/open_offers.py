"""What creators may promote without being named: products under open plans, with their rates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from django.db.models import QuerySet

from linkstar.catalog.listing import Wanted, listed
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import day_of, promoting_among
from linkstar.creators.models import Creator
from linkstar.plans.book import ShopBook
from linkstar.plans.books import books_of, promise_of
from linkstar.plans.models import Plan
from linkstar.plans.pricing import ASKED, price
from linkstar.plans.rules import Kind, Version
from linkstar.plans.standing import standing
from linkstar.plans.terms import terms_of


@dataclass(frozen=True, slots=True)
class OnOffer:
    """A product any creator may promote, and what this creator earns with it today.

    Attributes:
        rate_bps: by the open plan, or by a better one that names the creator or is kept.
        ads_rate_bps: of orders through the shop's ads.
        bonus_bps: granted on top for a time.
        open_plan: the plan that lets everybody in.
        kept_before: set when the rate is one that has ended and is kept, and until when.
    """

    product: Product
    rate_bps: int
    ads_rate_bps: int | None
    bonus_bps: int
    open_plan: str
    kept_before: date | None


def shops_on_offer(*, now: datetime) -> list[Shop]:
    """Shops that may promote and have an open plan that has not been stopped."""
    return promoting_among(_with_open_plans().order_by("number"), now=now)


def _with_open_plans() -> QuerySet[Shop]:
    open_plans = Plan.objects.filter(kind=Plan.Kind.OPEN, stopped_at=None)
    return Shop.objects.filter(pk__in=open_plans.values("shop"))


def products_on_offer(
    shops: Sequence[Shop], *, creator: Creator, wanted: Wanted, now: datetime
) -> list[OnOffer]:
    """What these shops offer the creator today, the highest rate first."""
    sold: dict[str, list[Product]] = {}
    for product in listed(shops, wanted):
        sold.setdefault(product.shop_id, []).append(product)
    selling = [shop for shop in shops if shop.pk in sold]
    books = books_of(selling, creator=creator.handle)
    found = [
        each
        for shop, book in zip(selling, books, strict=True)
        for each in _priced(shop, book, sold[shop.pk], creator, now)
    ]
    return sorted(
        found,
        key=lambda each: (-each.rate_bps - each.bonus_bps, each.product.name, each.product.pk),
    )


def product_on_offer(product: Product, *, creator: Creator, now: datetime) -> OnOffer | None:
    """The same of one product; None where nobody, or not everybody, may promote it today."""
    its_shop = _with_open_plans().filter(pk=product.shop_id)
    if product.retired_at is not None or not promoting_among(its_shop, now=now):
        return None
    [book] = books_of([product.shop], creator=creator.handle)
    return next(_priced(product.shop, book, [product], creator, now), None)


def _priced(
    shop: Shop, book: ShopBook, products: Sequence[Product], creator: Creator, now: datetime
) -> Iterator[OnOffer]:
    """What anybody earns, and what the creator does, asked in one go."""
    on, count = day_of(shop, now), len(products)
    asked = {
        "creator": [""] * count + [creator.handle] * count,
        "product": [each.external_id for each in products] * 2,
        "day": [on] * (2 * count),
    }
    rates = price(book, pa.table(asked, schema=ASKED)).to_pylist()
    for product, anybody, rate in zip(products, rates[:count], rates[count:], strict=True):
        if anybody["kind"] == Kind.OPEN:
            yield OnOffer(
                product,
                rate["rate_bps"],
                rate["ads_rate_bps"],
                rate["seller_bonus_bps"] + rate["platform_bonus_bps"],
                anybody["plan_id"],
                rate["kept_before"],
            )


@dataclass(frozen=True, slots=True)
class WhatComes:
    """What is known today of an open plan's days to come.

    Attributes:
        coming: rates that were announced, the first to begin first.
        ends_before: when the plan ends, if that is known.
        lock_days: how long somebody who shows the product keeps a rate that is cut.
    """

    coming: tuple[Version, ...]
    ends_before: date | None
    lock_days: int


def what_comes(offer: OnOffer, *, now: datetime) -> WhatComes:
    """The days to come of the open plan behind an offer."""
    shop = offer.product.shop
    on, terms = day_of(shop, now), terms_of(shop.market)
    plan = Plan.objects.prefetch_related("rates", "named").get(pk=offer.open_plan)
    promise = promise_of(plan)
    ends = min(filter(None, (promise.ends_before, promise.stops_before)), default=None)
    lock_days = terms.on(Kind.OPEN, on).lock_days
    return WhatComes(standing(promise, terms, on=on).coming, ends, lock_days)
