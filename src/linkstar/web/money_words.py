"""What people call verdicts on claims, kinds of amounts, their states, and entries of the book."""

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linkstar.attribution.rules import Method, Verdict
from linkstar.commissions.deposits import Release
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import Component, Kind, RateSource, State
from linkstar.orders.actions.refunding import NO_SUCH_LINE
from linkstar.orders.matching import Why
from linkstar.web import formats
from linkstar.web.plan_words import percent
from linkstar.web.templatetags.amounts import micros

Label = Any
"""A string that is translated when it is printed."""

METHODS: dict[str, Label] = {
    Method.PLATFORM: _("stated by the platform"),
    Method.PROMO_CODE: _("promo code"),
    Method.LIVE: _("sold in a LIVE"),
    Method.LAST_CLICK: _("last valid click"),
    Method.BY_HAND: _("decided by hand"),
    Method.NOBODY: _("nobody"),
}
VERDICTS: dict[str, Label] = {
    Verdict.WON: _("earned the line"),
    Verdict.EARLIER_CLICK: _("a later click came after it"),
    Verdict.TIE_LOST: _("another click at the same instant comes first"),
    Verdict.HEARD_LATER: _("a claim of a kind that comes first is valid"),
    Verdict.OUTSIDE_WINDOW: _("too long before the order"),
    Verdict.AFTER_THE_ORDER: _("after the order"),
    Verdict.FILTERED: _("invalid traffic"),
    Verdict.PAID_FOR: _("an ad: it earns nothing by itself"),
    Verdict.CODE_UNKNOWN: _("no such code"),
    Verdict.CODE_NOT_VALID: _("the code did not hold on that day"),
    Verdict.OVERRULED: _("earned the line until somebody decided again"),
}
UNMATCHED: dict[str, Label] = {
    NO_SUCH_LINE: _("no line of that number is known"),
    Why.ITEM_UNKNOWN: _("nobody bought this item before, as far as is known"),
    Why.NO_SUCH_SALE: _("the item was not sold at this price before"),
    Why.NOTHING_LEFT: _("no sale of it has so many items left"),
}
COMPONENTS: dict[str, Label] = {
    Component.STANDARD: pgettext_lazy("amount", "commission"),
    Component.ADS: _("commission for ads"),
    Component.SELLER_BOOST: _("bonus from the seller"),
    Component.PLATFORM_BOOST: _("bonus from the platform"),
    Component.FLAT_FEE: _("flat fee"),
}
KINDS: dict[str, Label] = {
    Kind.ACCRUED: _("accrued"),
    Kind.CLAWED_BACK: _("clawed back"),
    Kind.RESTORED: _("restored"),
    Kind.RELEASED: _("deposit released"),
    Kind.REATTRIBUTED: _("earned by somebody else"),
}
STATES: dict[str, Label] = {
    State.DEPOSIT: pgettext_lazy("amount", "deposit"),
    State.ACCRUED: _("accrued"),
    State.APPROVED: _("confirmed"),
    State.PAYABLE: _("payable"),
    State.HELD: _("held"),
    State.SETTLED: _("settled"),
    State.PAID: pgettext_lazy("amount", "paid out"),
}
SOURCES: dict[str, Label] = {
    RateSource.AGREEMENT: _("agreed with the creator"),
    RateSource.PLAN: _("commission plan"),
    RateSource.SHOP_DEFAULT: _("default of the shop"),
    RateSource.STATED: _("stated by the platform"),
    RateSource.NOBODY: _("nobody promised a rate"),
}
BONUSES = frozenset({Component.SELLER_BOOST, Component.PLATFORM_BOOST})
ENTRIES: dict[str, Label] = {
    **{f"commission_{kind}": label for kind, label in KINDS.items()},
    "flat_fee_accrued": _("flat fee accrued"),
    "flat_fee_taken_back": _("flat fee taken back"),
    "commissions_approved": _("commission confirmed"),
    "commissions_payable": _("commission made payable"),
    "referral_fee": _("referral fee"),
    "refund_administration_fee": _("refund administration fee"),
    "statement_closed": _("put into a statement"),
    "payout_sent": _("payment handed to the bank"),
    "payout_paid": _("payment made by the bank"),
    "payout_failed": _("payment failed"),
    "payout_returned": _("payment came back"),
    "dispute_held": _("held for a dispute"),
    "dispute_released": _("released after a dispute"),
    "exchanged": _("exchanged"),
    "exchange_settled": _("exchange settled by the bank"),
}
FINDINGS: dict[str, Label] = {
    "sequence_broken": _("an entry is missing"),
    "entry_without_postings": _("an entry has no postings"),
    "entry_changed": _("an entry was changed"),
    "chain_broken": _("the chain is broken"),
    "currencies_mixed": _("a posting crosses currencies"),
    "records_differ": _("records and book disagree"),
    "amount_differs": _("amounts are booked otherwise"),
}
"""What a check of a book can find."""


def source_of(amount: Commission) -> str:
    """Who promised the rate of an amount; a bonus is no rate of a commission plan."""
    if amount.component in BONUSES:
        return translated("on top of the commission")
    return str(SOURCES.get(amount.rate_source, ""))


def release_words(release: Release, currency: str) -> str:
    """How much of a deposit is due, why, and what is let go, in one sentence."""
    language = get_language() or "en"
    return translated(
        "{held} was set aside at {highest}, the highest of {rates}. The platform says that"
        " {reached} was reached: base {base} × {reached} = {due}, so {released} is let go."
    ).format(
        held=formats.money(release.held_minor, currency, language),
        highest=percent(release.rates_bps[-1]),
        rates=" / ".join(percent(rate) for rate in release.rates_bps),
        reached=percent(release.reached_bps),
        base=micros(release.base_micros, currency),
        due=formats.money(release.due_minor, currency, language),
        released=formats.money(release.released_minor, currency, language),
    )


def entry_label(kind: str) -> str:
    """What an entry of the book is called; one written by another part goes by its own name."""
    if kind in ENTRIES:
        return str(ENTRIES[kind])
    begun = kind.removesuffix("_reversed")
    if begun in ENTRIES and begun != kind:
        return str(_("{entry}, taken back")).format(entry=ENTRIES[begun])
    return kind.replace("_", " ")
