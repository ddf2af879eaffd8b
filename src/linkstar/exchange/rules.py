"""Rates of exchange: which may be stated, and converting at a stamped one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from linkstar.money.amounts import Money

ECB = "ECB"
OPERATOR = "operator"
DAYS_OLD_MAX = 7
"""Banks rest on weekends and holidays: a rate holds until the next one, so long at most."""
DECIMALS_MAX = 8
RATE_BELOW = Decimal(10_000_000)
"""With its decimals a rate has 15 digits then, as many as every database keeps exactly."""
LIKELY_WITHIN = Decimal("0.1")
"""A stated rate further from the known one is more likely mistyped than right."""


class RateRefused(ValueError):
    """No such rate can be stated; `code` says why.

    Codes: `same_currency`, `not_positive`, `too_fine`, `too_large`, `day_to_come`, and
    `other_currency` where an amount is not in the rate's own.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Stamped:
    """A rate with everything that makes it checkable: one `base` was so many `quote`."""

    base: str
    quote: str
    rate: Decimal
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class Published:
    """A rate as a source publishes it."""

    base: str
    quote: str
    on: date
    rate: Decimal


def check_rate(rate: Decimal) -> Decimal:
    """The rate itself, if it can be one.

    Raises:
        RateRefused: `not_positive`, `too_fine` or `too_large`.
    """
    if not rate.is_finite() or rate <= 0:
        raise RateRefused("not_positive")
    if rate >= RATE_BELOW:
        raise RateRefused("too_large")
    if rate != rate.quantize(Decimal(1).scaleb(-DECIMALS_MAX)):
        raise RateRefused("too_fine")
    return rate


def check_stated(base: str, quote: str, on: date, rate: Decimal, *, today: date) -> None:
    """Whether an operator may state it: for a day that has begun somewhere on earth.

    Raises:
        RateRefused: not so.
    """
    if base == quote:
        raise RateRefused("same_currency")
    check_rate(rate)
    if on > today + timedelta(days=1):
        raise RateRefused("day_to_come")


def is_likely(rate: Decimal, known: Decimal) -> bool:
    """Whether a stated rate is near enough to the known one."""
    return abs(rate / known - 1) <= LIKELY_WITHIN


def convert(money: Money, stamped: Stamped) -> Money:
    """The amount in the rate's other currency, rounded once, half to even.

    Raises:
        RateRefused: `other_currency`: the rate is not one of the amount's.
    """
    if money.currency != stamped.base:
        raise RateRefused("other_currency")
    return Money.of(money.amount * stamped.rate, stamped.quote)


def crossed(base: Stamped, quote: Stamped) -> Stamped:
    """The rate between two currencies that are both quoted against a third, the older day's."""
    rate = quote.rate / base.rate
    return Stamped(base.quote, quote.quote, rate, min(base.on, quote.on), quote.source)


def inverted(stamped: Stamped) -> Stamped:
    return Stamped(stamped.quote, stamped.base, 1 / stamped.rate, stamped.on, stamped.source)
