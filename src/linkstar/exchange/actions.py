"""Taking in rates, and booking exchanges through clearing accounts."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from linkstar.exchange.models import ExchangeRate
from linkstar.exchange.rules import ECB, OPERATOR, Stamped, convert, ecb_rates
from linkstar.ledger.actions import post_entry
from linkstar.ledger.models import Entry
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.money.currencies import currency

GAIN, LOSS = "income:exchange", "expense:exchange"
_ROWS_AT_ONCE = 1_000


class RateStated(ValueError):
    """The operator stated another rate for that day before; what was used is not rewritten."""


@transaction.atomic
def import_ecb_rates(*, lines: Iterable[str], now: datetime) -> int:
    """Take in the central bank's file; returns how many rates were new. Known ones stay.

    Raises:
        RatesUnreadable: it is no such file. Nothing was taken in.
    """
    before = ExchangeRate.objects.filter(source=ECB).count()
    ExchangeRate.objects.bulk_create(
        (
            ExchangeRate(
                base=each.base,
                quote=each.quote,
                on=each.on,
                rate=each.rate,
                source=ECB,
                recorded_at=now,
            )
            for each in ecb_rates(lines)
        ),
        batch_size=_ROWS_AT_ONCE,
        ignore_conflicts=True,
    )
    return ExchangeRate.objects.filter(source=ECB).count() - before


@transaction.atomic
def state_rate(*, base: str, quote: str, on: date, rate: Decimal, now: datetime) -> ExchangeRate:
    """The operator's own rate for a day; it goes before the central bank's.

    Raises:
        CurrencyUnknown: a code is not known.
        RateStated: another one was stated for that day.
    """
    stated, _ = ExchangeRate.objects.get_or_create(
        base=currency(base).code,
        quote=currency(quote).code,
        on=on,
        source=OPERATOR,
        defaults={"rate": rate, "recorded_at": now},
    )
    if stated.rate != rate:
        raise RateStated(f"{stated.rate}")
    return stated


def clearing(code: str) -> str:
    """The account in which one currency waits for the other."""
    return f"clearing:exchange:{code}"


def exchange(
    *, book: str, account: str, amount: Money, stamped: Stamped, key: str, now: datetime
) -> Entry:
    """Turn what stands on an account's credit side into another currency, at a stamped rate.

    One entry, two postings through the clearing accounts; the rate, its day and its source are
    kept with it. The same key again changes nothing.
    """
    bought = convert(amount, stamped)
    return post_entry(
        book=book,
        draft=Draft(
            kind="exchanged",
            key=key,
            happened_at=now,
            postings=(
                Posting(account, clearing(amount.currency), amount),
                Posting(clearing(bought.currency), account, bought),
            ),
            facts={
                "rate": f"{stamped.rate:f}",
                "on": stamped.on.isoformat(),
                "source": stamped.source,
                "sold_minor": amount.minor,
                "bought_minor": bought.minor,
            },
        ),
        now=now,
    )


def settle_exchange(
    *, book: str, exchanged: Entry, bank: str, received: Money, key: str, now: datetime
) -> Entry:
    """Clear an exchange by what the bank really gave for it; the difference is gain or loss.

    Both clearing accounts are as they were before the exchange, and the bank account has what was
    paid and received.
    """
    sold, bought = exchanged.postings.order_by("line").select_related("debit")
    promised = Money(bought.amount_minor, bought.debit.currency)
    assert received.currency == promised.currency
    paid = Money(sold.amount_minor, sold.debit.currency)
    postings = [
        Posting(clearing(paid.currency), bank, paid),
        Posting(bank, clearing(received.currency), received),
    ]
    difference = received.minor - promised.minor
    if difference:
        money = Money(abs(difference), received.currency)
        into = clearing(received.currency)
        postings.append(
            Posting(into, GAIN, money) if difference > 0 else Posting(LOSS, into, money)
        )
    return post_entry(
        book=book,
        draft=Draft(
            kind="exchange_settled",
            key=key,
            happened_at=now,
            postings=tuple(postings),
            facts={"exchange": exchanged.pk, "difference_minor": difference},
        ),
        now=now,
    )
