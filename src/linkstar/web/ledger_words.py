"""What people call accounts of the book, and the facts that its entries were worked out from."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.web.money_words import STATES, Label

FACTS: dict[str, Label] = {
    "agreed_minor": _("Agreed fee (minor units)"),
    "agreement": _("Agreement"),
    "amounts": _("Amounts"),
    "base_micros": _("Base (millionths)"),
    "base_minor": _("Base (minor units)"),
    "bought_minor": _("Bought (minor units)"),
    "deliverable": _("Content"),
    "dispute": _("Dispute"),
    "exchange": pgettext_lazy("entry", "Exchange"),
    "gained_minor": _("Gained (minor units)"),
    "items": _("Items kept"),
    "line": _("Order line"),
    "on": _("Day of the rate"),
    "order": _("Order"),
    "payout": _("Payment"),
    "plan": _("Plan"),
    "plan_version": _("Version of the plan"),
    "policy_from": _("Fee policy in force from"),
    "rate": pgettext_lazy("exchange", "Rate"),
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
ACCOUNTS: dict[str, Label] = STATES | {
    "commission": pgettext_lazy("amount", "commission"),
    "ads_commission": _("commission for ads"),
    "bonus": _("bonus"),
    "flat_fee": _("flat fee"),
    "platform_fee": _("platform fees"),
    "fees": _("platform fees"),
    "payouts_sent": _("handed to the bank"),
    "bank": _("bank account"),
    "exchange": _("gain or loss of exchange"),
}
"""What stands on an account, by the last part of its path."""


def account_words(path: str, creators: Mapping[str, str], shops: Mapping[str, str]) -> str:
    """Whose account it is and what stands on it: `@ada · payable`.

    Args:
        path: of the account.
        creators: handles by id.
        shops: names by number.
    """
    kind, *parts = path.split(":")
    if kind == "clearing":
        return str(_("waits for an exchange"))
    owner = {
        "creator": lambda name: f"@{creators[name]}" if name in creators else "",
        "shop": lambda name: shops.get(name, ""),
        "platform": lambda name: str(_("platform {market}")).format(market=name),
    }.get(parts[0])
    named = owner(parts[1]) if owner and len(parts) > 1 else ""
    said = ACCOUNTS.get(parts[-1], "")
    return " · ".join(str(word) for word in (named, said) if word)
