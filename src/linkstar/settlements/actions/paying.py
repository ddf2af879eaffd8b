"""Paying what was approved, once each, and taking in what the bank says became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.ledger.actions import hold_book, post_entries
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.settlements import rules
from linkstar.settlements.models import Payout, PayoutBatch, Settlement, Statement, StatementLine
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
        .select_related("creator__bank_account")
        .prefetch_related("payouts")
        .order_by("pk")
    )
    payable = [each for each in due if hasattr(each.creator, "bank_account")]
    without = [each for each in due if not hasattr(each.creator, "bank_account")]
    if not payable:
        _refresh(held)
        return Paid(None, [], without)
    batch = PayoutBatch.objects.create(settlement=held, made_at=now, user=user)
    payouts = Payout.objects.bulk_create(
        [_payout(batch, held.currency, each, now) for each in payable], batch_size=_ROWS_AT_ONCE
    )
    post_entries(
        book=held.shop.workspace_id,
        drafts=[_sent(held.shop, payout, now) for payout in payouts],
        now=now,
    )
    Statement.objects.filter(payouts__batch=batch).update(state=StatementState.PAYING)
    _refresh(held)
    return Paid(batch, payouts, without)


def import_payout_status(*, shop: Shop, stated: Iterable[StatedPayout], now: datetime) -> Imported:
    """Take in what became of payments: paid, failed, or returned after they were paid.

    What failed or came back is to be paid again. The same word twice changes nothing; a payment
    nobody knows, or a step that cannot be, is returned as a problem and the others are taken in.
    """
    changed = known = 0
    problems: list[tuple[StatedPayout, str]] = []
    with transaction.atomic():
        hold_book(shop.workspace_id)
        touched: dict[str, Settlement] = {}
        for each in stated:
            payout = (
                Payout.objects.select_for_update()
                .filter(pk=each.key, statement__settlement__shop=shop)
                .select_related("statement__settlement__shop")
                .first()
            )
            if payout is None:
                problems.append((each, "payout_unknown"))
            elif each.state not in PayoutState.__members__.values():
                problems.append((each, "state_unknown"))
            elif payout.state == each.state:
                known += 1
            elif each.state not in rules.PAYOUT_MOVES[payout.state]:
                problems.append((each, "step_impossible"))
            else:
                _take_in(payout, each, now)
                touched[payout.statement.settlement_id] = payout.statement.settlement
                changed += 1
        for settlement in touched.values():
            _refresh(settlement)
    return Imported(changed, known, problems)


def _payout(batch: PayoutBatch, currency: str, statement: Statement, now: datetime) -> Payout:
    account = statement.creator.bank_account
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


def _take_in(payout: Payout, stated: StatedPayout, now: datetime) -> None:
    statement = payout.statement
    shop = statement.settlement.shop
    money = Money(payout.amount_minor, payout.currency)
    owed, sent, bank = (
        settled_account(statement.creator_id),
        transit_account(shop.number),
        bank_account(shop.number),
    )
    posting = {
        PayoutState.PAID: Posting(sent, bank, money),
        PayoutState.FAILED: Posting(sent, owed, money),
        PayoutState.RETURNED: Posting(bank, owed, money),
    }[PayoutState(stated.state)]
    draft = Draft(
        kind=f"payout_{stated.state}",
        key=f"payout:{payout.statement_id}:{payout.number}:{stated.state}",
        happened_at=now,
        postings=(posting,),
        facts={"payout": payout.pk, "reason": stated.reason},
    )
    post_entries(book=shop.workspace_id, drafts=[draft], now=now)
    payout.state, payout.reason, payout.changed_at = stated.state, stated.reason[:300], now
    payout.save(update_fields=["state", "reason", "changed_at"])
    is_paid = stated.state == PayoutState.PAID
    statement.state = rules.move(
        rules.STATEMENT_MOVES,
        statement.state,
        StatementState.PAID if is_paid else StatementState.OPEN,
    )
    statement.save(update_fields=["state"])
    _mark_lines(statement, State.PAID if is_paid else State.SETTLED)


def _mark_lines(statement: Statement, state: State) -> None:
    """Say of the amounts of a statement, and of those carried into it, how far they are."""
    statements = [statement.pk]
    for pk in statements:
        statements += Statement.objects.filter(carried_into=pk).values_list("pk", flat=True)
    lines = StatementLine.objects.filter(statement__in=statements)
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
