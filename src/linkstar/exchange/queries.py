"""The rate that holds on a day: the operator's own before the central bank's."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from linkstar.exchange.models import ExchangeRate
from linkstar.exchange.rules import (
    DAYS_OLD_MAX,
    ECB,
    OPERATOR,
    Stamped,
    crossed,
    inverted,
)

_EURO = "EUR"


class RateMissing(LookupError):
    """No source states a rate between these currencies for the day or the week before it."""

    def __init__(self, base: str, quote: str, on: date) -> None:
        super().__init__(base, quote, on)
        self.base = base
        self.quote = quote
        self.on = on


def rate_on(base: str, quote: str, on: date) -> Stamped:
    """How many `quote` one `base` is worth on a day.

    The operator's own rate (the newer one of either way round) comes first, then the central
    bank's, crossed over the euro where need be.

    Raises:
        RateMissing: nobody states one that recent.
    """
    found = _rate(base, quote, on, after=on - timedelta(days=DAYS_OLD_MAX))
    if found is None:
        raise RateMissing(base, quote, on)
    return found


def last_rate(base: str, quote: str, on: date) -> Stamped | None:
    """The last rate known on a day, however old: what a new one is likely to be near to."""
    return _rate(base, quote, on, after=date.min)


def rates_in_force(on: date) -> Sequence[ExchangeRate]:
    """What each source states newest, where it is not too old; the operator's own first."""
    recent = ExchangeRate.objects.filter(on__gt=on - timedelta(days=DAYS_OLD_MAX), on__lte=on)
    newest: dict[tuple[str, str, str], ExchangeRate] = {}
    for each in recent.order_by("on"):
        newest[each.source, each.base, each.quote] = each
    return sorted(newest.values(), key=lambda each: (each.source == ECB, each.base, each.quote))


def newest_day(source: str) -> date | None:
    """The last day a source states anything for."""
    known = ExchangeRate.objects.filter(source=source).order_by("-on")
    return known.values_list("on", flat=True).first()


def stated_for(base: str, quote: str, on: date) -> ExchangeRate | None:
    """What the operator stated between two currencies for that very day, either way round."""
    pair = Q(base=base, quote=quote) | Q(base=quote, quote=base)
    return ExchangeRate.objects.filter(pair, source=OPERATOR, on=on).first()


def _rate(base: str, quote: str, on: date, *, after: date) -> Stamped | None:
    own = _stated(base, quote, on, OPERATOR, after=after)
    back = _stated(quote, base, on, OPERATOR, after=after)
    if own and (back is None or back.on <= own.on):
        return own
    if back:
        return inverted(back)
    euros_base, euros_quote = _per_euro(base, on, after=after), _per_euro(quote, on, after=after)
    return crossed(euros_base, euros_quote) if euros_base and euros_quote else None


def _per_euro(code: str, on: date, *, after: date) -> Stamped | None:
    if code == _EURO:
        return Stamped(_EURO, _EURO, Decimal(1), on, ECB)
    return _stated(_EURO, code, on, ECB, after=after)


def _stated(base: str, quote: str, on: date, source: str, *, after: date) -> Stamped | None:
    found = (
        ExchangeRate.objects.filter(
            base=base,
            quote=quote,
            source=source,
            on__lte=on,
            on__gt=after,
        )
        .order_by("-on")
        .first()
    )
    return Stamped(base, quote, found.rate, found.on, source) if found else None
