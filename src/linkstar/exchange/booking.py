"""What the book says of an exchange: entries through clearing accounts, at a stamped rate.

An exchange sells what is owed in one currency for another. Until somebody says what the bank took
for it, both sums wait on the clearing accounts. Then they are cleared, and what it took above or
below the sum sold is loss or gain, in the currency that was sold.
"""

from dataclasses import dataclass
from datetime import datetime

from linkstar.exchange.rules import Stamped, convert
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money

GAIN, LOSS = "income:exchange", "expense:exchange"
EXCHANGED, SETTLED = "exchanged", "exchange_settled"


class ExchangeRefused(ValueError):
    """It could not be exchanged, or not be settled so; `code` says why.

    Codes: `not_positive`, `same_currency`, `rounds_to_nothing`, `other_currency`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Exchange:
    """One sum for another at a rate. `key` names the event: once in the book, once settled."""

    key: str
    sold: Money
    bought: Money

    def __post_init__(self) -> None:
        if self.sold.minor <= 0:
            raise ExchangeRefused("not_positive")
        if self.sold.currency == self.bought.currency:
            raise ExchangeRefused("same_currency")
        if self.bought.minor <= 0:
            raise ExchangeRefused("rounds_to_nothing")


def clearing(code: str) -> str:
    """The account in which one currency waits for the other."""
    return f"clearing:exchange:{code}"


def exchange_at(stamped: Stamped, sold: Money, *, key: str) -> Exchange:
    """The exchange of a sum at a rate, rounded once.

    Raises:
        ExchangeRefused: there is nothing to sell, nothing to buy, or the rate is of others.
    """
    if sold.currency != stamped.base:
        raise ExchangeRefused("other_currency")
    return Exchange(key, sold, convert(sold, stamped))


def exchanged(one: Exchange, stamped: Stamped, *, account: str, now: datetime) -> Draft:
    """What stands on an account's credit side stands there in the other currency afterwards."""
    return Draft(
        kind=EXCHANGED,
        key=one.key,
        happened_at=now,
        postings=(
            Posting(account, clearing(one.sold.currency), one.sold),
            Posting(clearing(one.bought.currency), account, one.bought),
        ),
        facts={
            "rate": f"{stamped.rate.normalize():f}",
            "on": stamped.on.isoformat(),
            "source": stamped.source,
            "sold_minor": one.sold.minor,
            "bought_minor": one.bought.minor,
        },
    )


def settled(one: Exchange, *, bank: str, taken: Money, now: datetime) -> Draft:
    """What the bank took for the sum bought; what is above the sum sold is loss, below it gain.

    Raises:
        ExchangeRefused: it is nothing, or not in the currency that was sold.
    """
    return _cleared(one, bank, taken, now, is_back=False)


def settled_back(one: Exchange, *, bank: str, given: Money, now: datetime) -> Draft:
    """What the bank gave when the sum bought came back; what is above the sum sold is gain.

    Raises:
        ExchangeRefused: as `settled`.
    """
    return _cleared(one, bank, given, now, is_back=True)


def _cleared(one: Exchange, bank: str, said: Money, now: datetime, *, is_back: bool) -> Draft:
    if said.minor <= 0:
        raise ExchangeRefused("not_positive")
    if said.currency != one.sold.currency:
        raise ExchangeRefused("other_currency")
    waiting = [
        Posting(clearing(one.sold.currency), bank, one.sold),
        Posting(bank, clearing(one.bought.currency), one.bought),
    ]
    more = said.minor - one.sold.minor
    gained = more if is_back else -more
    money = Money(abs(gained), one.sold.currency)
    difference = [Posting(bank, GAIN, money)] if gained > 0 else []
    difference += [Posting(LOSS, bank, money)] if gained < 0 else []
    return Draft(
        kind=SETTLED,
        key=f"{one.key}:settled{'_back' if is_back else ''}",
        happened_at=now,
        postings=(*(each.reversed if is_back else each for each in waiting), *difference),
        facts={"exchange": one.key, "said_minor": said.minor, "gained_minor": gained},
    )
