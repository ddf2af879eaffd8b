"""Incentives for a time, packages of videos at a price, and who shows which product."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import day_of
from linkstar.catalog.tree import category_path
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.plans import checks
from linkstar.plans.actions import takes_nothing
from linkstar.plans.models import Incentive, Package, Promotion
from linkstar.plans.refusals import BonusMissing, PackageIncomplete, RateOutOfBounds, ScopeUnclear
from linkstar.plans.rules import Funder, GrantKind, Kind, Scope
from linkstar.plans.terms import terms_of


@transaction.atomic
def grant_incentive(
    *,
    shop: Shop,
    kind: GrantKind,
    scope: Scope,
    funded_by: Funder,
    starts_on: date,
    ends_before: date,
    now: datetime,
    category: str = "",
    product: Product | None = None,
    creator: Creator | None = None,
    bonus_bps: int = 0,
    note: str = "",
) -> Incentive:
    """Something on top for a time.

    Raises:
        PlanRefused: by the name of what is wrong.
    """
    path = category_path(category) if scope is Scope.CATEGORY else ""
    about = product if scope is Scope.PRODUCT else None
    is_unclear = (scope is Scope.CATEGORY and not path) or (
        scope is Scope.PRODUCT and (about is None or about.shop_id != shop.pk)
    )
    if is_unclear:
        raise ScopeUnclear(scope)
    if (kind is GrantKind.BOOST) != (bonus_bps > 0):
        raise BonusMissing(bonus_bps)
    highest = terms_of(shop.market).on(Kind.OPEN, starts_on).rate_bps_max
    if bonus_bps > highest:
        raise RateOutOfBounds(bonus_bps, rate_bps_min=1, rate_bps_max=highest)
    checks.check_days(starts_on, ends_before, today=day_of(shop, now))
    with takes_nothing(shop, now):
        return Incentive.objects.create(
            shop=shop,
            kind=kind,
            scope=scope,
            category=path,
            product=about,
            creator=creator,
            bonus_bps=bonus_bps,
            funded_by=funded_by,
            note=note,
            starts_on=starts_on,
            ends_before=ends_before,
            created_at=now,
        )


@transaction.atomic
def stop_incentive(*, incentive: Incentive, now: datetime) -> Incentive:
    """It no longer counts from tomorrow; stopping twice changes nothing."""
    if incentive.stops_before is None:
        tomorrow = day_of(incentive.shop, now) + timedelta(days=1)
        incentive.stopped_at = now
        begun = incentive.starts_on < tomorrow
        incentive.stops_before = tomorrow if begun else incentive.starts_on
        incentive.save(update_fields=["stopped_at", "stops_before"])
    return incentive


@transaction.atomic
def offer_package(
    *, shop: Shop, name: str, videos: int, days: int, price: Money, now: datetime
) -> Package:
    """A price for a number of videos within a time.

    Raises:
        PackageIncomplete: no videos, no days or no price.
    """
    if videos < 1 or days < 1 or price.minor < 1:
        raise PackageIncomplete(name)
    return Package.objects.create(
        shop=shop,
        name=name,
        videos=videos,
        days=days,
        price_minor=price.minor,
        currency=price.currency,
        created_at=now,
    )


@transaction.atomic
def stop_package(*, package: Package, now: datetime) -> Package:
    """It is no longer offered; what was agreed stays agreed."""
    package.stopped_at = package.stopped_at or now
    package.save(update_fields=["stopped_at"])
    return package


@transaction.atomic
def start_promotion(*, creator: Creator, product: Product, now: datetime) -> Promotion:
    """The creator shows the product from today on; already showing it changes nothing.

    Put up again on the day it was taken down, it counts as new from tomorrow: the lock is gone.
    """
    shown = Promotion.objects.filter(creator=creator, product=product)
    running = shown.filter(ends_before=None).first()
    if running is not None:
        return running
    last = shown.order_by("-ends_before").first()
    today = day_of(product.shop, now)
    ended = (last.ends_before if last else None) or today
    return Promotion.objects.create(
        shop=product.shop, creator=creator, product=product, starts_on=max(today, ended)
    )


SALES_TELL_DAYS = 30
"""A sale this recent tells that a product is shown; a take-down this recent, that it is not."""


@transaction.atomic
def learn_promotions(*, shop: Shop, sold: Iterable[tuple[str, int]], now: datetime) -> int:
    """Who sold a product shows it, from today on as far as is known here; how many are new.

    Days that are over keep their rate: what is learned today counts from today. Buyers come for
    days after a product was taken down, so that a take-down within the last month stands.

    Args:
        shop: whose products.
        sold: creators and products, by their keys.
        now: the instant of learning.
    """
    today = day_of(shop, now)
    recent = Q(ends_before=None) | Q(ends_before__gt=today - timedelta(days=SALES_TELL_DAYS))
    known = set(Promotion.objects.filter(recent, shop=shop).values_list("creator_id", "product_id"))
    fresh = [pair for pair in dict.fromkeys(sold) if pair not in known]
    Promotion.objects.bulk_create(
        Promotion(shop=shop, creator_id=creator, product_id=product, starts_on=today)
        for creator, product in fresh
    )
    return len(fresh)


@transaction.atomic
def end_promotion(*, creator: Creator, product: Product, now: datetime) -> None:
    """The product was taken down; a locked rate is lost from tomorrow."""
    tomorrow = day_of(product.shop, now) + timedelta(days=1)
    running = Promotion.objects.filter(creator=creator, product=product, ends_before=None)
    for one in running:
        one.ends_before = max(tomorrow, one.starts_on + timedelta(days=1))
        one.save(update_fields=["ends_before"])
