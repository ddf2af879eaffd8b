"""Closing periods, the bank's files, and what the bank says became of payments.

Handing payments over and stating bank accounts are on pages only, minutes after signing in again:
a key cannot sign in again.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, SETTLES, log, now, seller_of
from linkstar.api.files import CSV, XML, file_answers
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.profit import ExchangeTold, rate_told
from linkstar.api.repeating import once
from linkstar.api.settlements import SettlementTold, own_settlement
from linkstar.api.settlements import told as settlement_told
from linkstar.api.shapes import (
    MINOR_MAX,
    Amount,
    Asked,
    Currency,
    Day,
    Named,
    Page,
    Text,
    choices,
)
from linkstar.api.shops import own_shop
from linkstar.catalog.queries import day_of
from linkstar.money.amounts import Money
from linkstar.settlements import actions, payment_files, queries
from linkstar.settlements.models import Payout
from linkstar.settlements.payment_files import BankFile
from linkstar.web.settlements.words import PROBLEMS

router = Router()
PaymentState = Annotated[Payout.State, choices(Payout.State)]
STATED_MAX = 1_000
_FORMS = {"csv": (BankFile.CSV, CSV), "xml": (BankFile.PAIN_001, XML)}


class PeriodClosed(Schema):
    """The settlements this call made, one per currency; none where it was closed before."""

    items: list[SettlementTold]


class PaymentTold(Schema):
    """One payment of one statement. Whom it goes to, not where: accounts are on pages.

    `paid` is what the creator gets: `amount`, or what it was exchanged for at `rate`. `taken` is
    what the bank took for it and `given_back` what it gave when it came back, once somebody said.
    """

    id: str
    batch_id: str
    statement_id: str
    creator: Named
    number: int
    state: PaymentState
    amount: Amount
    paid: Amount
    rate: ExchangeTold | None
    taken: Amount | None
    given_back: Amount | None
    reason: str
    changed_at: datetime


class AmountStated(Asked):
    """What the bank took for a payment it exchanged, or gave back, in the currency earned."""

    minor: Annotated[int, Field(gt=0, le=MINOR_MAX)]
    currency: Currency


class PaymentStated(Asked):
    """What the bank says about one payment, by its id."""

    id: Annotated[Text, Field(min_length=1, max_length=40)]
    state: Literal["paid", "failed", "returned"]
    reason: Annotated[Text, Field(max_length=300)] = ""
    amount: AmountStated | None = None


class PaymentsStated(Asked):
    """What the bank says about payments of one shop."""

    payments: Annotated[list[PaymentStated], Field(min_length=1, max_length=STATED_MAX)]


class PaymentProblem(Schema):
    """A payment whose news could not be used."""

    id: str
    state: str
    code: str
    message: str


class PaymentsTakenIn(Schema):
    """How many changed, and how many were known to be so; problems harm no other."""

    changed: int
    known: int
    problems: list[PaymentProblem]


@router.post("shops/{shop_id}/close-period", response=PeriodClosed, auth=SETTLES)
@once
def close_last_period(request: HttpRequest, shop_id: str) -> PeriodClosed:
    """Settle the newest period that is over; the clock does it anyway, and it is done once."""
    shop = own_shop(seller_of(request), shop_id)
    made = actions.close_last_period(shop=shop, now=now())
    log(request, "settlement.closed", shop.pk, settlements=len(made))
    return PeriodClosed(items=[settlement_told(one) for one in made])


def _payment_told(one: Payout) -> PaymentTold:
    creator, exchange = one.statement.creator, one.exchanged
    names = ("id", "batch_id", "statement_id", "number", "reason", "changed_at")
    return PaymentTold(
        creator=Named(id=creator.pk, name=str(creator)),
        state=Payout.State(one.state),
        amount=_amount(one.settled),
        paid=_amount(one.paid),
        rate=rate_told(exchange.stamped) if exchange else None,
        taken=_said(one, exchange.taken_minor if exchange else None),
        given_back=_said(one, exchange.given_back_minor if exchange else None),
        **{name: getattr(one, name) for name in names},
    )


def _amount(money: Money) -> Amount:
    return Amount(minor=money.minor, currency=money.currency)


def _said(one: Payout, minor: int | None) -> Amount | None:
    return None if minor is None else Amount(minor=minor, currency=one.currency)


@router.get("settlements/{settlement_id}/payments", response=Page[PaymentTold], auth=READS)
def settlement_payments(
    request: HttpRequest, settlement_id: str, piece: AskedPiece
) -> Page[PaymentTold]:
    """Every payment made for it; a failed one is followed by another with the next number."""
    rows = queries.payouts_of(own_settlement(request, settlement_id))
    return page_of(rows, piece, _payment_told, by=("-pk",))


@router.get("payment-batches/{batch_id}/file", auth=SETTLES, openapi_extra=file_answers(CSV, XML))
def payment_file(
    request: HttpRequest,
    batch_id: str,
    form: Literal["csv", "xml"] = "csv",
    execute_on: Day | None = None,
) -> HttpResponse:
    """The file of payments that were handed over, for the bank: CSV, or pain.001 as `xml`."""
    own = get_object_or_404(queries.batches_of(seller_of(request).workspace), pk=batch_id)
    on: date = execute_on or day_of(own.settlement.shop, now())
    kind, media_type = _FORMS[form]
    content = payment_files.bank_file(own, kind, execute_on=on)
    log(request, "settlement.bank_file", own.pk, kind=form)
    headers = {"Content-Disposition": f'attachment; filename="{own.pk}.{form}"'}
    return HttpResponse(content, media_type, headers=headers)


def _stated(one: PaymentStated) -> actions.StatedPayout:
    amount = Money(one.amount.minor, one.amount.currency) if one.amount else None
    return actions.StatedPayout(one.id, one.state, one.reason, amount)


@router.post("shops/{shop_id}/payments", response=PaymentsTakenIn, auth=SETTLES)
@once
def state_payments(request: HttpRequest, shop_id: str, asked: PaymentsStated) -> PaymentsTakenIn:
    """Tell what the bank says became of payments; the same word twice changes nothing."""
    shop = own_shop(seller_of(request), shop_id)
    stated = [_stated(one) for one in asked.payments]
    taken = actions.import_payout_status(shop=shop, stated=stated, now=now())
    log(request, "settlement.status", shop.pk, changed=taken.changed)
    return PaymentsTakenIn(
        changed=taken.changed,
        known=taken.known,
        problems=[
            PaymentProblem(id=said.key, state=said.state, code=code, message=str(PROBLEMS[code]))
            for said, code in taken.problems
        ],
    )
