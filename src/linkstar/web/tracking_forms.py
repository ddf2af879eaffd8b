"""What a person fills in to make a link, allow a host, or make a write key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linkstar.collector.sub_ids import TEXT_LENGTH_MAX
from linkstar.tracking.models import KeyKind
from linkstar.web.forms import CalmForm
from linkstar.web.names import CHANNELS, CONTENT_TYPES

DESTINATION_REFUSALS = {
    "length": _("An address has between 1 and 2,000 characters."),
    "character": _("The address contains a character that browsers read differently."),
    "scheme": _("The address has to begin with https://."),
    "user": _("The address must not contain a user name."),
    "port": _("The address must not name a port."),
    "host": _("Links of this shop may not lead to this host. Allow the host first."),
}
"""Why a link may not lead somewhere, by the code of the refusal."""


LINK_OVER = _("This day is over. Name today or a later one, or none.")


class LinkForm(CalmForm):
    destination = forms.CharField(
        label=_("Leads to"),
        max_length=2_000,
        widget=forms.URLInput({"placeholder": "https://"}),
        help_text=_("The product page. It can never be changed afterwards."),
    )
    creator = forms.CharField(label=_("Creator"), max_length=120, required=False)
    content_id = forms.CharField(label=_("Content ID"), max_length=64, required=False)
    content_type = forms.ChoiceField(
        label=_("Content type"),
        choices=lambda: [(kind.value, label) for kind, label in CONTENT_TYPES.items()],
    )
    product_id = forms.CharField(label=_("Product ID"), max_length=64, required=False)
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=lambda: [(channel.value, label) for channel, label in CHANNELS.items()],
    )
    variant = forms.CharField(
        label=_("Variant"),
        max_length=60,
        required=False,
        help_text=_("To tell two links for the same content apart."),
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("After this day, in the shop's time zone, the link leads nowhere."),
    )
    passes_click = forms.BooleanField(
        label=_("Tell the page which click it was"),
        required=False,
        help_text=_(
            "Adds ls_click to the address, so that your shop can name the click when it reports "
            "an order."
        ),
    )


class HostForm(CalmForm):
    host = forms.CharField(
        label=_("Host"),
        max_length=253,
        help_text=_("For example shop.example.com; names below it are allowed as well."),
    )


class KeyForm(CalmForm):
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("Where the key will be used.")
    )
    kind = forms.ChoiceField(label=_("For"), choices=KeyKind.choices, initial=KeyKind.SERVER)


class SubIdForm(CalmForm):
    """What a signed sub-id says; asked for in the address, since nothing is kept."""

    sub_id = forms.CharField(
        label=_("Sub-ID"),
        max_length=TEXT_LENGTH_MAX,
        help_text=_("Any word of yours, for example the placement or the newsletter."),
    )
    days = forms.IntegerField(label=_("Holds for days"), min_value=1, max_value=400, initial=90)
