"""Converting at a stamped rate, and reading the European Central Bank's file of reference rates."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from linkstar.money.amounts import Money
from linkstar.money.currencies import CURRENCIES

ECB = "ECB"
OPERATOR = "operator"
DAYS_OLD_MAX = 7
"""Banks rest on weekends and holidays: a rate holds until the next one, so long at most."""
_BASE = "EUR"


class RatesUnreadable(ValueError):
    """Not a file of reference rates: `code` says why, `line` where."""

    def __init__(self, code: str, line: int, found: str = "") -> None:
        super().__init__(code, line, found)
        self.code = code
        self.line = line
        self.found = found


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


def convert(money: Money, stamped: Stamped) -> Money:
    """The amount in the rate's other currency, rounded once, half to even."""
    assert money.currency == stamped.base
    return Money.of(money.amount * stamped.rate, stamped.quote)


def crossed(base: Stamped, quote: Stamped) -> Stamped:
    """The rate between two currencies that are both quoted against a third, the older day's."""
    rate = quote.rate / base.rate
    return Stamped(base.quote, quote.quote, rate, min(base.on, quote.on), quote.source)


def inverted(stamped: Stamped) -> Stamped:
    return Stamped(stamped.quote, stamped.base, 1 / stamped.rate, stamped.on, stamped.source)


def ecb_rates(lines: Iterable[str]) -> Iterator[Published]:
    """The rates in the bank's CSV (`Date,USD,JPY,...`, units per euro, `N/A` where there is none).

    Currencies LinkStar does not know are left out.

    Raises:
        RatesUnreadable: `no_header`, `date_format` or `rate_format`.
    """
    rows = csv.reader(lines)
    header = [cell.strip() for cell in next(rows, [])]
    if not header or header[0] != "Date":
        raise RatesUnreadable("no_header", 1, ",".join(header)[:60])
    for number, row in enumerate(rows, start=2):
        if row:
            yield from _rates_of(header, row, number)


def _rates_of(header: list[str], row: list[str], number: int) -> Iterator[Published]:
    try:
        on = date.fromisoformat(row[0].strip())
    except ValueError as error:
        raise RatesUnreadable("date_format", number, row[0][:60]) from error
    for code, written in zip(header[1:], row[1:], strict=False):
        if code not in CURRENCIES or written.strip() in {"", "N/A"}:
            continue
        try:
            rate = Decimal(written.strip())
        except InvalidOperation as error:
            raise RatesUnreadable("rate_format", number, written[:60]) from error
        if not rate.is_finite() or rate <= 0:
            raise RatesUnreadable("rate_format", number, written[:60])
        yield Published(_BASE, code, on, rate)
