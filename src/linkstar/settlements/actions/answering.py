"""Taking in what the bank says became of payments, and what it took for those it exchanged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linkstar.batches import batched, many_made
from linkstar.catalog.models import Shop
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import State
from linkstar.exchange.booking import settled, settled_back
from linkstar.ledger.actions import hold_book, reversal, write_entries
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.settlements import rules
from linkstar.settlements.actions.paying import refresh
from linkstar.settlements.models import Payout, PayoutExchange, Statement, StatementLine
from linkstar.settlements.rules import (
    PayoutState,
    StatementState,
    bank_account,
    settled_account,
    transit_account,
)

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class StatedPayout:
    """What a bank says about one payment; `key` is the payout's id.

    `amount` is what it took from the shop for a payment that was exchanged, or gave back for one
    that was returned, in the currency that was earned.
    """

    key: str
    state: str
    reason: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """How many payouts changed, were known to be so, and what could not be taken in.

    Problems are codes pages have words for: `payout_unknown`, `state_unknown`, `step_impossible`,
    `amount_not_positive`, `amount_too_early`, `amount_differs`, `amount_currency`,
    `amount_stated_before`.
    """

    changed: int
    known: int
    problems: Sequence[tuple[StatedPayout, str]]


@many_made()
@transaction.atomic
def import_payout_status(*, shop: Shop, stated: Iterable[StatedPayout], now: datetime) -> Imported:
    """Take in what became of payments: paid, failed, or returned after they were paid.

    What failed or came back is to be paid again; its exchange is taken back at the rate it was
    made at. What the bank took for an exchange, or gave back, may be said with the state or later.
    The same word twice changes nothing; a payment nobody knows, or a step that cannot be, is
    returned as a problem and the others are taken in.
    """
    hold_book(shop.workspace_id)
    words = list(stated)
    payouts = _named(shop, [each.key for each in words])
    before = {payout.pk: payout.state for payout in payouts.values()}
    drafts: list[Draft] = []
    cleared: list[PayoutExchange] = []
    known = 0
    problems: list[tuple[StatedPayout, str]] = []
    for each in words:
        payout = payouts.get(each.key)
        problem = _problem(payout, each)
        if payout is None or problem:
            problems.append((each, problem))
            continue
        news = [*_step(shop, payout, each, now)]
        for exchange, draft in _clear(shop, payout, each, now):
            cleared.append(exchange)
            news.append(draft)
        known += not news
        drafts += news
    write_entries(book=shop.workspace_id, drafts=drafts, now=now)
    _take_in([each for each in payouts.values() if each.state != before[each.pk]], now)
    PayoutExchange.objects.bulk_update(
        cleared, ["taken_minor", "given_back_minor"], batch_size=_ROWS_AT_ONCE
    )
    return Imported(len(words) - known - len(problems), known, problems)


def _named(shop: Shop, keys: Sequence[str]) -> dict[str, Payout]:
    """The shop's payouts of these ids, held until the transaction has ended."""
    found: dict[str, Payout] = {}
    for some in batched(keys, _ROWS_AT_ONCE):
        rows = Payout.objects.select_for_update(of=("self",)).filter(
            pk__in=some, statement__settlement__shop=shop
        )
        related = ("statement__settlement", "exchange__entry")
        lean = rows.select_related(*related).defer("account_number")  # opening each costs more
        found |= {each.pk: each for each in lean}
    return found


def _problem(payout: Payout | None, said: StatedPayout) -> str:
    """Why a word cannot be taken in; empty where it can."""
    if payout is None:
        return "payout_unknown"
    if said.state not in PayoutState.__members__.values():
        return "state_unknown"
    if _is_step(payout, said) and said.state not in rules.PAYOUT_MOVES[payout.state]:
        return "step_impossible"
    return _problem_of_amount(payout, said) if said.amount else ""


def _is_step(payout: Payout, said: StatedPayout) -> bool:
    """Whether another state is said; what a payment took may still be said when it came back."""
    is_late = said.state == PayoutState.PAID and payout.state == PayoutState.RETURNED
    return said.state != payout.state and not (is_late and said.amount)


