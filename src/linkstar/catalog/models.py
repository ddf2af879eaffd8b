"""Markets, shops, categories and products."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import Workspace


def shop_id() -> str:
    return new_id("shp")


class Shop(models.Model):
    """One shop on one marketplace, with the zone its days are counted in."""

    id = models.CharField(primary_key=True, max_length=40, default=shop_id, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="shops")
    name = models.CharField(_("shop name"), max_length=120)
    external_id = models.CharField(_("shop ID on the platform"), max_length=64, blank=True)
    market = models.CharField(_("market"), max_length=2, default="US")
    zone = models.CharField(_("time zone"), max_length=64, default="America/Los_Angeles")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    category = models.CharField(_("main category"), max_length=300, blank=True)
    shares_with_benchmark = models.BooleanField(_("takes part in the benchmark"), default=False)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_shop_per_external_id",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A node of the category tree. Its path joins the English names from the root with ` > `."""

    path = models.CharField(_("path"), max_length=300, unique=True)
    external_id = models.CharField(max_length=32, blank=True)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.path


class Product(models.Model):
    """A product a shop sells; its category decides which benchmark applies."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="products")
    external_id = models.CharField(_("product ID"), max_length=64)
    name = models.CharField(_("product name"), max_length=500, blank=True)
    category = models.CharField(_("category"), max_length=300, blank=True)
    category_set_by_hand = models.BooleanField(default=False)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    price_minor = models.PositiveBigIntegerField(_("price"), null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    tags = models.JSONField(_("tags"), default=list)
    image_url = models.URLField(_("image"), max_length=1000, blank=True)
    landing_page = models.URLField(_("landing page"), max_length=2000, blank=True)
    retired_at = models.DateTimeField(_("no longer sold"), null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "external_id"], name="one_product_per_id")
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


def sku_id() -> str:
    return new_id("sku")


class Sku(models.Model):
    """One variant of a product, with its own price."""

    id = models.CharField(primary_key=True, max_length=40, default=sku_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="skus")
    external_id = models.CharField(_("SKU ID"), max_length=64)
    seller_sku = models.CharField(_("seller SKU"), max_length=120, blank=True)
    name = models.CharField(_("variant"), max_length=300, blank=True)
    price_minor = models.PositiveBigIntegerField(_("price"), null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta:
        verbose_name = "SKU"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "external_id"], name="one_sku_per_id")
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class ProductChange(models.Model):
    """What a product's field said before and after, and who or what changed it."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="changes")
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, null=True, related_name="changes")
    field = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    source = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["product", "field", "at"])]

    def __str__(self) -> str:
        return f"{self.product} {self.field}"


from linkstar.catalog.qualification_models import (  # noqa: E402  # they point at the shop above
    AffiliateService,
    Qualification,
    QualificationDocument,
    QualificationStep,
)

__all__ = [
    "AffiliateService",
    "Category",
    "Product",
    "ProductChange",
    "Qualification",
    "QualificationDocument",
    "QualificationStep",
    "Shop",
    "Sku",
]
