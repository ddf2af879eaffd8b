"""What a shop offers besides its plans: incentives for a time, and packages of videos."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, WRITES, log, now, seller_of
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.plans import Handle, creators_by_handle
from linkstar.api.products import own_product
from linkstar.api.repeating import once
from linkstar.api.shapes import (
    Amount,
    Asked,
    AskedAmount,
    Bps,
    Code,
    Day,
    Name,
    Number,
    Page,
    Text,
    choices,
)
from linkstar.api.shops import chosen_shops, own_shop
from linkstar.catalog.tree import path_named
from linkstar.plans import offers
from linkstar.plans.models import Incentive, Package
from linkstar.plans.rules import Funder, GrantKind, Scope

router = Router()


class IncentiveTold(Schema):
    """Something granted on top for a time: no commission or fee taken, a boost, traffic."""

    id: str
    shop_id: str
    kind: str
    scope: str
    category: str
    product_id: int | None
    creator_id: str | None
    bonus_bps: int
    funded_by: str
    note: str
    starts_on: date
    ends_before: date
    stops_before: date | None
    created_at: datetime


class NewIncentive(Asked):
    """An incentive to grant; without a creator it is everybody's. Only a boost has a bonus."""

    shop_id: Text
    kind: Annotated[GrantKind, choices(GrantKind)]
    scope: Scope = Scope.SHOP
    funded_by: Annotated[Funder, choices(Funder)]
    starts_on: Day
    ends_before: Day
    category: Annotated[Text, Field(max_length=300)] = ""
    product_id: Number | None = None
    creator: Handle | None = None
    bonus_bps: Bps = 0
    note: Annotated[Text, Field(max_length=300)] = ""


class PackageTold(Schema):
    """A price for a number of videos within a time."""

    id: str
    shop_id: str
    name: str
    videos: int
    days: int
    price: Amount
    stopped_at: datetime | None
    created_at: datetime


class NewPackage(Asked):
    """A package to offer."""

    shop_id: Text
    name: Name
    videos: Annotated[int, Field(ge=1, le=1_000)]
    days: Annotated[int, Field(ge=1, le=730)]
    price: AskedAmount


def incentive_told(one: Incentive) -> IncentiveTold:
    names = (
        "id", "shop_id", "kind", "scope", "category", "product_id", "creator_id", "bonus_bps",
        "funded_by", "note", "starts_on", "ends_before", "stops_before", "created_at",
    )  # fmt: skip
    return IncentiveTold(**{name: getattr(one, name) for name in names})


def package_told(one: Package) -> PackageTold:
    names = ("id", "shop_id", "name", "videos", "days", "stopped_at", "created_at")
    price = Amount(minor=one.price_minor, currency=one.currency)
    return PackageTold(price=price, **{name: getattr(one, name) for name in names})


@router.get("incentives", response=Page[IncentiveTold], auth=READS)
def incentives(request: HttpRequest, piece: AskedPiece, shop_id: Code = "") -> Page[IncentiveTold]:
    """Incentives, the newest first."""
    found = Incentive.objects.filter(shop__in=chosen_shops(seller_of(request), shop_id))
    return page_of(found, piece, incentive_told, by=("-created_at", "-pk"))


@router.post("incentives", response={201: IncentiveTold}, auth=WRITES)
@once
def grant_incentive(request: HttpRequest, asked: NewIncentive) -> IncentiveTold:
    """Grant something on top for a time."""
    seller = seller_of(request)
    named = creators_by_handle(seller.workspace, (asked.creator,)) if asked.creator else [None]
    made = offers.grant_incentive(
        shop=own_shop(seller, asked.shop_id),
        kind=GrantKind(asked.kind),
        scope=asked.scope,
        funded_by=Funder(asked.funded_by),
        starts_on=asked.starts_on,
        ends_before=asked.ends_before,
        now=now(),
        category=path_named(asked.category),
        product=own_product(seller, asked.product_id) if asked.product_id else None,
        creator=named[0],
        bonus_bps=asked.bonus_bps,
        note=asked.note,
    )
    log(request, "incentive.granted", made.id, kind=made.kind, bonus_bps=made.bonus_bps)
    return incentive_told(made)


@router.post("incentives/{incentive_id}/stop", response=IncentiveTold, auth=WRITES)
@once
def stop_incentive(request: HttpRequest, incentive_id: str) -> IncentiveTold:
    """It no longer counts from tomorrow; stopping twice changes nothing."""
    own = Incentive.objects.filter(shop__workspace=seller_of(request).workspace)
    found = get_object_or_404(own.select_related("shop"), id=incentive_id)
    stopped = offers.stop_incentive(incentive=found, now=now())
    log(request, "incentive.stopped", found.id)
    return incentive_told(stopped)


@router.get("packages", response=Page[PackageTold], auth=READS)
def packages(request: HttpRequest, piece: AskedPiece, shop_id: Code = "") -> Page[PackageTold]:
    """Packages, those offered no longer among them; the newest first."""
    found = Package.objects.filter(shop__in=chosen_shops(seller_of(request), shop_id))
    return page_of(found, piece, package_told, by=("-created_at", "-pk"))


@router.post("packages", response={201: PackageTold}, auth=WRITES)
@once
def offer_package(request: HttpRequest, asked: NewPackage) -> PackageTold:
    """Offer a number of videos within a time at a price."""
    shop = own_shop(seller_of(request), asked.shop_id)
    said = asked.dict(exclude={"shop_id", "price"})
    made = offers.offer_package(shop=shop, price=asked.price.money(), now=now(), **said)
    log(request, "package.offered", made.id, price_minor=made.price_minor)
    return package_told(made)


@router.post("packages/{package_id}/stop", response=PackageTold, auth=WRITES)
@once
def stop_package(request: HttpRequest, package_id: str) -> PackageTold:
    """It is no longer offered; what was agreed stays agreed."""
    own = Package.objects.filter(shop__workspace=seller_of(request).workspace)
    found = get_object_or_404(own, id=package_id)
    stopped = offers.stop_package(package=found, now=now())
    log(request, "package.stopped", found.id)
    return package_told(stopped)
