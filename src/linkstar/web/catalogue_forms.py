"""What a person fills in about a product, its variants, and many products at once."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.listing import Order, Wanted
from linkstar.catalog.models import Category, Product, Shop
from linkstar.catalog.products import (
    TAG_LENGTH_MAX,
    TAGS_MAX,
    BulkChange,
    ProductStated,
    SkuStated,
    TagsRefused,
    tidy_tags,
)
from linkstar.catalog.tree import path_named
from linkstar.money.amounts import Money
from linkstar.money.currencies import CURRENCIES, currency
from linkstar.web.category_names import categories_sold
from linkstar.web.forms import CalmForm

_APART = re.compile(r"[,;，；、\n]+")
_PRODUCT_ID = re.compile(r"^[\w.-]{1,64}\Z")


class TagsField(forms.CharField):
    """Tags apart by commas."""

    def clean(self, value: Any) -> tuple[str, ...]:
        try:
            return tidy_tags(_APART.split(super().clean(value)))
        except TagsRefused as refused:
            raise forms.ValidationError(
                _("At most %(tags)d tags of up to %(length)d characters each."),
                params={"tags": TAGS_MAX, "length": TAG_LENGTH_MAX},
            ) from refused

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value


class CategoryField(forms.CharField):
    """A category in English or Chinese, or the platform's id of one; its value is the path."""

    widget = forms.TextInput({"list": "categories"})

    def clean(self, value: Any) -> str:
        return path_named(super().clean(value))


class WebAddressField(forms.URLField):
    default_validators = [URLValidator(schemes=["http", "https"])]  # noqa: RUF012  # as Django names it

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


def price_field() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Price"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )


def currency_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])


class Priced(CalmForm):
    """A form with a price in a currency; the currency says how many digits it may have."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount, code = cleaned.get("price"), cleaned.get("currency")
        if amount is not None and code and -amount.as_tuple().exponent > currency(code).exponent:
            trimmed = amount.normalize().as_tuple().exponent
            if -int(trimmed) > currency(code).exponent:
                self.add_error("price", _("This currency has no such small amounts."))
        return cleaned

    def money(self) -> Money | None:
        amount = self.cleaned_data["price"]
        return None if amount is None else Money.of(amount, self.cleaned_data["currency"])


class ProductForm(Priced):
    name = forms.CharField(label=_("Product name"), max_length=500)
    category = CategoryField(
        label=_("Category"),
        max_length=300,
        required=False,
        help_text=_("It decides which benchmark and which category plan apply."),
    )
    brand = forms.CharField(label=_("Brand"), max_length=120, required=False)
    price = price_field()
    currency = currency_field()
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Apart by commas."))
    image_url = WebAddressField(label=_("Image"), max_length=1_000, required=False)
    landing_page = WebAddressField(label=_("Landing page"), max_length=2_000, required=False)

    def stated(self) -> ProductStated:
        given = self.cleaned_data
        names = ("name", "category", "brand", "tags", "image_url", "landing_page")
        return ProductStated(price=self.money(), **{name: given[name] for name in names})

    @staticmethod
    def initial_of(product: Product) -> dict[str, Any]:
        """What the form shows of a product."""
        money = (
            Money(product.price_minor, product.currency)
            if product.price_minor is not None
            else None
        )
        names = ("name", "category", "brand", "tags", "image_url", "landing_page")
        return {name: getattr(product, name) for name in names} | {
            "price": money and money.amount,
            "currency": product.currency or product.shop.currency,
        }


class NewProductForm(ProductForm):
    external_id = forms.RegexField(
        _PRODUCT_ID,
        label=_("Product ID"),
        help_text=_("As the platform writes it; it can never be changed."),
        error_messages={"invalid": _("Letters, digits, dots and dashes only, at most 64.")},
    )
    field_order = ("external_id",)


class SkuForm(Priced):
    ids = "sku_%s"
    sku = forms.RegexField(_PRODUCT_ID, label=_("SKU ID"))
    seller_sku = forms.CharField(label=_("Seller SKU"), max_length=120, required=False)
    variant = forms.CharField(label=_("Variation"), max_length=300, required=False)
    price = price_field()
    currency = currency_field()

    def stated(self) -> SkuStated:
        given = self.cleaned_data
        return SkuStated(given["sku"], given["seller_sku"], given["variant"], self.money())


class BulkForm(CalmForm):
    """What to change in the products that were ticked."""

    ids = "bulk_%s"
    RETIRE = (("", _("as it is")), ("yes", _("sold no more")), ("no", _("sold again")))

    category = CategoryField(label=_("Category"), max_length=300, required=False)
    add_tags = TagsField(label=_("Add tags"), required=False)
    remove_tags = TagsField(label=_("Remove tags"), required=False)
    retired = forms.ChoiceField(label=_("Sold"), choices=RETIRE, required=False)

    def wanted(self) -> BulkChange:
        given = self.cleaned_data
        return BulkChange(
            category=given["category"] or None,
            add_tags=given["add_tags"],
            remove_tags=given["remove_tags"],
            retired={"yes": True, "no": False}.get(given["retired"]),
        )


class FilterForm(CalmForm):
    """Which products are listed; whatever cannot be understood is left out of the question."""

    q = forms.CharField(
        label=_("Search"), required=False, widget=forms.TextInput({"type": "search"})
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    brand = forms.ChoiceField(label=_("Brand"), required=False)
    price = forms.ChoiceField(
        label=_("Price"),
        required=False,
        choices=[("", _("All")), ("yes", _("known")), ("no", _("not known"))],
    )
    sold = forms.ChoiceField(
        label=_("Sold"),
        required=False,
        choices=[("", _("still sold")), ("no", _("sold no more")), ("all", _("All"))],
    )

    def wanted(self, sort: str) -> Wanted:
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            text=given.get("q", "").strip(),
            category=given.get("category", ""),
            brand=given.get("brand", ""),
            has_price={"yes": True, "no": False}.get(given.get("price", "")),
            is_retired={"no": True, "all": None}.get(given.get("sold", ""), False),
            order=Order(sort) if sort in set(Order) else Order.CHANGED_DOWN,
        )


def category_choices(shops: Sequence[Shop]) -> list[str]:
    """Categories to choose from: those sold in, then the platform's tree."""
    known = Category.objects.order_by("path").values_list("path", flat=True)[:2_000]
    return list(dict.fromkeys([*categories_sold(shops), *known]))
