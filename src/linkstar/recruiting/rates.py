"""Whether a market allows what is offered: the rate, and that anything can be agreed there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from linkstar.catalog.market_rules import market_named
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.collaborations.rules import clocks_of
from linkstar.plans.rules import Kind
from linkstar.plans.terms import terms_of


class RateRefused(ValueError):
    """The market allows rates from `least_bps` to `most_bps` only."""

    def __init__(self, rate_bps: int, least_bps: int, most_bps: int) -> None:
        super().__init__(rate_bps, least_bps, most_bps)
        self.rate_bps, self.least_bps, self.most_bps = rate_bps, least_bps, most_bps


def rate_bounds(shop: Shop, *, now: datetime, kind: Kind = Kind.TARGETED) -> tuple[int, int]:
    """The least and the most a shop may offer today, in basis points."""
    terms = terms_of(shop.market).on(kind, day_of(shop, now))
    return terms.rate_bps_min, terms.rate_bps_max


def check_rate(shop: Shop, rate_bps: int, *, now: datetime, kind: Kind = Kind.TARGETED) -> None:
    """Hold an offered rate against the bounds of its kind of plan in the shop's market.

    Raises:
        RateRefused: it lies outside.
    """
    least, most = rate_bounds(shop, now=now, kind=kind)
    if not least <= rate_bps <= most:
        raise RateRefused(rate_bps, least, most)


def check_market(code: str, *, now: datetime) -> None:
    """Offer nothing on a market where nothing could be agreed: whoever took it would be refused.

    Raises:
        MarketWithoutClocks: no time limits are known there.
    """
    clocks_of(code, now.astimezone(ZoneInfo(market_named(code).zone)).date())