def _problem_of_amount(payout: Payout, said: StatedPayout) -> str:
    amount, exchange = said.amount, payout.exchanged
    assert amount is not None
    if amount.minor <= 0:
        return "amount_not_positive"
    if said.state not in {PayoutState.PAID, PayoutState.RETURNED}:
        return "amount_too_early"
    if exchange is None:
        return "" if amount == payout.settled else "amount_differs"
    if amount.currency != payout.currency:
        return "amount_currency"
    before = getattr(exchange, _said_in(said))
    return "" if before in {None, amount.minor} else "amount_stated_before"


def _said_in(said: StatedPayout) -> str:
    return "taken_minor" if said.state == PayoutState.PAID else "given_back_minor"


def _step(shop: Shop, payout: Payout, said: StatedPayout, now: datetime) -> Iterator[Draft]:
    """Let the payout go where it is said to be; what is not paid is owed as it was before."""
    if not _is_step(payout, said):
        return
    payout.state, payout.reason = said.state, said.reason[:300]
    owed, sent, bank = (
        settled_account(payout.statement.creator_id),
        transit_account(shop.number),
        bank_account(shop.number),
    )
    posting = {
        PayoutState.PAID: Posting(sent, bank, payout.paid),
        PayoutState.FAILED: Posting(sent, owed, payout.paid),
        PayoutState.RETURNED: Posting(bank, owed, payout.paid),
    }[PayoutState(said.state)]
    yield Draft(
        kind=f"payout_{said.state}",
        key=f"payout:{payout.statement_id}:{payout.number}:{said.state}",
        happened_at=now,
        postings=(posting,),
        facts={"payout": payout.pk, "reason": said.reason},
    )
    if payout.exchanged and said.state != PayoutState.PAID:
        entry = payout.exchanged.entry
        yield reversal(entry, key=f"{entry.key}:reversed", happened_at=now)


def _clear(
    shop: Shop, payout: Payout, said: StatedPayout, now: datetime
) -> Iterator[tuple[PayoutExchange, Draft]]:
    """Clear the exchange by what the bank took or gave back, once it is said."""
    exchange = payout.exchanged
    if exchange is None or said.amount is None or getattr(exchange, _said_in(said)) is not None:
        return
    setattr(exchange, _said_in(said), said.amount.minor)
    bank = bank_account(shop.number)
    if said.state == PayoutState.PAID:
        yield exchange, settled(exchange.booked, bank=bank, taken=said.amount, now=now)
    else:
        yield exchange, settled_back(exchange.booked, bank=bank, given=said.amount, now=now)


def _take_in(moved: Sequence[Payout], now: datetime) -> None:
    """Payouts, statements and amounts say what they came to in the end."""
    by_word: dict[tuple[str, str], list[Payout]] = defaultdict(list)
    for payout in moved:
        by_word[payout.state, payout.reason].append(payout)
    for (state, reason), payouts in by_word.items():
        is_paid = state == PayoutState.PAID
        comes_to = StatementState.PAID if is_paid else StatementState.OPEN
        comes_from = [frm for frm, to in rules.STATEMENT_MOVES.items() if comes_to in to]
        for some in batched(payouts, _ROWS_AT_ONCE):
            Payout.objects.filter(pk__in=[each.pk for each in some]).update(
                state=state, reason=reason, changed_at=now
            )
            statements = [each.statement_id for each in some]
            Statement.objects.filter(pk__in=statements, state__in=comes_from).update(state=comes_to)
            _mark_lines(statements, State.PAID if is_paid else State.SETTLED)
    touched = {each.statement.settlement_id: each.statement.settlement for each in moved}
    for settlement in touched.values():
        refresh(settlement)


def _mark_lines(statements: Sequence[str], state: State) -> None:
    """Say of the amounts of statements, and of those carried into them, how far they are."""
    with_carried, newest = list(statements), list(statements)
    while newest:
        newest = list(
            Statement.objects.filter(carried_into__in=newest).values_list("pk", flat=True)
        )
        with_carried += newest
    for some in batched(with_carried, _ROWS_AT_ONCE):
        lines = StatementLine.objects.filter(statement__in=some)
        Commission.objects.filter(pk__in=lines.values("commission")).update(state=state)
