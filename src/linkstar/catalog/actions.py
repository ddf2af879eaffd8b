"""Opening shops and learning which products they sell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from linkstar.accounts.models import Workspace
from linkstar.accounts.row_security import everything_in_sight
from linkstar.catalog.models import Product, ProductChange, Shop, Sku
from linkstar.catalog.rules import ZoneUnknown, is_zone
from linkstar.catalog.tree import category_path
from linkstar.money.amounts import Money


@dataclass(frozen=True, slots=True)
class ProductSeen:
    """What a file says about one product."""

    external_id: str
    name: str
    category: str
    price: Money | None = None


def hold_shop(shop: Shop) -> None:
    """Nobody else who asks for it works on the shop until the transaction we are in has ended.

    Whoever decides what to write from what stands in its records asks first.
    """
    Shop.objects.select_for_update().filter(pk=shop.pk).values_list("pk").first()


@transaction.atomic
def open_shop(
    *,
    workspace: Workspace,
    name: str,
    now: datetime,
    market: str = "US",
    zone: str = "America/Los_Angeles",
    currency: str = "USD",
    external_id: str = "",
    category: str = "",
    shares_with_benchmark: bool = False,
) -> Shop:
    """A new shop in a workspace.

    Raises:
        ZoneUnknown: the zone is not an IANA name.
    """
    if not is_zone(zone):
        raise ZoneUnknown(zone)
    with everything_in_sight():
        highest = Shop.objects.aggregate(highest=Max("number"))["highest"] or 0
    return Shop.objects.create(
        workspace=workspace,
        number=highest + 1,
        name=name,
        external_id=external_id,
        market=market,
        zone=zone,
        currency=currency,
        category=category_path(category),
        shares_with_benchmark=shares_with_benchmark,
        created_at=now,
    )


@transaction.atomic
def learn_products(
    *, shop: Shop, seen: Sequence[ProductSeen], now: datetime, source: str = "file"
) -> int:
    """Add products a file names and fill what it states of them; returns how many changed.

    A category set by hand is never overwritten by a file, a price only filled in where none is
    known, and a file that says nothing about a field leaves it as it was.
    """
    known = {p.external_id: p for p in Product.objects.filter(shop=shop)}
    fresh: dict[str, Product] = {}
    changed: dict[str, Product] = {}
    changes: list[ProductChange] = []
    for product in seen:
        existing = known.get(product.external_id) or fresh.get(product.external_id)
        if existing is None:
            existing = Product(shop=shop, external_id=product.external_id, seen_at=now)
            fresh[product.external_id] = existing
        learnt = _learn(existing, product)
        if learnt and existing.pk:
            existing.seen_at = now
            changed[product.external_id] = existing
            changes += [
                ProductChange(
                    product=existing, field=f, before=old, after=new, source=source, at=now
                )
                for f, old, new in learnt
            ]
    fields = ["name", "category", "price_minor", "currency", "seen_at"]
    Product.objects.bulk_create(fresh.values(), batch_size=500)
    Product.objects.bulk_update(changed.values(), fields, batch_size=500)
    ProductChange.objects.bulk_create(changes, batch_size=500)
    return len(fresh) + len(changed)


def _learn(existing: Product, seen: ProductSeen) -> list[tuple[str, object, object]]:
    """Fill in what is news; returns each field with what it said before and after."""
    learnt: list[tuple[str, object, object]] = []
    name, category = seen.name[:500], category_path(seen.category)
    if name and name != existing.name:
        learnt.append(("name", existing.name, name))
        existing.name = name
    if category and category != existing.category and not existing.category_set_by_hand:
        learnt.append(("category", existing.category, category))
        existing.category = category
    if seen.price and existing.price_minor is None:
        price = {"minor": seen.price.minor, "currency": seen.price.currency}
        learnt.append(("price", None, price))
        existing.price_minor, existing.currency = seen.price.minor, seen.price.currency
    return learnt


@transaction.atomic
def learn_skus(*, shop: Shop, seen: Sequence[tuple[str, str, Money | None]]) -> int:
    """Add variants that order lines name, by product and variant; returns how many were new.

    A price is only filled in where none is known.
    """
    if not seen:
        return 0
    products = {p.external_id: p for p in Product.objects.filter(shop=shop)}
    skus = Sku.objects.filter(product__shop=shop).select_related("product")
    known = {(sku.product.external_id, sku.external_id): sku for sku in skus}
    fresh: dict[tuple[str, str], Sku] = {}
    priced: list[Sku] = []
    for product_id, sku_id, price in seen:
        key = (product_id, sku_id)
        sku = known.get(key) or fresh.get(key)
        if sku is None:
            sku = fresh[key] = Sku(product=products[product_id], external_id=sku_id)
        if price is not None and sku.price_minor is None:
            sku.price_minor, sku.currency = price.minor, price.currency
            if key in known:
                priced.append(sku)
    Sku.objects.bulk_create(fresh.values(), batch_size=500)
    Sku.objects.bulk_update(priced, ["price_minor", "currency"], batch_size=500)
    return len(fresh)


@transaction.atomic
def change_shop(
    *, shop: Shop, name: str, zone: str, category: str, shares_with_benchmark: bool
) -> Shop:
    """Rename a shop, or change its zone, main category or part in the benchmark.

    Facts loaded before keep the days they were counted on.

    Raises:
        ZoneUnknown: the zone is not an IANA name.
    """
    if not is_zone(zone):
        raise ZoneUnknown(zone)
    shop.name = name
    shop.zone = zone
    shop.category = category_path(category)
    shop.shares_with_benchmark = shares_with_benchmark
    shop.save(update_fields=["name", "zone", "category", "shares_with_benchmark"])
    return shop
