"""Writing down what a product is: by hand, in bulk, or from a file; every change is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from linkstar.catalog.models import Product, ProductChange, Shop, Sku
from linkstar.catalog.tree import category_path
from linkstar.money.amounts import Money

HAND = "hand"
"""The source of what a person typed in."""
TAGS_MAX = 20
TAG_LENGTH_MAX = 40
Differs = tuple[str, Any, Any]
"""A field, what it said before, and what it says now."""


class ProductKnown(ValueError):
    """The shop has a product with this id already."""


class TagsRefused(ValueError):
    """Too many tags, or one too long."""


@dataclass(frozen=True, slots=True)
class ProductStated:
    """What is said of a product. None: nothing is said, and what is known stays."""

    name: str | None = None
    category: str | None = None
    brand: str | None = None
    price: Money | None = None
    tags: tuple[str, ...] | None = None
    image_url: str | None = None
    landing_page: str | None = None


@dataclass(frozen=True, slots=True)
class SkuStated:
    """What is said of one variant."""

    external_id: str
    seller_sku: str | None = None
    name: str | None = None
    price: Money | None = None


@transaction.atomic
def add_product(
    *, shop: Shop, external_id: str, stated: ProductStated, now: datetime, source: str = HAND
) -> Product:
    """A product the shop sells from now on.

    Raises:
        ProductKnown: the shop has one with this id.
        TagsRefused: see there.
    """
    if Product.objects.filter(shop=shop, external_id=external_id).exists():
        raise ProductKnown(external_id)
    product = Product(shop=shop, external_id=external_id, seen_at=now)
    _fill(product, _fields(stated), is_hand=source == HAND)
    product.save()
    return product


@transaction.atomic
def change_product(
    *, product: Product, stated: ProductStated, now: datetime, source: str = HAND
) -> list[ProductChange]:
    """Write down what differs, and what it was before; returns the changes.

    A category set by hand is only changed by hand.

    Raises:
        TagsRefused: see there.
    """
    changes = [
        ProductChange(
            product=product, field=field, before=before, after=after, source=source, at=now
        )
        for field, before, after in restate(product, stated, source=source)
    ]
    if changes:
        product.seen_at = now
        product.save()
    return ProductChange.objects.bulk_create(changes)


def restate(product: Product, stated: ProductStated, *, source: str) -> list[Differs]:
    """Fill in what is said and tell what differs; nothing is written.

    Raises:
        TagsRefused: see there.
    """
    fields = _fields(stated)
    if source != HAND and product.category_set_by_hand:
        fields.pop("category", None)
    before = {name: _told(product, name) for name in fields}
    _fill(product, fields, is_hand=source == HAND)
    return [
        (name, old, _told(product, name))
        for name, old in before.items()
        if old != _told(product, name)
    ]


def restate_sku(sku: Sku, stated: SkuStated) -> tuple[bool, Differs | None]:
    """Fill in what is said: whether anything differs, and how the price does, if it does."""
    price = _price_of(sku)
    before = (sku.seller_sku, sku.name, price)
    sku.seller_sku = sku.seller_sku if stated.seller_sku is None else stated.seller_sku
    sku.name = sku.name if stated.name is None else stated.name
    if stated.price is not None:
        sku.price_minor, sku.currency = stated.price.minor, stated.price.currency
    after = (sku.seller_sku, sku.name, _price_of(sku))
    return before != after, ("price", price, _price_of(sku)) if price != _price_of(sku) else None


@transaction.atomic
def put_sku(*, product: Product, stated: SkuStated, now: datetime, source: str = HAND) -> bool:
    """Add a variant or change what is said of it; whether anything was new."""
    found = Sku.objects.filter(product=product, external_id=stated.external_id).first()
    sku = found or Sku(product=product, external_id=stated.external_id)
    differs, priced = restate_sku(sku, stated)
    if found is not None and not differs:
        return False
    sku.save()
    if found is not None and priced is not None:
        field, before, after = priced
        ProductChange.objects.create(
            product=product, sku=sku, field=field, before=before, after=after,
            source=source, at=now,
        )  # fmt: skip
    return True


@transaction.atomic
def drop_sku(*, sku: Sku, now: datetime, source: str = HAND) -> None:
    """The variant was a mistake or is sold no more; what it said is kept among the changes."""
    gone = {"id": sku.external_id, "name": sku.name, "price": _price_of(sku)}
    ProductChange.objects.create(
        product=sku.product, field="sku", before=gone, after=None, source=source, at=now
    )
    ProductChange.objects.filter(sku=sku).update(sku=None, field="sku_price")
    sku.delete()


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to change in many products at once; None and empty leave a thing as it is."""

    category: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    retired: bool | None = None


@transaction.atomic
def change_many(*, products: Sequence[Product], wanted: BulkChange, now: datetime) -> int:
    """Change all of them or none; returns how many really changed.

    Raises:
        TagsRefused: one of them would have too many tags.
    """
    return sum(_change_one(product, wanted, now) for product in products)


def _change_one(product: Product, wanted: BulkChange, now: datetime) -> bool:
    kept = [tag for tag in product.tags if tag not in wanted.remove_tags]
    tags = (*kept, *wanted.add_tags)
    stated = ProductStated(category=wanted.category, tags=tags)
    changes = change_product(product=product, stated=stated, now=now)
    retires = wanted.retired is not None and wanted.retired != (product.retired_at is not None)
    if retires:
        set_retired(product=product, is_retired=bool(wanted.retired), now=now)
    return bool(changes) or retires


@transaction.atomic
def set_retired(*, product: Product, is_retired: bool, now: datetime) -> Product:
    """Sold no more, or sold again. Nothing that was counted goes away."""
    if is_retired == (product.retired_at is not None):
        return product
    product.retired_at = now if is_retired else None
    product.save(update_fields=["retired_at"])
    ProductChange.objects.create(
        product=product, field="retired", before=not is_retired, after=is_retired,
        source=HAND, at=now,
    )  # fmt: skip
    return product


def tidy_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Each tag once, in order, without space around it.

    Raises:
        TagsRefused: more than `TAGS_MAX`, or one longer than `TAG_LENGTH_MAX`.
    """
    tidied = tuple(dict.fromkeys(" ".join(tag.split()) for tag in tags if tag.strip()))
    if len(tidied) > TAGS_MAX or any(len(tag) > TAG_LENGTH_MAX for tag in tidied):
        raise TagsRefused(len(tidied))
    return tidied


def _fields(stated: ProductStated) -> dict[str, Any]:
    said = {
        "name": stated.name and stated.name[:500],
        "category": None if stated.category is None else category_path(stated.category),
        "brand": stated.brand,
        "price": stated.price,
        "tags": None if stated.tags is None else list(tidy_tags(stated.tags)),
        "image_url": stated.image_url,
        "landing_page": stated.landing_page,
    }
    return {name: value for name, value in said.items() if value is not None}


def _fill(product: Product, fields: Mapping[str, Any], *, is_hand: bool) -> None:
    for name, value in fields.items():
        if name == "price":
            product.price_minor, product.currency = value.minor, value.currency
            continue
        if name == "category" and is_hand and value != product.category:
            product.category_set_by_hand = True
        setattr(product, name, value)


def _told(product: Product, name: str) -> Any:
    """A field as it is written down among the changes."""
    return _price_of(product) if name == "price" else getattr(product, name)


def _price_of(priced: Product | Sku) -> dict[str, Any] | None:
    if priced.price_minor is None:
        return None
    return {"minor": priced.price_minor, "currency": priced.currency}
