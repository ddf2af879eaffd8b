"""What a company states, the papers it uploads, and what a reviewer writes."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.models import Qualification, QualificationDocument
from linkstar.catalog.qualifying import CompanyFacts
from linkstar.web.forms import CalmForm

PHONE = re.compile(r"\+[1-9]\d{6,14}")
"""E.164: a plus, the country, the number; at most 15 digits."""


class CompanyForm(CalmForm):
    company_name = forms.CharField(
        label=_("Company name"), max_length=200, required=False,
        help_text=_("As it stands on the business licence."),
    )  # fmt: skip
    registration_number = forms.CharField(
        label=_("Registration number"), max_length=60, required=False
    )
    legal_representative = forms.CharField(
        label=_("Legal representative"), max_length=120, required=False
    )
    contact_email = forms.ChoiceField(
        label=_("Company e-mail"),
        required=False,
        help_text=_("Addresses that owners and managers have confirmed by a link."),
    )
    contact_phone = forms.CharField(
        label=_("Company phone"),
        required=False,
        widget=forms.TextInput({"type": "tel", "placeholder": "+86 755 1234 5678"}),
        help_text=_(
            "With the country code. The reviewer calls it: LinkStar sends no text messages."
        ),
    )
    licence_valid_until = forms.DateField(
        label=_("Business licence valid until"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("Leave it empty if the licence has no end."),
    )
    sells_branded_goods = forms.BooleanField(
        label=_("The shop sells goods of a brand"),
        required=False,
        help_text=_("Then the authorisation of the brand is needed, too."),
    )
    shop_rating = forms.DecimalField(
        label=_("Shop rating"), required=False, min_value=0, max_value=5,
        max_digits=3, decimal_places=2,
        help_text=_("As the platform shows it. A new shop leaves it and the next three empty."),
    )  # fmt: skip
    negative_reviews = forms.DecimalField(
        label=_("Negative reviews (%)"), required=False, min_value=0, max_value=100,
        max_digits=5, decimal_places=2,
    )  # fmt: skip
    returns = forms.DecimalField(
        label=_("Returns (%)"), required=False, min_value=0, max_value=100,
        max_digits=5, decimal_places=2,
    )  # fmt: skip
    counterfeit_points = forms.IntegerField(
        label=_("Counterfeit points in 60 days"), required=False, min_value=0, max_value=1000
    )

    def __init__(self, *args: Any, addresses: list[str], **kwargs: Any) -> None:
        self.addresses = addresses
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        known = dict.fromkeys([str(self.initial.get("contact_email") or ""), *self.addresses])
        self.fields["contact_email"].choices = [  # type: ignore[attr-defined]
            ("", _("Not chosen")),
            *((address, address) for address in known if address),
        ]

    def clean_contact_phone(self) -> str:
        try:
            return plain_phone(self.cleaned_data["contact_phone"])
        except ValueError as refused:
            raise forms.ValidationError(
                _("A number with its country code, such as +86 755 1234 5678.")
            ) from refused

    def facts(self) -> CompanyFacts:
        stated = dict(self.cleaned_data)
        return CompanyFacts(
            negative_review_bps=basis_points(stated.pop("negative_reviews")),
            return_bps=basis_points(stated.pop("returns")),
            **stated,
        )


class DocumentForm(CalmForm):
    kind = forms.ChoiceField(label=_("What it is"), choices=QualificationDocument.Kind.choices)
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # refused with a better sentence when it is looked into
        max_length=1000,
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("PDF, JPEG or PNG, at most 10 MB."),
    )


def company_initial(qualification: Qualification) -> dict[str, Any]:
    """What is written down already, as the form shows it."""
    names = [name for name in CompanyForm.base_fields if hasattr(qualification, name)]
    stated = {name: getattr(qualification, name) for name in names}
    stated["negative_reviews"] = percent(qualification.negative_review_bps)
    stated["returns"] = percent(qualification.return_bps)
    return stated


def plain_phone(given: str) -> str:
    """A phone number without spaces and brackets; empty for none.

    Raises:
        ValueError: it is not one with its country code.
    """
    plain = re.sub(r"[\s().-]", "", given)
    if plain and not PHONE.fullmatch(plain):
        raise ValueError(gettext("a number with its country code, such as +86 755 1234 5678"))
    return plain


def basis_points(percentage: Decimal | None) -> int | None:
    return None if percentage is None else int(percentage * 100)


def percent(bps: int | None) -> Decimal | None:
    return None if bps is None else Decimal(bps) / 100
