"""What a person fills in to make a plan, change a rate, or grant something."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.tree import path_named
from linkstar.creators.models import Creator
from linkstar.plans.queries import creators_named
from linkstar.plans.rules import Funder, GrantKind, Kind, Scope
from linkstar.web.category_names import categories_sold
from linkstar.web.forms import CalmForm
from linkstar.web.plan_words import FUNDERS, GRANTS, KINDS, SCOPES, percent

OFFERED_KINDS = (Kind.OPEN, Kind.TARGETED, Kind.CAMPAIGN)
_SPLIT = re.compile(r"[\s,;，；、]+")


class PercentField(forms.CharField):
    """`15`, `15%` or `12.5 %`, as hundredths of a percent."""

    widget = forms.TextInput({"inputmode": "decimal", "placeholder": "15%"})

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace("％", "%").rstrip("% ").replace("，", ".")
        if not text:
            return None
        try:
            bps = Decimal(text) * 100
        except InvalidOperation:
            bps = Decimal("NaN")
        if not bps.is_finite() or bps != bps.to_integral_value() or not 0 <= bps <= 10_000:
            raise forms.ValidationError(_("Write a percentage such as 15% or 12.5%."))
        return int(bps)

    def prepare_value(self, value: Any) -> Any:
        return percent(value) if isinstance(value, int) else value


class DayField(forms.DateField):
    widget = forms.DateInput({"type": "date"})


class LastDayField(DayField):
    """The last day as people say it; its value is the day after."""

    def clean(self, value: Any) -> date | None:
        last: date | None = super().clean(value)
        return last and last + timedelta(days=1)

    def prepare_value(self, value: Any) -> Any:
        return value - timedelta(days=1) if isinstance(value, date) else value


class HandlesField(forms.CharField):
    """Handles in a text, apart by lines, spaces or commas."""

    widget = forms.Textarea({"rows": 3, "placeholder": "@ada, @bo"})

    def clean(self, value: Any) -> list[str]:
        return [handle for handle in _SPLIT.split(super().clean(value)) if handle.strip("@")]


def creators_of(workspace: Workspace, handles: Sequence[str]) -> list[Creator]:
    """The creators behind handles.

    Raises:
        ValidationError: some are not known; all of them are named.
    """
    found = creators_named(workspace, handles)
    unknown = [f"@{handle}" for handle, creator in found.items() if creator is None]
    if unknown:
        raise forms.ValidationError(
            _("Not among your creators: %(handles)s. Add them first, or check the spelling."),
            params={"handles": ", ".join(unknown)},
        )
    return [creator for creator in found.values() if creator is not None]


class ScopeForm(CalmForm):
    """Fields that say what something is about; `about` gives them to an action."""

    def __init__(self, shop: Shop, *args: Any, **kwargs: Any) -> None:
        self.shop = shop
        super().__init__(*args, **kwargs)
        self.categories = categories_sold([shop])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        scope, product_id = cleaned.get("scope"), cleaned.get("product", "")
        cleaned["category"] = path_named(cleaned.get("category", ""))
        cleaned["product"] = None
        if scope == Scope.PRODUCT:
            own = Product.objects.filter(shop=self.shop, external_id=product_id)
            cleaned["product"] = own.first()
            if cleaned["product"] is None:
                self.add_error("product", _("The shop has no product with this ID."))
        if scope == Scope.CATEGORY and not cleaned["category"]:
            self.add_error("category", _("Say which category."))
        return cleaned

    def about(self) -> dict[str, Any]:
        names = ("scope", "category", "product")
        return {name: self.cleaned_data[name] for name in names} | {
            "scope": Scope(self.cleaned_data["scope"])
        }


def scope_fields() -> dict[str, forms.Field]:
    return {
        "scope": forms.ChoiceField(
            label=_("Applies to"), choices=lambda: [(s.value, SCOPES[s]) for s in reversed(Scope)]
        ),
        "category": forms.CharField(
            label=_("Category"),
            max_length=300,
            required=False,
            widget=forms.TextInput({"list": "categories"}),
            help_text=_("When it applies to a category: itself and all below it."),
        ),
        "product": forms.CharField(
            label=_("Product ID"),
            max_length=64,
            required=False,
            help_text=_("When it applies to a product."),
        ),
    }


class PlanForm(ScopeForm):
    """A new plan with its first rate."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: [(kind.value, KINDS[kind]) for kind in OFFERED_KINDS]
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    scope, category, product = scope_fields().values()
    rate_bps = PercentField(label=_("Commission rate"))
    ads_rate_bps = PercentField(
        label=_("Rate for ads"),
        required=False,
        help_text=_("For orders that come through your ads. Empty: the ordinary rate."),
    )
    starts_on = DayField(label=_("First day"))
    ends_before = LastDayField(label=_("Last day"), required=False, help_text=_("Empty: no end."))
    creators = HandlesField(
        label=pgettext_lazy("list", "Creators"),
        required=False,
        help_text=_("Handles, for a targeted plan or a campaign; none for an open plan."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            cleaned["creators"] = creators_of(self.shop.workspace, cleaned.get("creators", []))
        except forms.ValidationError as unknown:
            self.add_error("creators", unknown)
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """What `make_plan` takes."""
        names = ("name", "rate_bps", "ads_rate_bps", "starts_on", "ends_before", "creators")
        said = {name: self.cleaned_data[name] for name in names}
        return {**said, **self.about(), "kind": Kind(self.cleaned_data["kind"])}


class RateForm(CalmForm):
    """A new version of a plan's rate."""

    rate_bps = PercentField(label=_("Commission rate"))
    ads_rate_bps = PercentField(
        label=_("Rate for ads"),
        required=False,
        help_text=_("For orders that come through your ads. Empty: the ordinary rate."),
    )
    starts_on = DayField(
        label=_("From"), help_text=_("A higher rate may begin today, a lower one tomorrow.")
    )


class NamesForm(CalmForm):
    """More creators for a plan."""

    creators = HandlesField(label=pgettext_lazy("list", "Creators"))
    starts_on = DayField(label=_("From"))


class IncentiveForm(ScopeForm):
    """Something granted on top for a time."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: [(kind.value, GRANTS[kind]) for kind in GrantKind]
    )
    scope, category, product = scope_fields().values()
    creator = forms.CharField(
        label=_("Creator"), max_length=120, required=False, help_text=_("Empty: every creator.")
    )
    bonus_bps = PercentField(
        label=_("Bonus rate"),
        required=False,
        help_text=_("For a boost; on top of the plan's rate."),
    )
    funded_by = forms.ChoiceField(
        label=_("Paid by"), choices=lambda: [(one.value, FUNDERS[one]) for one in Funder]
    )
    starts_on = DayField(label=_("First day"))
    ends_before = LastDayField(label=_("Last day"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        handle = cleaned.get("creator", "")
        cleaned["creator"] = None
        if handle:
            try:
                [cleaned["creator"]] = creators_of(self.shop.workspace, [handle])
            except forms.ValidationError as unknown:
                self.add_error("creator", unknown)
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """What `grant_incentive` takes."""
        given = self.cleaned_data
        return {
            **self.about(),
            "kind": GrantKind(given["kind"]),
            "funded_by": Funder(given["funded_by"]),
            "bonus_bps": given["bonus_bps"] or 0,
            **{name: given[name] for name in ("creator", "starts_on", "ends_before", "note")},
        }


class PackageForm(CalmForm):
    """A price for a number of videos within a time."""

    name = forms.CharField(label=_("Name"), max_length=120)
    videos = forms.IntegerField(label=_("Videos"), min_value=1, max_value=1_000)
    days = forms.IntegerField(label=_("Within days"), min_value=1, max_value=730)
    price = forms.DecimalField(label=_("Price"), min_value=0, max_digits=12, decimal_places=2)

    def __init__(self, shop: Shop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"].help_text = shop.currency
