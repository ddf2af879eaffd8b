"""Many products stated at once by a file: every row is told what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from linkstar.catalog.models import Product, ProductChange, Shop, Sku
from linkstar.catalog.products import (
    Differs,
    ProductStated,
    SkuStated,
    TagsRefused,
    restate,
    restate_sku,
    tidy_tags,
)
from linkstar.money.amounts import Money

_BATCH = 500
_FIELDS = ("name", "category", "brand", "price_minor", "currency", "tags", "image_url",
           "landing_page", "seen_at")  # fmt: skip
_SKU_FIELDS = ("seller_sku", "name", "price_minor", "currency")


@dataclass(frozen=True, slots=True)
class RowStated:
    """One row: a product, and if it names one, a variant. The price is the variant's then."""

    row: int
    external_id: str
    product: ProductStated
    sku: SkuStated | None = None


class Became(StrEnum):
    """What became of a row."""

    LOADED = "loaded"
    DUPLICATE = "duplicate"  # it says nothing that was not known
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row and what became of it; a rejected one names the field and the problem."""

    row: int
    became: Became
    field: str = ""
    code: str = ""
    value: str = ""


@dataclass
class _Taking:
    """What is known, and what will be written."""

    shop: Shop
    source: str
    now: datetime
    products: dict[str, Product]
    skus: dict[tuple[str, str], Sku]
    said: dict[tuple[str, str, str], object] = field(default_factory=dict)
    fresh: dict[str, Product] = field(default_factory=dict)
    changed: dict[str, Product] = field(default_factory=dict)
    fresh_skus: dict[tuple[str, str], Sku] = field(default_factory=dict)
    changed_skus: dict[tuple[str, str], Sku] = field(default_factory=dict)
    changes: list[ProductChange] = field(default_factory=list)
    sku_prices: dict[str, list[Money]] = field(default_factory=dict)


@transaction.atomic
def take_products(
    *, shop: Shop, rows: Sequence[RowStated], source: str, now: datetime
) -> list[Outcome]:
    """Add and change what the rows state; a row that contradicts an earlier one is rejected.

    A product of which only variants state a price has the lowest of theirs.
    """
    known = {p.external_id: p for p in Product.objects.filter(shop=shop)}
    skus = Sku.objects.filter(product__shop=shop).select_related("product")
    taking = _Taking(
        shop, source, now, known, {(s.product.external_id, s.external_id): s for s in skus}
    )
    outcomes = [_take(taking, row) for row in rows]
    for external_id, prices in taking.sku_prices.items():
        if (external_id, "", "price") not in taking.said:
            stated = ProductStated(price=min(prices, key=lambda price: price.minor))
            _take_product(taking, external_id, stated)
    _write(taking)
    return outcomes


def _take(taking: _Taking, row: RowStated) -> Outcome:
    refused = _contradiction(taking, row) or _tags_problem(row)
    if refused is not None:
        return refused
    is_news = _take_product(taking, row.external_id, row.product)
    if row.sku is not None:
        is_news = _take_sku(taking, row.external_id, row.sku) or is_news
    return Outcome(row.row, Became.LOADED if is_news else Became.DUPLICATE)


def _contradiction(taking: _Taking, row: RowStated) -> Outcome | None:
    """The first field that says something else than an earlier row of the file."""
    sku = row.sku.external_id if row.sku else ""
    told = {
        (row.external_id, "", name): getattr(row.product, name)
        for name in ("name", "category", "brand", "price", "tags", "image_url", "landing_page")
    }
    if row.sku is not None:
        told |= {
            (row.external_id, sku, name): getattr(row.sku, name)
            for name in ("seller_sku", "name", "price")
        }
    said = {key: value for key, value in told.items() if value is not None}
    for key, value in said.items():
        if taking.said.get(key, value) != value:
            return Outcome(row.row, Became.REJECTED, key[2], "row.contradicts", str(value))
    taking.said |= said
    return None


def _tags_problem(row: RowStated) -> Outcome | None:
    try:
        tidy_tags(row.product.tags or ())
    except TagsRefused:
        told = ", ".join(row.product.tags or ())
        return Outcome(row.row, Became.REJECTED, "tags", "tags.too_many", told)
    return None


def _take_product(taking: _Taking, external_id: str, stated: ProductStated) -> bool:
    product = taking.products.get(external_id)
    if product is None:
        product = Product(shop=taking.shop, external_id=external_id, seen_at=taking.now)
        taking.products[external_id] = taking.fresh[external_id] = product
        restate(product, stated, source=taking.source)
        return True
    differs = restate(product, stated, source=taking.source)
    if differs and external_id not in taking.fresh:
        product.seen_at = taking.now
        taking.changed[external_id] = product
        taking.changes += [_change(taking, product, one) for one in differs]
    return bool(differs)


def _take_sku(taking: _Taking, external_id: str, stated: SkuStated) -> bool:
    key = (external_id, stated.external_id)
    if stated.price is not None:
        taking.sku_prices.setdefault(external_id, []).append(stated.price)
    sku = taking.skus.get(key)
    if sku is None:
        product = taking.products[external_id]
        sku = Sku(product=product, external_id=stated.external_id)
        taking.skus[key] = taking.fresh_skus[key] = sku
        restate_sku(sku, stated)
        return True
    differs, priced = restate_sku(sku, stated)
    if differs and key not in taking.fresh_skus:
        taking.changed_skus[key] = sku
        if priced is not None:
            taking.changes.append(_change(taking, sku.product, priced, sku))
    return differs


def _change(
    taking: _Taking, product: Product, differs: Differs, sku: Sku | None = None
) -> ProductChange:
    name, before, after = differs
    return ProductChange(
        product=product, sku=sku, field=name, before=before, after=after,
        source=taking.source, at=taking.now,
    )  # fmt: skip


def _write(taking: _Taking) -> None:
    Product.objects.bulk_create(taking.fresh.values(), batch_size=_BATCH)
    Product.objects.bulk_update(taking.changed.values(), _FIELDS, batch_size=_BATCH)
    Sku.objects.bulk_create(taking.fresh_skus.values(), batch_size=_BATCH)
    Sku.objects.bulk_update(taking.changed_skus.values(), _SKU_FIELDS, batch_size=_BATCH)
    ProductChange.objects.bulk_create(taking.changes, batch_size=_BATCH)
