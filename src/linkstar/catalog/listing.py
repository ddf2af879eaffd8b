"""The catalogue as a list, and what a product cost on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from linkstar.catalog.models import Product, ProductChange, Shop
from linkstar.catalog.rules import SEPARATOR


class Order(StrEnum):
    """How the list is sorted; a leading minus turns it around."""

    NAME = "name"
    NAME_DOWN = "-name"
    CATEGORY = "category"
    CATEGORY_DOWN = "-category"
    PRICE = "price"
    PRICE_DOWN = "-price"
    CHANGED = "seen"
    CHANGED_DOWN = "-seen"


_COLUMNS = {"name": "name", "category": "category", "price": "price_minor", "seen": "seen_at"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which products, and in what order. `category` means itself and everything below."""

    text: str = ""
    category: str = ""
    brand: str = ""
    has_price: bool | None = None
    is_retired: bool | None = False
    order: Order = Order.CHANGED_DOWN


def listed(shops: Sequence[Shop], wanted: Wanted) -> QuerySet[Product]:
    """The products of these shops that fit."""
    products = Product.objects.filter(shop__in=shops).select_related("shop")
    if wanted.text:
        fits = Q(name__icontains=wanted.text) | Q(external_id__icontains=wanted.text)
        fits |= Q(skus__seller_sku__icontains=wanted.text) | Q(skus__external_id=wanted.text)
        products = products.filter(fits).distinct()
    if wanted.category:
        below = Q(category__startswith=wanted.category + SEPARATOR)
        products = products.filter(Q(category=wanted.category) | below)
    if wanted.brand:
        products = products.filter(brand=wanted.brand)
    if wanted.has_price is not None:
        products = products.filter(price_minor__isnull=not wanted.has_price)
    if wanted.is_retired is not None:
        products = products.filter(retired_at__isnull=not wanted.is_retired)
    column = _COLUMNS[wanted.order.lstrip("-")]
    sign = "-" if wanted.order.startswith("-") else ""
    return products.order_by(f"{sign}{column}", "id")


def brands_of(shops: Sequence[Shop]) -> list[str]:
    """Every brand those shops sell."""
    brands = Product.objects.filter(shop__in=shops).exclude(brand="")
    return list(brands.order_by("brand").values_list("brand", flat=True).distinct())


def history_of(product: Product) -> QuerySet[ProductChange]:
    """What changed, the latest first."""
    changes = ProductChange.objects.filter(product=product)
    return changes.select_related("sku").order_by("-at", "-id")
