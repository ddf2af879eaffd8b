"""Forms of recruiting: terms, searches, campaigns, templates."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.market_rules import market_named, markets
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import products_of
from linkstar.collaborations.rules import Terms
from linkstar.money.amounts import Money
from linkstar.recruiting.models import Proposed
from linkstar.recruiting.rules import PLACEHOLDERS
from linkstar.web.forms import CalmForm

DAY = {"type": "date"}


class TermsForm(CalmForm):
    """What one side proposes; the last day is the last one it holds on."""

    rate = forms.DecimalField(
        label=_("Commission rate (%)"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    ads_rate = forms.DecimalField(
        label=_("Rate for orders through ads (%)"), min_value=0, max_value=100, max_digits=5,
        decimal_places=2, required=False,
        help_text=_("Leave it empty to follow the shop's plan."),
    )  # fmt: skip
    fee = forms.DecimalField(
        label=_("Flat fee"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    videos = forms.IntegerField(label=_("Videos"), min_value=0, max_value=999, initial=1)
    lives = forms.IntegerField(label=_("LIVE streams"), min_value=0, max_value=999, initial=0)
    needs_sample = forms.BooleanField(label=_("A sample is sent"), required=False)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(DAY))
    last_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(DAY))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["fee"].label = _("Flat fee (%(currency)s)") % {"currency": self.currency}

    def terms(self, text: str = "") -> Terms:
        given = self.cleaned_data
        ads_rate = given["ads_rate"]
        return Terms(
            rate_bps=int(given["rate"] * 100),
            ads_rate_bps=None if ads_rate is None else int(ads_rate * 100),
            flat_fee=Money.of(given["fee"] or Decimal(0), self.currency),
            videos=given["videos"],
            lives=given["lives"],
            needs_sample=given["needs_sample"],
            starts_on=given["starts_on"],
            ends_before=given["last_on"] + timedelta(days=1),
            text=text,
        )


class OfferForm(TermsForm):
    message = forms.CharField(
        label=_("Message"), required=False, max_length=2_000, widget=forms.Textarea({"rows": 3})
    )


class InviteForm(TermsForm):
    products = forms.ModelMultipleChoiceField(label=_("Products"), queryset=Product.objects.none())
    text = forms.CharField(label=_("Text"), max_length=2_000, widget=forms.Textarea({"rows": 6}))
    days = forms.IntegerField(
        label=_("Days to answer"), min_value=1, max_value=30, initial=14,
        help_text=_("After that the invitation ends by itself."),
    )  # fmt: skip
    field_order = ("products", "text", "days")

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        self.shop = shop
        super().__init__(*args, currency=shop.currency, **kwargs)

    def prepare(self) -> None:
        super().prepare()
        offer_products(self, self.shop)
        self.fields["text"].help_text = placeholders_told()


class CampaignForm(TermsForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("What creators should know"), required=False, max_length=4_000,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    products = forms.ModelMultipleChoiceField(label=_("Products"), queryset=Product.objects.none())
    places = forms.IntegerField(
        label=_("Places"), min_value=1, max_value=10_000, required=False,
        help_text=_("Leave it empty for as many as you like."),
    )  # fmt: skip
    signup_last_on = forms.DateField(label=_("Last day to sign up"), widget=forms.DateInput(DAY))
    market = forms.ChoiceField(label=_("Market"))
    field_order = ("title", "text", "market", "products", "signup_last_on", "places")

    def __init__(self, *args: Any, shop: Shop | None, **kwargs: Any) -> None:
        self.shop = shop
        super().__init__(*args, currency=shop.currency if shop else "", **kwargs)

    def prepare(self) -> None:
        super().prepare()
        if self.shop is None:
            del self.fields["products"]
            named = [(one.code, f"{one.code} · {one.currency}") for one in markets().values()]
            self.fields["market"].choices = named  # type: ignore[attr-defined]
            self.fields["fee"].label = _("Flat fee, in the market's currency")
        else:
            del self.fields["market"]
            offer_products(self, self.shop)

    def terms(self, text: str = "") -> Terms:
        if self.shop is None:
            self.currency = market_named(self.cleaned_data["market"]).currency
        return super().terms(text)

    def signup_ends_at(self, zone: str) -> datetime:
        """The end of the last day to sign up, in a zone."""
        day_after = self.cleaned_data["signup_last_on"] + timedelta(days=1)
        return datetime.combine(day_after, time.min, ZoneInfo(zone))


class SelectForm(OfferForm):
    """Terms for one creator of a campaign; a shop that joins an operator's names its products."""

    products = forms.ModelMultipleChoiceField(label=_("Products"), queryset=Product.objects.none())
    field_order = ("products",)

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        self.shop = shop
        super().__init__(*args, currency=shop.currency, **kwargs)

    def prepare(self) -> None:
        super().prepare()
        offer_products(self, self.shop)


class TemplateForm(CalmForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("zh", "中文")])
    text = forms.CharField(label=_("Text"), max_length=2_000, widget=forms.Textarea({"rows": 8}))

    def prepare(self) -> None:
        self.fields["text"].help_text = placeholders_told()


class OutreachForm(CalmForm):
    """What Seller Center tells the shop."""

    tier = forms.ChoiceField(label=_("Tier in Seller Center"), required=False)
    weekly_limit = forms.IntegerField(
        label=_("Creators you may contact a week"), required=False, min_value=0,
        max_value=1_000_000,
        help_text=_("Seller Center shows it under Find creators. It is not published per tier."),
    )  # fmt: skip

    def __init__(self, *args: Any, tiers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.tiers = tiers
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        choices = [("", _("not told")), *self.tiers]
        self.fields["tier"].choices = choices  # type: ignore[attr-defined]


def placeholders_told() -> str:
    names = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    return gettext("Filled in for each creator: %(names)s") % {"names": names}


def offer_products(form: forms.Form, shop: Shop) -> None:
    """Let a form choose among what the shop sells."""
    field = form.fields["products"]
    assert isinstance(field, forms.ModelMultipleChoiceField)
    sold = products_of(shop.workspace).filter(shop=shop, retired_at=None)
    field.queryset = sold.order_by("name", "pk")


def said(proposed: Proposed) -> dict[str, Any]:
    """Terms as the form shows them."""
    return {
        "rate": Decimal(proposed.rate_bps) / 100,
        "ads_rate": None if proposed.ads_rate_bps is None else Decimal(proposed.ads_rate_bps) / 100,
        "fee": Money(proposed.flat_fee_minor, proposed.currency).amount,
        "videos": proposed.videos,
        "lives": proposed.lives,
        "needs_sample": proposed.needs_sample,
        "starts_on": proposed.starts_on,
        "last_on": proposed.ends_before - timedelta(days=1),
    }
