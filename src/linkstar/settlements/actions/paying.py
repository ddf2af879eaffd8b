"""Paying what was approved, once each, exchanged where the creator's account asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from linkstar.accounts.models import User
from linkstar.batches import many_made
from linkstar.catalog.models import Shop
from linkstar.exchange.booking import exchanged
from linkstar.ledger.actions import hold_book, write_entries
from linkstar.ledger.queries import balances_minor
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.settlements import rules
from linkstar.settlements.exchanging import Due, Waits, planned
from linkstar.settlements.models import (
    Payout,
    PayoutBatch,
    PayoutExchange,
    Settlement,
    Statement,
)
from linkstar.settlements.rules import (
    SettlementState,
    StatementState,
    settled_account,
    transit_account,
)

_ROWS_AT_ONCE = 1_000


class Overdrawn(RuntimeError):
    """The book has less to exchange on a creator's account than the records say."""


@dataclass(frozen=True, slots=True)
class Paid:
    """The batch that was made, if any, and the statements nobody could be paid for, and why."""

    batch: PayoutBatch | None
    payouts: Sequence[Payout]
    without_account: Sequence[Statement]
    without_rate: Sequence[Waits]


@many_made()
@transaction.atomic
def make_payouts(*, settlement: Settlement, user: User | None, now: datetime) -> Paid:
    """Hand every open statement of an approved settlement to the bank, in one batch.

    A statement that is on its way or paid is never in a second batch. One without a bank account
    stays open and is named, as is one whose account is in a currency no rate is known for. The
    others whose account is in another currency are exchanged, at the rate of the day.

    Raises:
        MoveRefused: the settlement is not approved.
        Overdrawn: the book has less to exchange than the records say. Nothing was paid.
    """
    hold_book(settlement.shop.workspace_id)
    held = Settlement.objects.select_for_update().get(pk=settlement.pk)
    if held.state == SettlementState.CLOSED:
        raise rules.MoveRefused(held.state, SettlementState.PAYING)
    due = (
        held.statements.filter(state=StatementState.OPEN, total_minor__gt=0)
        .select_related("creator")
        .order_by("pk")
    )
    plan = planned(held, due, now=now)
    if not plan.payable:
        refresh(held)
        return Paid(None, [], plan.without_account, plan.without_rate)
    batch = PayoutBatch.objects.create(settlement=held, made_at=now, user=user)
    payouts = Payout.objects.bulk_create(
        [_payout(batch, each, now) for each in plan.payable], batch_size=_ROWS_AT_ONCE
    )
    made = list(zip(payouts, plan.payable, strict=True))
    _exchange(held.shop, made, now)
    drafts = [_sent(held.shop, payout, due.paid, now) for payout, due in made]
    write_entries(book=held.shop.workspace_id, drafts=drafts, now=now)
    Statement.objects.filter(payouts__batch=batch).update(state=StatementState.PAYING)
    refresh(held)
    return Paid(batch, payouts, plan.without_account, plan.without_rate)


def refresh(settlement: Settlement) -> None:
    """Let the settlement say what its statements say together."""
    states = set(settlement.statements.values_list("state", flat=True))
    if StatementState.OPEN in states:
        state = SettlementState.APPROVED
    elif StatementState.PAYING in states:
        state = SettlementState.PAYING
    else:
        state = SettlementState.PAID
    Settlement.objects.filter(pk=settlement.pk).update(state=state)
    settlement.state = state


def _payout(batch: PayoutBatch, due: Due, now: datetime) -> Payout:
    account = due.account
    return Payout(
        batch=batch,
        statement=due.statement,
        number=due.number,
        amount_minor=due.settled.minor,
        currency=due.settled.currency,
        holder=account.holder,
        account_number=account.number,
        routing_number=account.routing_number,
        bic=account.bic,
        country=account.country,
        account_changed_at=account.changed_at,
        changed_at=now,
    )


def _exchange(shop: Shop, made: Sequence[tuple[Payout, Due]], now: datetime) -> None:
    """Book the exchanges payments begin with; what is owed is owed in the other currency then."""
    book = shop.workspace_id
    drafts: list[Draft] = []
    exchanges: list[PayoutExchange] = []
    for payout, due in made:
        if due.exchange and due.stamped:
            owed = settled_account(payout.statement.creator_id)
            drafts.append(exchanged(due.exchange, due.stamped, account=owed, now=now))
            bought = due.exchange.bought
            exchanges.append(
                PayoutExchange(payout=payout, amount_minor=bought.minor, currency=bought.currency)
            )
    entries = write_entries(book=book, drafts=drafts, now=now)
    for exchange, entry in zip(exchanges, entries, strict=True):
        exchange.entry_id = entry
    if exchanges:
        _refuse_overdrawn(shop, [each.payout for each in exchanges])
    PayoutExchange.objects.bulk_create(exchanges, batch_size=_ROWS_AT_ONCE)


def _refuse_overdrawn(shop: Shop, payouts: Sequence[Payout]) -> None:
    """The book has to leave what is carried on to later statements, which may be below nothing."""
    currency = payouts[0].currency
    accounts = [settled_account(each.statement.creator_id) for each in payouts]
    owed = balances_minor(shop.workspace_id, accounts, currency)
    carried = Statement.objects.filter(
        settlement__shop__workspace=shop.workspace_id,
        settlement__currency=currency,
        state=StatementState.CARRIED,
        carried_into=None,
    ).order_by()
    kept = dict(carried.values_list("creator").annotate(Sum("total_minor")))
    for each, account in zip(payouts, accounts, strict=True):
        if -owed[account] < kept.get(each.statement.creator_id, 0):
            raise Overdrawn(each.statement_id)


def _sent(shop: Shop, payout: Payout, paid: Money, now: datetime) -> Draft:
    owed = settled_account(payout.statement.creator_id)
    posting = Posting(owed, transit_account(shop.number), paid)
    key = f"payout:{payout.statement_id}:{payout.number}"
    return Draft("payout_sent", key, now, (posting,), {"payout": payout.pk})
