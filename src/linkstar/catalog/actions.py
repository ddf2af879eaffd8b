"""Opening shops and learning which products they sell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.rules import ZoneUnknown, category_path, is_zone


@dataclass(frozen=True, slots=True)
class ProductSeen:
    """What a file says about one product."""

    external_id: str
    name: str
    category: str


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
def learn_products(*, shop: Shop, seen: Sequence[ProductSeen], now: datetime) -> int:
    """Add products a file names and fill names and categories it states; returns how many changed.

    A category set by hand is never overwritten by a file, and a file that says nothing about a
    field leaves it as it was.
    """
    known = {p.external_id: p for p in Product.objects.filter(shop=shop)}
    fresh: dict[str, Product] = {}
    changed: dict[str, Product] = {}
    for product in seen:
        category = category_path(product.category)
        existing = known.get(product.external_id) or fresh.get(product.external_id)
        if existing is None:
            fresh[product.external_id] = Product(
                shop=shop,
                external_id=product.external_id,
                name=product.name[:500],
                category=category,
                seen_at=now,
            )
            continue
        name = product.name[:500] or existing.name
        if existing.category_set_by_hand:
            category = existing.category
        if (name, category or existing.category) != (existing.name, existing.category):
            existing.name = name
            existing.category = category or existing.category
            existing.seen_at = now
            if existing.pk:
                changed[product.external_id] = existing
    Product.objects.bulk_create(fresh.values(), batch_size=500)
    Product.objects.bulk_update(changed.values(), ["name", "category", "seen_at"], batch_size=500)
    return len(fresh) + len(changed)


@transaction.atomic
def set_category(*, product: Product, category: str, now: datetime) -> Product:
    """A person's word on the category; files no longer change it."""
    product.category = category_path(category)
    product.category_set_by_hand = True
    product.seen_at = now
    product.save(update_fields=["category", "category_set_by_hand", "seen_at"])
    return product


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
