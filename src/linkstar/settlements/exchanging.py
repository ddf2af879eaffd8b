"""Who can be paid now and as what: in the currency that was earned, or that of the account.

The rate is that of the day in UTC, as rates are stated and shown. Where nobody states one that
recent, or the sum would be nothing in the other currency, the statement waits, with that reason,
and nothing of it is done.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db.models import Count

from linkstar.exchange.booking import Exchange, ExchangeRefused, exchange_at
from linkstar.exchange.queries import RateMissing, rate_on
from linkstar.exchange.rules import Stamped
from linkstar.money.amounts import Money
from linkstar.settlements.models import BankAccount, Payout, Settlement, Statement
from linkstar.settlements.owners import accounts_of
from linkstar.settlements.rules import exchange_key


@dataclass(frozen=True, slots=True)
class Due:
    """A statement that can be paid: where to, under which number, and exchanged at which rate."""

    statement: Statement
    account: BankAccount
    number: int
    settled: Money
    exchange: Exchange | None = None
    stamped: Stamped | None = None

    @property
    def paid(self) -> Money:
        """What the creator gets."""
        return self.exchange.bought if self.exchange else self.settled


@dataclass(frozen=True, slots=True)
class Waits:
    """A statement that cannot be exchanged: `reason` is `no_rate` or `rounds_to_nothing`."""

    statement: Statement
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What a batch would hold now, and whom it would leave out, and why."""

    payable: Sequence[Due]
    without_account: Sequence[Statement]
    without_rate: Sequence[Waits]


def planned(settlement: Settlement, statements: Iterable[Statement], *, now: datetime) -> Planned:
    """Sort open statements by whether they can be paid. Nothing is changed."""
    due = list(statements)
    accounts = accounts_of(each.creator for each in due)
    payouts = Payout.objects.filter(statement__settlement=settlement).order_by()
    made = dict(payouts.values_list("statement").annotate(Count("pk")))
    day = now.astimezone(UTC).date()

    @cache
    def rate(currency: str) -> Stamped | None:
        try:
            return rate_on(settlement.currency, currency, day)
        except RateMissing:
            return None

    payable: list[Due] = []
    waits: list[Waits] = []
    for each in due:
        if account := accounts.get(each.creator_id):
            one = _due(settlement, each, account, made.get(each.pk, 0) + 1, rate)
            if isinstance(one, Due):
                payable.append(one)
            else:
                waits.append(Waits(each, account.currency, one))
    without = [each for each in due if each.creator_id not in accounts]
    return Planned(payable, without, waits)


def _due(
    settlement: Settlement,
    statement: Statement,
    account: BankAccount,
    number: int,
    rate: Callable[[str], Stamped | None],
) -> Due | str:
    settled = Money(statement.total_minor, settlement.currency)
    if account.currency in {"", settlement.currency}:
        return Due(statement, account, number, settled)
    stamped = rate(account.currency)
    if stamped is None:
        return "no_rate"
    try:
        key = exchange_key(statement.pk, number)
        exchange = exchange_at(stamped, settled, key=key)
    except ExchangeRefused as refused:
        return refused.code
    return Due(statement, account, number, settled, exchange, stamped)
