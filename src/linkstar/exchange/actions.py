"""Taking in the central bank's rates, and stating one of one's own."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.exchange.ecb_files import read_ecb_file
from linkstar.exchange.models import ExchangeRate
from linkstar.exchange.queries import last_rate, stated_for
from linkstar.exchange.rules import ECB, OPERATOR, Stamped, check_stated, is_likely
from linkstar.money.currencies import currency

STATED = "rates.stated"
_ROWS_AT_ONCE = 1_000


class RateStated(ValueError):
    """The operator stated another rate for that day before; what was used is not rewritten.

    `stated` is that one, either way round.
    """

    def __init__(self, stated: ExchangeRate) -> None:
        super().__init__(str(stated))
        self.stated = stated


class RateUnlikely(ValueError):
    """The rate is far from `known`, the last one there is; whoever is sure says so."""

    def __init__(self, known: Stamped) -> None:
        super().__init__(known.rate)
        self.known = known


@transaction.atomic
def import_ecb_rates(*, content: bytes, now: datetime) -> int:
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
            for each in read_ecb_file(content)
        ),
        batch_size=_ROWS_AT_ONCE,
        ignore_conflicts=True,
    )
    return ExchangeRate.objects.filter(source=ECB).count() - before


@transaction.atomic
def state_rate(
    *, base: str, quote: str, on: date, rate: Decimal, now: datetime, user: User | None = None,
    is_sure: bool = False,
) -> ExchangeRate:  # fmt: skip
    """The operator's own rate for a day; it goes before the central bank's. Once said it stays.

    Raises:
        CurrencyUnknown: a code is not known.
        RateRefused: it can be no rate, or the day is to come.
        RateStated: another one was stated for that day, in either direction.
        RateUnlikely: it is far from the last one known, and nobody says that it is meant.
    """
    base, quote = currency(base).code, currency(quote).code
    check_stated(base, quote, on, rate, today=now.astimezone(UTC).date())
    before = stated_for(base, quote, on)
    if before is not None:
        if (before.base, before.rate) != (base, rate):
            raise RateStated(before)
        return before
    if not is_sure:
        _refuse_unlikely(base, quote, on, rate)
    record(
        workspace=None, user=user, verb=STATED, target=f"{base}/{quote}", now=now,
        on=on.isoformat(), rate=f"{rate:f}",
    )  # fmt: skip
    return ExchangeRate.objects.create(
        base=base, quote=quote, on=on, rate=rate, source=OPERATOR, recorded_at=now
    )


def _refuse_unlikely(base: str, quote: str, on: date, rate: Decimal) -> None:
    known = last_rate(base, quote, on)
    if known and not is_likely(rate, known.rate):
        raise RateUnlikely(known)
