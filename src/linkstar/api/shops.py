"""The shops of a company."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, WRITES, Seller, log, now, seller_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Name, Text
from linkstar.catalog.actions import change_shop, open_shop
from linkstar.catalog.market_rules import market_named
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of, shops_of, standing_of

router = Router()
Zone = Annotated[Text, Field(max_length=64)]
Category = Annotated[Text, Field(max_length=300)]


class ShopTold(Schema):
    """One shop; `standing` says whether its plans may be shown to creators today."""

    id: str
    name: str
    external_id: str
    market: str
    currency: str
    zone: str
    category: str
    shares_with_benchmark: bool
    standing: str
    created_at: datetime


class ShopsTold(Schema):
    """Every shop of the company; there are never so many that they come in pieces."""

    items: list[ShopTold]


class NewShop(Asked):
    """A shop to open. Its market settles in one currency and never changes."""

    name: Name
    market: Annotated[Text, Field(min_length=2, max_length=2)] = "US"
    zone: Zone = "America/Los_Angeles"
    category: Category = ""
    shares_with_benchmark: bool = False


class ShopChange(Asked):
    """What to change of a shop; what is not named stays."""

    name: Name | None = None
    zone: Zone | None = None
    category: Category | None = None
    shares_with_benchmark: bool | None = None


def told(shop: Shop) -> ShopTold:
    return ShopTold(
        id=shop.id,
        name=shop.name,
        external_id=shop.external_id,
        market=shop.market,
        currency=shop.currency,
        zone=shop.zone,
        category=shop.category,
        shares_with_benchmark=shop.shares_with_benchmark,
        standing=standing_of(shop, day_of(shop, now())),
        created_at=shop.created_at,
    )


def own_shop(seller: Seller, shop_id: str) -> Shop:
    """The company's shop.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(shops_of(seller.workspace), id=shop_id)


def chosen_shops(seller: Seller, shop_id: str) -> tuple[Shop, ...]:
    """The one that is named, or all of them.

    Raises:
        Http404: the company has none of this id.
    """
    return (own_shop(seller, shop_id),) if shop_id else seller.shops


@router.get("shops", response=ShopsTold, auth=READS)
def shops(request: HttpRequest) -> ShopsTold:
    """Every shop of the company."""
    return ShopsTold(items=[told(shop) for shop in seller_of(request).shops])


@router.get("shops/{shop_id}", response=ShopTold, auth=READS)
def shop(request: HttpRequest, shop_id: str) -> ShopTold:
    """One shop."""
    return told(own_shop(seller_of(request), shop_id))


@router.post("shops", response={201: ShopTold}, auth=WRITES)
@once
def make_shop(request: HttpRequest, asked: NewShop) -> ShopTold:
    """Open a shop."""
    currency = market_named(asked.market).currency
    opened = open_shop(
        workspace=seller_of(request).workspace, now=now(), currency=currency, **asked.dict()
    )
    log(request, "shop.opened", opened.id)
    return told(opened)


@router.patch("shops/{shop_id}", response=ShopTold, auth=WRITES)
def edit_shop(request: HttpRequest, shop_id: str, asked: ShopChange) -> ShopTold:
    """Rename a shop, or change its zone, main category or part in the benchmark."""
    shop = own_shop(seller_of(request), shop_id)
    names = ("name", "zone", "category", "shares_with_benchmark")
    changed = {name: getattr(shop, name) for name in names} | asked.dict(exclude_none=True)
    saved = change_shop(shop=shop, **changed)
    log(request, "shop.changed", shop.id, **asked.dict(exclude_none=True))
    return told(saved)
