"""Paying what was approved, once each, and taking in what the bank says became of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.ledger.actions import hold_book, write_entries
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.settlements import rules
from linkstar.settlements.models import (
    BankAccount,
    Payout,
    PayoutBatch,
    Settlement,
    Statement,
    StatementLine,
)
from linkstar.settlements.owners import accounts_of
from linkstar.settlements.rules import (
    PayoutState,
    SettlementState,
    StatementState,
    bank_account,
    settled_account,
    transit_account,
)

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Paid:
    """The batch that was made, if any, and the statements nobody could be paid for."""

    batch: PayoutBatch | None
    payouts: Sequence[Payout]
    without_account: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class StatedPayout:
    """What a bank says about one payment; `key` is the payout's id."""

    key: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many payouts changed, were known to be so, and what could not be taken in."""

    changed: int
    known: int
    problems: Sequence[tuple[StatedPayout, str]]


@transaction.atomic
def make_payouts(*, settlement: Settlement, user: User | None, now: datetime) -> Paid:
    """Hand every open statement of an approved settlement to the bank, in one batch.

    A statement that is on its way or paid is never in a second batch. One without a bank account
    stays open and is named.

    Raises:
        MoveRefused: the settlement is not approved.
    """
    hold_book(settlement.shop.workspace_id)
    held = Settlement.objects.select_for_update().get(pk=settlement.pk)
    if held.state == SettlementState.CLOSED:
        raise rules.MoveRefused(held.state, SettlementState.PAYING)
    due = list(
        held.statements.filter(state=StatementState.OPEN, total_minor__gt=0)
        .select_related("creator")
        .prefetch_related("payouts")
        .order_by("pk")
    )
    accounts = accounts_of(each.creator for each in due)
    payable = [each for each in due if each.creator_id in accounts]
    without = [each for each in due if each.creator_id not in accounts]
    if not payable:
        _refresh(held)
        return Paid(None, [], without)
    batch = PayoutBatch.objects.create(settlement=held, made_at=now, user=user)
    payouts = Payout.objects.bulk_create(
        [_payout(batch, held.currency, each, accounts[each.creator_id], now) for each in payable],
        batch_size=_ROWS_AT_ONCE,
    )
    write_entries(
        book=held.shop.workspace_id,
        drafts=[_sent(held.shop, payout, now) for payout in payouts],
        now=now,
    )
    Statement.objects.filter(payouts__batch=batch).update(state=StatementState.PAYING)
    _refresh(held)
    return Paid(batch, payouts, without)


@transaction.atomic
def import_payout_status(*, shop: Shop, stated: Iterable[StatedPayout], now: datetime) -> Imported:
    """Take in what became of payments: paid, failed, or returned after they were paid.

    What failed or came back is to be paid again. The same word twice changes nothing; a payment
    nobody knows, or a step that cannot be, is returned as a problem and the others are taken in.
    """
    hold_book(shop.workspace_id)
    words = list(stated)
    payouts = _named(shop, [each.key for each in words])
    known = 0
    taken: list[tuple[Payout, StatedPayout]] = []
    problems: list[tuple[StatedPayout, str]] = []
    for each in words:
        payout = payouts.get(each.key)
        if payout is None:
            problems.append((each, "payout_unknown"))
        elif each.state not in PayoutState.__members__.values():
            problems.append((each, "state_unknown"))
        elif payout.state == each.state:
            known += 1
        elif each.state not in rules.PAYOUT_MOVES[payout.state]:
            problems.append((each, "step_impossible"))
        else:
            taken.append((payout, each))
            payout.state, payout.reason = each.state, each.reason[:300]
    _take_in(shop, taken, now)
    return Imported(len(taken), known, problems)


def _payout(
    batch: PayoutBatch, currency: str, statement: Statement, account: BankAccount, now: datetime
) -> Payout:
    return Payout(
        batch=batch,
        statement=statement,
        number=len(statement.payouts.all()) + 1,
        amount_minor=statement.total_minor,
        currency=currency,
        holder=account.holder,
        account_number=account.number,
        routing_number=account.routing_number,
        bic=account.bic,
        country=account.country,
        account_changed_at=account.changed_at,
        changed_at=now,
    )


def _sent(shop: Shop, payout: Payout, now: datetime) -> Draft:
    posting = Posting(
        settled_account(payout.statement.creator_id),
        transit_account(shop.number),
        Money(payout.amount_minor, payout.currency),
    )
    key = f"payout:{payout.statement_id}:{payout.number}"
    return Draft("payout_sent", key, now, (posting,), {"payout": payout.pk})


def _named(shop: Shop, keys: Sequence[str]) -> dict[str, Payout]:
    """The shop's payouts of these ids, held until the transaction has ended."""
    found: dict[str, Payout] = {}
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        rows = Payout.objects.select_for_update(of=("self",)).filter(
            pk__in=keys[start : start + _ROWS_AT_ONCE], statement__settlement__shop=shop
        )
        found |= {each.pk: each for each in rows.select_related("statement__settlement")}
    return found


