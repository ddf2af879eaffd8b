"""What each market asks of a shop, from which day on: data in `market_rules.toml`, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

_FILE = Path(__file__).with_name("market_rules.toml")
ANY_MARKET = "*"


class MarketUnknown(ValueError):
    """Not a market a shop can be on."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on one figure of the shop: at least (`min`), at most (`max`), or under (`below`)."""

    figure: str
    side: Literal["min", "max", "below"]
    bound: Decimal


@dataclass(frozen=True, slots=True)
class MarketRules:
    """What holds on a market from `starts_on` until a newer block begins."""

    market: str
    starts_on: date
    documents: tuple[str, ...]
    documents_when_branded: tuple[str, ...]
    licence_valid_days_min: int
    review_days: int
    commission_rate_bps_min: int
    commission_rate_bps_max: int
    thresholds: tuple[Threshold, ...]
    source: Mapping[str, str]
    """Where it is from, by language."""


@dataclass(frozen=True, slots=True)
class Market:
    """A market a shop can be on, with the currency it settles in and the zone of its days."""

    code: str
    currency: str
    zone: str


def rules_on(market: str, on: date) -> MarketRules:
    """What the market asks on a day: its own newest block that has begun, else that of any market.

    Before the first block the first one counts: a shop is never without rules.
    """
    own = [rules for rules in _all_rules() if rules.market == market]
    usable = own or [rules for rules in _all_rules() if rules.market == ANY_MARKET]
    begun = [rules for rules in usable if rules.starts_on <= on]
    return max(begun, key=_start) if begun else min(usable, key=_start)


def market_named(code: str) -> Market:
    """The market with this code.

    Raises:
        MarketUnknown: a shop cannot be on it.
    """
    try:
        return markets()[code]
    except KeyError:
        raise MarketUnknown(code) from None


@lru_cache
def markets() -> Mapping[str, Market]:
    """Every market by its code, the usual ones first."""
    return {code: Market(code, **stated) for code, stated in _stated()["markets"].items()}


@lru_cache
def _all_rules() -> tuple[MarketRules, ...]:
    return tuple(_rules(stated) for stated in _stated()["rules"])


@lru_cache
def _stated() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _rules(stated: dict[str, Any]) -> MarketRules:
    rate_min, rate_max = stated["commission_rate_bps"]
    return MarketRules(
        market=stated["market"],
        starts_on=stated["from"],
        documents=tuple(stated["documents"]),
        documents_when_branded=tuple(stated["documents_when_branded"]),
        licence_valid_days_min=stated["licence_valid_days_min"],
        review_days=stated["review_days"],
        commission_rate_bps_min=rate_min,
        commission_rate_bps_max=rate_max,
        thresholds=tuple(
            Threshold(figure, side, Decimal(bound))
            for figure, bounds in stated.get("thresholds", {}).items()
            for side, bound in bounds.items()
        ),
        source=stated["source"],
    )


def _start(rules: MarketRules) -> date:
    return rules.starts_on
