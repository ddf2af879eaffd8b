"""What people call fees, held amounts, and what is wrong with a bank's answer."""

from collections.abc import Iterator, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linkstar.commissions.fee_rules import FeePolicy, FeesUnknown
from linkstar.commissions.models import PlatformFee
from linkstar.settlements.actions import StatusRow
from linkstar.settlements.exchanging import Due
from linkstar.settlements.models import Payout
from linkstar.settlements.status_files import StatusUnreadable
from linkstar.web import formats
from linkstar.web.money_words import Label
from linkstar.web.plan_words import percent

FEES: dict[str, Label] = {
    PlatformFee.Kind.REFERRAL: _("referral fee"),
    PlatformFee.Kind.REFUND_ADMINISTRATION: _("refund administration fee"),
}
PROBLEMS: dict[str, Label] = {
    "cells_missing": _("payment or state is missing"),
    "state_unknown": _(
        "no state LinkStar knows: a CSV says paid, failed or returned, a pain.002 a code of "
        "ISO 20022"
    ),
    "payout_unknown": _("no payment of this shop"),
    "step_impossible": _("cannot follow on its present state"),
    "amount_unreadable": _("amount or currency cannot be read"),
    "amount_not_positive": _("the amount is nothing or less"),
    "amount_too_early": _("nothing is taken or given back in this state"),
    "amount_differs": _("it was not exchanged, and the amount is another"),
    "amount_currency": _("the amount is not in the currency that was earned"),
    "amount_stated_before": _("another amount was stated before"),
}
"""Why a row of a bank's answer was not used."""
WAITS: dict[str, Label] = {
    "no_rate": _("no exchange rate of the last days is known"),
    "rounds_to_nothing": _("the sum would be nothing in this currency"),
}
"""Why a statement cannot be paid in the currency of its account."""
UNREADABLE: dict[str, Label] = {
    "too_large": _("it is larger than 20 MB"),
    "not_text": _("it is not UTF-8 text"),
    "header": _(
        "the first row is not `payout,state`, `payout,state,reason` or "
        "`payout,state,reason,amount,currency`"
    ),
    "not_xml": _("it is not well-formed XML"),
    "document_type": _("it has a document type, which a payment status report never has"),
    "not_pain_002": _("it is no ISO 20022 pain.002 report"),
}


def state_of(written: str) -> str:
    """A payment's state as people read it; as written where it is none of ours."""
    known = written in Payout.State.values
    return str(Payout.State(written).label) if known else written


def failed_there(due: Due, failed: Mapping[str, Payout]) -> str:
    """That the last payment went to the same account and failed; empty where it did not."""
    last = failed.get(due.statement.pk)
    if last is None or last.account_number != due.account.number:
        return ""
    told = _("the last payment to this account failed: {reason}")
    return str(told).format(reason=last.reason or _("the bank names no reason"))


def problem_of(row: StatusRow) -> str:
    """Why a row of a bank's answer was not used, with the state the payment is in."""
    why = str(PROBLEMS[row.problem])
    if row.problem != "step_impossible":
        return why
    told = translated("{why}, “{state}”")
    return told.format(why=why, state=state_of(row.present))


def fee_terms(terms: FeePolicy | FeesUnknown) -> str:
    """By which rule platform fees are booked, with its source; or why they are not."""
    language = get_language() or "en"
    if isinstance(terms, FeesUnknown):
        told = _("Not known for this market, so none are booked. {why}")
        return str(told).format(why=terms.why[language])
    told = (
        _(
            "{rate} of what the customer paid and the platform's discount, tax included, for "
            "orders from {day}. Source: {source}; seen on {seen}."
        )
        if terms.is_tax_in_base
        else _(
            "{rate} of what the customer paid and the platform's discount, without tax, for "
            "orders from {day}. Source: {source}; seen on {seen}."
        )
    )
    said = str(told).format(
        rate=percent(terms.referral_bps),
        day=formats.day(terms.in_force_from, language),
        source=terms.source[language],
        seen=formats.day(terms.seen_on, language),
    )
    between = "" if language.startswith("zh") else " "
    return between.join([said, *_besides(terms, language)])


def _besides(terms: FeePolicy, language: str) -> Iterator[str]:
    """What is charged per line, and kept of a fee that is given back."""

    def money(minor: int) -> str:
        return formats.money(minor, terms.currency, language)

    if terms.referral_fixed_minor:
        told = _("{amount} are charged for every line besides.")
        yield str(told).format(amount=money(terms.referral_fixed_minor))
    if terms.refund_administration_bps:
        most = terms.refund_administration_max_minor
        told = (
            _("When an item comes back, {share} of its referral fee is kept.")
            if most is None
            else _(
                "When an item comes back, {share} of its referral fee is kept, at most {most} a "
                "line."
            )
        )
        share = percent(terms.refund_administration_bps)
        yield str(told).format(share=share, most=money(most or 0))


def overdrawn() -> str:
    """Why nothing is exchanged where book and records disagree."""
    return translated("The book has less to exchange than the records say, so nothing was paid.")


def unreadable(name: str, refused: StatusUnreadable) -> str:
    """Why a whole file was refused, and where."""
    told = _("{path}, line {line}: {why}; nothing was taken in.")
    return str(told).format(path=name, line=refused.line, why=UNREADABLE[refused.reason])