def _take_in(shop: Shop, taken: Sequence[tuple[Payout, StatedPayout]], now: datetime) -> None:
    """Book every step; payouts, statements and amounts then say what they came to in the end."""
    drafts = [_stepped(shop, payout, said, now) for payout, said in taken]
    write_entries(book=shop.workspace_id, drafts=drafts, now=now)
    ends = {payout.pk: payout for payout, _ in taken}.values()
    by_word: dict[tuple[str, str], list[Payout]] = defaultdict(list)
    for payout in ends:
        by_word[payout.state, payout.reason].append(payout)
    for (state, reason), payouts in by_word.items():
        is_paid = state == PayoutState.PAID
        comes_to = StatementState.PAID if is_paid else StatementState.OPEN
        comes_from = [frm for frm, to in rules.STATEMENT_MOVES.items() if comes_to in to]
        for start in range(0, len(payouts), _ROWS_AT_ONCE):
            some = payouts[start : start + _ROWS_AT_ONCE]
            Payout.objects.filter(pk__in=[each.pk for each in some]).update(
                state=state, reason=reason, changed_at=now
            )
            statements = [each.statement_id for each in some]
            Statement.objects.filter(pk__in=statements, state__in=comes_from).update(state=comes_to)
            _mark_lines(statements, State.PAID if is_paid else State.SETTLED)
    touched = {each.statement.settlement_id: each.statement.settlement for each in ends}
    for settlement in touched.values():
        _refresh(settlement)


def _stepped(shop: Shop, payout: Payout, stated: StatedPayout, now: datetime) -> Draft:
    money = Money(payout.amount_minor, payout.currency)
    owed, sent, bank = (
        settled_account(payout.statement.creator_id),
        transit_account(shop.number),
        bank_account(shop.number),
    )
    posting = {
        PayoutState.PAID: Posting(sent, bank, money),
        PayoutState.FAILED: Posting(sent, owed, money),
        PayoutState.RETURNED: Posting(bank, owed, money),
    }[PayoutState(stated.state)]
    return Draft(
        kind=f"payout_{stated.state}",
        key=f"payout:{payout.statement_id}:{payout.number}:{stated.state}",
        happened_at=now,
        postings=(posting,),
        facts={"payout": payout.pk, "reason": stated.reason},
    )


def _mark_lines(statements: Sequence[str], state: State) -> None:
    """Say of the amounts of statements, and of those carried into them, how far they are."""
    with_carried, newest = list(statements), list(statements)
    while newest:
        newest = list(
            Statement.objects.filter(carried_into__in=newest).values_list("pk", flat=True)
        )
        with_carried += newest
    for start in range(0, len(with_carried), _ROWS_AT_ONCE):
        lines = StatementLine.objects.filter(
            statement__in=with_carried[start : start + _ROWS_AT_ONCE]
        )
        Commission.objects.filter(pk__in=lines.values("commission")).update(state=state)


def _refresh(settlement: Settlement) -> None:
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
