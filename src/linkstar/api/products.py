"""The catalogue: products and their variants, one and many at once, with what changed."""

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, WRITES, Seller, log, now, seller_of
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import (
    Amount,
    Asked,
    AskedAmount,
    ExternalId,
    Number,
    Page,
    Text,
    Url,
)
from linkstar.api.shops import chosen_shops, own_shop
from linkstar.catalog import products as verbs
from linkstar.catalog.listing import Wanted, history_of, listed
from linkstar.catalog.models import Product, ProductChange, Sku
from linkstar.catalog.queries import products_of
from linkstar.catalog.tree import path_named

router = Router()
Tag = Annotated[Text, Field(min_length=1, max_length=verbs.TAG_LENGTH_MAX)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=verbs.TAGS_MAX)]
Category = Annotated[Text, Field(max_length=300)]
BULK_MAX = 500


class SkuTold(Schema):
    """One variant of a product."""

    id: str
    external_id: str
    seller_sku: str
    name: str
    price: Amount | None


class ProductTold(Schema):
    """One product. `id` is its number here, `external_id` the platform's."""

    id: int
    shop_id: str
    external_id: str
    name: str
    category: str
    category_set_by_hand: bool
    brand: str
    price: Amount | None
    tags: list[str]
    image_url: str
    landing_page: str
    retired_at: datetime | None
    changed_at: datetime


class ProductInFull(ProductTold):
    """One product with its variants."""

    skus: list[SkuTold]


class ChangeTold(Schema):
    """What a field said before and after, and who or what changed it."""

    id: int
    at: datetime
    field: str
    sku_id: str | None
    before: object
    after: object
    source: str


class ProductsWanted(Schema):
    """Which products."""

    shop_id: Text = ""
    text: Annotated[Text, Field(max_length=200)] = ""
    category: Category = ""
    brand: Annotated[Text, Field(max_length=120)] = ""
    has_price: bool | None = None
    is_retired: bool | None = False


class ProductChanges(Asked):
    """What to say of a product; what is not named, or null, stays."""

    name: Annotated[Text, Field(min_length=1, max_length=500)] | None = None
    category: Category | None = None
    brand: Annotated[Text, Field(max_length=120)] | None = None
    price: AskedAmount | None = None
    tags: Tags | None = None
    image_url: Url | None = None
    landing_page: Url | None = None
    is_retired: bool | None = None

    def stated(self) -> verbs.ProductStated:
        return verbs.ProductStated(
            name=self.name,
            category=None if self.category is None else path_named(self.category),
            brand=self.brand,
            price=self.price.money() if self.price else None,
            tags=self.tags,
            image_url=self.image_url,
            landing_page=self.landing_page,
        )


class NewProduct(ProductChanges):
    """A product a shop sells from now on; the platform's id never changes."""

    shop_id: Text
    external_id: ExternalId


class ManyChanges(Asked):
    """What to change in many products at once: all of them, or none."""

    product_ids: Annotated[list[Number], Field(min_length=1, max_length=BULK_MAX)]
    category: Category | None = None
    add_tags: Tags = ()
    remove_tags: Tags = ()
    is_retired: bool | None = None


class Changed(Schema):
    """How many of those asked about really changed."""

    asked: int
    changed: int


class SkuStated(Asked):
    """A variant, by the platform's id; what is not named stays."""

    external_id: ExternalId
    seller_sku: Annotated[Text, Field(max_length=120)] | None = None
    name: Annotated[Text, Field(max_length=300)] | None = None
    price: AskedAmount | None = None


def told(product: Product) -> ProductTold:
    return ProductTold(
        id=product.pk,
        shop_id=product.shop_id,
        external_id=product.external_id,
        name=product.name,
        category=product.category,
        category_set_by_hand=product.category_set_by_hand,
        brand=product.brand,
        price=Amount.stated(product.price_minor, product.currency),
        tags=product.tags,
        image_url=product.image_url,
        landing_page=product.landing_page,
        retired_at=product.retired_at,
        changed_at=product.seen_at,
    )


def told_in_full(product: Product) -> ProductInFull:
    skus = product.skus.order_by("external_id")
    return ProductInFull(**told(product).dict(), skus=[_sku_told(sku) for sku in skus])


def _sku_told(sku: Sku) -> SkuTold:
    return SkuTold(
        id=sku.id,
        external_id=sku.external_id,
        seller_sku=sku.seller_sku,
        name=sku.name,
        price=Amount.stated(sku.price_minor, sku.currency),
    )


def _change_told(change: ProductChange) -> ChangeTold:
    return ChangeTold(
        id=change.pk,
        at=change.at,
        field=change.field,
        sku_id=change.sku_id,
        before=change.before,
        after=change.after,
        source=change.source,
    )


