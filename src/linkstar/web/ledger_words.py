"""What people call the facts that entries of the book were worked out from."""

from django.utils.translation import gettext_lazy as _

from linkstar.web.money_words import Label

FACTS: dict[str, Label] = {
    "agreed_minor": _("Agreed fee (minor units)"),
    "agreement": _("Agreement"),
    "amounts": _("Amounts"),
    "base_micros": _("Base (millionths)"),
    "base_minor": _("Base (minor units)"),
    "bought_minor": _("Bought (minor units)"),
    "deliverable": _("Content"),
    "dispute": _("Dispute"),
    "exchange": _("Exchange"),
    "gained_minor": _("Gained (minor units)"),
    "items": _("Items kept"),
    "line": _("Order line"),
    "on": _("Day of the rate"),
    "order": _("Order"),
    "payout": _("Payment"),
    "plan": _("Plan"),
    "plan_version": _("Version of the plan"),
    "policy_from": _("Fee policy in force from"),
    "rate": _("Rate"),
    "rate_bps": _("Rate (basis points)"),
    "rate_source": _("Who promised the rate"),
    "reason": _("Reason"),
    "referral_bps": _("Referral fee (basis points)"),
    "revision": _("Revision of the line"),
    "said_minor": _("Said by the bank (minor units)"),
    "settlement": _("Settlement"),
    "shop": _("Shop"),
    "sold_minor": _("Sold (minor units)"),
    "source": _("Source"),
}
