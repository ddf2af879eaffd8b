"""Rates of exchange: in force, and stated by an operator's key that reaches money."""

from datetime import UTC
from decimal import Decimal

from django.http import HttpRequest
from ninja import Router, Schema

from linkstar.api.calling import JUDGES, OPERATOR_READS, anybody, now
from linkstar.api.profit import ExchangeTold
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Currency, Day
from linkstar.exchange.actions import state_rate
from linkstar.exchange.models import ExchangeRate
from linkstar.exchange.queries import rates_in_force

router = Router()


class RatesTold(Schema):
    """What each source states newest, not older than a week; other pairs go over the euro."""

    items: list[ExchangeTold]


class RateStated(Asked):
    """One unit of `base` in units of `quote`, from a day on; without a day, from today."""

    base: Currency
    quote: Currency
    rate: Decimal
    on: Day | None = None
    is_sure: bool = False


def _told(one: ExchangeRate) -> ExchangeTold:
    names = ("base", "quote", "rate", "on", "source")
    return ExchangeTold(**{name: getattr(one, name) for name in names})


@router.get("exchange-rates", response=RatesTold, auth=OPERATOR_READS)
def exchange_rates(request: HttpRequest) -> RatesTold:
    """The rates in force today, each with its day and source."""
    del request
    found = rates_in_force(now().astimezone(UTC).date())
    return RatesTold(items=[_told(one) for one in found])


@router.post("exchange-rates", response=ExchangeTold, auth=JUDGES)
@once
def state_exchange_rate(request: HttpRequest, asked: RateStated) -> ExchangeTold:
    """State a rate; it goes before the central bank's, and once stated for a day it stays.

    One that is more than a tenth off the rate that is known is refused unless `is_sure`.
    """
    at = now()
    facts = asked.facts() | {"on": asked.on or at.astimezone(UTC).date()}
    return _told(state_rate(**facts, user=anybody(request).user, now=at))