def own_product(seller: Seller, product_id: int) -> Product:
    """The company's product.

    Raises:
        Http404: it has none of this number.
    """
    return get_object_or_404(products_of(seller.workspace), pk=product_id)


def own_products(seller: Seller, product_ids: list[int]) -> list[Product]:
    """The company's products, in the order they are named.

    Raises:
        Http404: one of them is not there.
    """
    found = products_of(seller.workspace).in_bulk(product_ids)
    if len(found) < len(set(product_ids)):
        raise Http404
    return [found[number] for number in dict.fromkeys(product_ids)]


@router.get("products", response=Page[ProductTold], auth=READS)
def products(
    request: HttpRequest, piece: AskedPiece, wanted: Query[ProductsWanted]
) -> Page[ProductTold]:
    """Products, the newest first. `category` means itself and everything below."""
    chosen = chosen_shops(seller_of(request), wanted.shop_id)
    found = listed(chosen, Wanted(**wanted.dict(exclude={"shop_id"})))
    return page_of(found, piece, told)


@router.post("products/change-many", response=Changed, auth=WRITES)
@once
def edit_products(request: HttpRequest, asked: ManyChanges) -> Changed:
    """Change all the products named, or none of them."""
    chosen = own_products(seller_of(request), asked.product_ids)
    wanted = verbs.BulkChange(
        category=None if asked.category is None else path_named(asked.category),
        add_tags=asked.add_tags,
        remove_tags=asked.remove_tags,
        retired=asked.is_retired,
    )
    count = verbs.change_many(products=chosen, wanted=wanted, now=now())
    log(request, "products.changed", str(len(chosen)), changed=count)
    return Changed(asked=len(chosen), changed=count)


@router.get("products/{product_id}", response=ProductInFull, auth=READS)
def product(request: HttpRequest, product_id: Number) -> ProductInFull:
    """One product with its variants."""
    return told_in_full(own_product(seller_of(request), product_id))


@router.get("products/{product_id}/changes", response=Page[ChangeTold], auth=READS)
def product_changes(
    request: HttpRequest, product_id: Number, piece: AskedPiece
) -> Page[ChangeTold]:
    """What was said of it before, the latest change first."""
    own = own_product(seller_of(request), product_id)
    return page_of(history_of(own), piece, _change_told, by=("-at", "-pk"))


@router.post("products", response={201: ProductInFull}, auth=WRITES)
@once
def make_product(request: HttpRequest, asked: NewProduct) -> ProductInFull:
    """Add a product."""
    shop = own_shop(seller_of(request), asked.shop_id)
    made = verbs.add_product(
        shop=shop, external_id=asked.external_id, stated=asked.stated(), now=now()
    )
    if asked.is_retired:
        verbs.set_retired(product=made, is_retired=True, now=now())
    log(request, "product.added", made.external_id)
    return told_in_full(made)


@router.patch("products/{product_id}", response=ProductInFull, auth=WRITES)
def edit_product(request: HttpRequest, product_id: Number, asked: ProductChanges) -> ProductInFull:
    """Say something of a product; what it said before is kept among its changes."""
    own = own_product(seller_of(request), product_id)
    changes = verbs.change_product(product=own, stated=asked.stated(), now=now())
    if asked.is_retired is not None:
        own = verbs.set_retired(product=own, is_retired=asked.is_retired, now=now())
    if changes:
        log(request, "product.changed", own.external_id, fields=[one.field for one in changes])
    return told_in_full(own)


@router.post("products/{product_id}/skus", response=ProductInFull, auth=WRITES)
@once
def put_sku(request: HttpRequest, product_id: Number, asked: SkuStated) -> ProductInFull:
    """Add a variant, or change the one with this id."""
    own = own_product(seller_of(request), product_id)
    stated = verbs.SkuStated(
        external_id=asked.external_id,
        seller_sku=asked.seller_sku,
        name=asked.name,
        price=asked.price.money() if asked.price else None,
    )
    verbs.put_sku(product=own, stated=stated, now=now())
    log(request, "sku.put", own.external_id, sku=asked.external_id)
    return told_in_full(own)


@router.delete("products/{product_id}/skus/{sku_id}", response=ProductInFull, auth=WRITES)
def drop_sku(request: HttpRequest, product_id: Number, sku_id: str) -> ProductInFull:
    """Take a variant away; what it said is kept among the product's changes."""
    seller = seller_of(request)
    own = own_product(seller, product_id)
    skus = Sku.objects.filter(product=own, product__shop__workspace=seller.workspace)
    sku = get_object_or_404(skus, id=sku_id)
    verbs.drop_sku(sku=sku, now=now())
    log(request, "sku.dropped", own.external_id, sku=sku.external_id)
    return told_in_full(own)
