"""What the two sides fill in."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.models import Product, Shop
from linkstar.collaborations.models import Support
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.web.forms import CalmForm

PERCENT = Decimal(100)


def offer(form: forms.Form, name: str, choices: QuerySet[Any]) -> None:
    """What can be chosen in a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = choices


class AgreementForm(CalmForm):
    """An agreement made elsewhere, written down with its terms."""

    creator = forms.ModelChoiceField(Creator.objects.none(), label=_("Creator"))
    products = forms.ModelMultipleChoiceField(Product.objects.none(), label=_("Products"))
    rate = forms.DecimalField(
        label=_("Commission rate in percent"), min_value=0, max_value=100, decimal_places=2
    )
    ads_rate = forms.DecimalField(
        label=_("Rate for orders through ads, in percent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
        help_text=_("Leave empty to follow the commission plan."),
    )
    flat_fee = forms.DecimalField(
        label=_("Flat fee"), min_value=0, decimal_places=2, required=False
    )
    videos = forms.IntegerField(label=_("Videos due"), min_value=0, max_value=200, initial=1)
    lives = forms.IntegerField(label=_("LIVE streams due"), min_value=0, max_value=200, initial=0)
    needs_sample = forms.BooleanField(label=_("A sample is sent first"), required=False)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput({"type": "date"}))
    terms = forms.CharField(
        label=_("What else was agreed"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args: Any, shop: Shop, creators: QuerySet[Creator], **kwargs: Any) -> None:
        self.shop, self.creators = shop, creators
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        sold = Product.objects.filter(shop=self.shop, retired_at=None).order_by("name")
        offer(self, "creator", self.creators)
        offer(self, "products", sold)
        self.fields["flat_fee"].help_text = _("In %(currency)s, for everything due together.") % {
            "currency": self.shop.currency
        }

    def agreed(self) -> Terms:
        """What was filled in, as terms."""
        said = self.cleaned_data
        last: date = said["ends_on"]
        return Terms(
            rate_bps=int(said["rate"] * PERCENT),
            ads_rate_bps=None if said["ads_rate"] is None else int(said["ads_rate"] * PERCENT),
            flat_fee=Money.of(said["flat_fee"] or Decimal(0), self.shop.currency),
            videos=said["videos"],
            lives=said["lives"],
            needs_sample=said["needs_sample"],
            starts_on=said["starts_on"],
            ends_before=date.fromordinal(last.toordinal() + 1),
            text=said["terms"],
        )


class ReasonForm(CalmForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class MessageForm(CalmForm):
    ids = "message_%s"
    text = forms.CharField(label=_("Message"), max_length=5_000, widget=forms.Textarea({"rows": 3}))


class ShipForm(CalmForm):
    carrier = forms.CharField(label=_("Carrier"), max_length=60)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=60)
    cost = forms.DecimalField(label=_("Cost of the product"), min_value=0, decimal_places=2)
    shipping = forms.DecimalField(label=_("Cost of shipping"), min_value=0, decimal_places=2)


class OfProducts(CalmForm):
    """A form about one product of an agreement."""

    def __init__(self, *args: Any, products: QuerySet[Product], **kwargs: Any) -> None:
        self.products = products
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        offer(self, "product", self.products)


class CollaborationLinkForm(OfProducts):
    """Which product the link is for; it leads to the product's landing page."""

    ids = "link_%s"
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"))
    destination = forms.URLField(
        label=_("Leads to"),
        required=False,
        assume_scheme="https",
        max_length=2_000,
        help_text=_("Leave empty to use the product's landing page."),
    )
    content_id = forms.CharField(label=_("Content ID"), max_length=64, required=False)
    variant = forms.CharField(label=_("Variant"), max_length=60, required=False)


class SupportForm(CalmForm):
    """What a creator needs to shoot with."""

    ids = "support_%s"
    kind = forms.ChoiceField(label=_("What you need"), choices=Support.Kind.choices)
    text = forms.CharField(label=_("In a few words"), max_length=500)
    wanted_on = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput({"type": "date"})
    )


class SupportCostForm(CalmForm):
    cost = forms.DecimalField(label=_("What it costs you"), min_value=0, decimal_places=2)


class OpenLinkForm(CalmForm):
    """A link a creator makes for one product, and how they tell it from their others."""

    variant = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        required=False,
        help_text=_("For your own distinction: bio, story, second video."),
    )
    destination = forms.URLField(
        label=_("Another page of the shop"),
        required=False,
        assume_scheme="https",
        max_length=2_000,
        help_text=_("Leave empty to use the product's landing page."),
    )

    def __init__(self, *args: Any, about: Product | None = None, **kwargs: Any) -> None:
        self.about = about
        super().__init__(*args, **kwargs)

    def leads_to(self) -> str:
        """The page asked for, else the landing page of the product; empty where there is none."""
        product = self.about or self.cleaned_data["product"]
        return str(self.cleaned_data["destination"] or product.landing_page)


class OwnLinkForm(OfProducts, OpenLinkForm):
    """The same for one of the products of an agreement."""

    ids = "link_%s"
    field_order = ("product", "variant", "destination")
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"), empty_label=None)


class SubmitForm(CalmForm):
    url = forms.URLField(
        label=_("Link to the published content"), assume_scheme="https", max_length=500
    )
    content_id = forms.CharField(
        label=_("Content ID"),
        max_length=64,
        help_text=_("The long number in the link of a video, or the room ID of a LIVE."),
    )


class SampleForm(OfProducts):
    ids = "sample_%s"
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"))
    address = forms.CharField(
        label=_("Shipping address"),
        max_length=1_000,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
        help_text=_("Only the seller of this product sees it."),
    )
