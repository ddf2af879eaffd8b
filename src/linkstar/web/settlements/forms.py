"""What is asked when a bank has answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linkstar.web.forms import CalmForm


class StatusForm(CalmForm):
    """A bank's answer, and the shop it is about."""

    shop = forms.ChoiceField(label=_("Shop"))
    file = forms.FileField(
        label=_("The bank's answer"),
        help_text=_(
            "ISO 20022 pain.002, or a CSV with the columns payout, state (paid, failed or "
            "returned) and reason; amount and currency besides say what was taken for a payment "
            "that was exchanged."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.csv,.txt"}),
    )
