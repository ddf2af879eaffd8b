"""What creators read about their income: how far an amount is, why its rate, how it was worked."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linkstar.commissions.models import Commission
from linkstar.commissions.rules import Component, Kind, RateSource, State
from linkstar.settlements.rules import StatementState
from linkstar.web import formats
from linkstar.web.money_words import BONUSES
from linkstar.web.plan_words import percent
from linkstar.web.templatetags.amounts import micros

Words = str | Promise

STATES: dict[str, Words] = {
    State.DEPOSIT: pgettext_lazy("amount", "deposit"),
    State.ACCRUED: _("estimated"),
    State.APPROVED: _("confirmed"),
    State.PAYABLE: _("payable"),
    State.HELD: _("held"),
    State.SETTLED: _("in a statement"),
    State.PAID: pgettext_lazy("amount", "paid out"),
}
STATEMENTS: dict[str, Words] = {
    StatementState.OPEN: _("the shop has to approve and pay it"),
    StatementState.CARRIED: _("carried into the next statement"),
    StatementState.PAYING: _("handed to the bank"),
    StatementState.PAID: pgettext_lazy("amount", "paid out"),
}
WHY_THE_RATE: dict[str, Words] = {
    RateSource.AGREEMENT: _("the rate of your agreement, frozen on the day it was made"),
    RateSource.PLAN: _("the rate of the shop's commission plan on the day it was earned"),
    RateSource.SHOP_DEFAULT: _("the shop's default rate on the day it was earned"),
    RateSource.STATED: _("the rate the platform states for this order"),
    RateSource.NOBODY: _("nobody promised a rate"),
}


def how_far(states: frozenset[State]) -> list[str]:
    """The states of an earning's amounts, in the order they are passed through."""
    return [str(STATES[state]) for state in State if state in states]


def why_the_rate(amount: Commission) -> str:
    """Who promised the rate an amount was worked out at."""
    if amount.component in BONUSES:
        return translated("a bonus on top, in force on the day it was earned")
    return str(WHY_THE_RATE.get(amount.rate_source, ""))


def working(amount: Commission) -> str:
    """How an amount was worked out, or why it was taken back, in one sentence."""
    if amount.component == Component.FLAT_FEE:
        return _flat_fee(amount)
    facts: dict[str, Any] = {
        "items": amount.items,
        "base": micros(amount.base_micros, amount.currency),
        "rate": percent(amount.rate_bps) if amount.rate_bps is not None else "–",
        "due": formats.money(_due_minor(amount), amount.currency, get_language() or "en"),
    }
    return str(_SENTENCES[Kind(amount.kind)]) % facts


def _flat_fee(amount: Commission) -> str:
    if amount.kind == Kind.ACCRUED:
        return translated("The share of this content in the fee you agreed on.")
    return translated("The fee for this content was taken back.")


def _due_minor(amount: Commission) -> int:
    """What was due for the component once this amount was booked."""
    sofar = Commission.objects.filter(
        line=amount.line_id, creator=amount.creator_id, component=amount.component,
        number__lte=amount.number,
    )  # fmt: skip
    return sum(sofar.values_list("amount_minor", flat=True))


_SENTENCES: dict[Kind, Words] = {
    Kind.ACCRUED: _("%(items)s kept × price = base %(base)s; × %(rate)s = %(due)s."),
    Kind.CLAWED_BACK: _(
        "After a refund or return %(items)s are kept and the base is %(base)s; at the same "
        "%(rate)s that leaves %(due)s, so the difference is taken back."
    ),
    Kind.RESTORED: _(
        "The order keeps more than it did: %(items)s and a base of %(base)s; at the same "
        "%(rate)s that makes %(due)s."
    ),
    Kind.RELEASED: _(
        "The platform said which rate was reached: %(rate)s of %(base)s, together %(due)s. "
        "What was set aside at the highest rate is let go."
    ),
    Kind.REATTRIBUTED: _("The order is counted for somebody else now."),
}
