"""What a platform charges a seller for a line, and for giving money back."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from linkstar.money.dividing import BPS, half_even

FEES_CHANNEL = "tiktok"
"""The one channel that charges sellers for what is sold through it."""


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """One market's rule from a day on.

    Attributes:
        in_force_from: the first day of orders it holds for.
        currency: of its amounts; lines in another currency are not charged by it.
        referral_bps: of what was paid plus the platform's discount.
        referral_fixed_minor: on top, per line.
        refund_administration_bps: of the referral fee given back.
        refund_administration_max_minor: at most so much per line; None is no limit.
        is_tax_in_base: whether the tax contained in the price is charged, too.
        source: where it is from, by language.
        seen_on: when that was last read.
    """

    in_force_from: date
    currency: str
    referral_bps: int
    source: Mapping[str, str]
    seen_on: date
    referral_fixed_minor: int = 0
    refund_administration_bps: int = 0
    refund_administration_max_minor: int | None = None
    is_tax_in_base: bool = False


@dataclass(frozen=True, slots=True)
class FeesUnknown:
    """Nobody states what the platform charges there; `why`, by language."""

    why: Mapping[str, str]


def referral_minor(base_minor: int, policy: FeePolicy) -> int:
    """The fee on a base, rounded half to even; nothing on nothing."""
    if base_minor <= 0:
        return 0
    return half_even(base_minor * policy.referral_bps, BPS) + policy.referral_fixed_minor


def refund_administration_minor(given_back_minor: int, policy: FeePolicy) -> int:
    """What is kept, in all, of the referral fee that was given back for a line."""
    fee = half_even(given_back_minor * policy.refund_administration_bps, BPS)
    limit = policy.refund_administration_max_minor
    return fee if limit is None else min(fee, limit)


def fee_base_minor(
    *,
    paid_minor: int,
    platform_discount_minor: int,
    tax_minor: int,
    items: int,
    items_kept: int,
    refunded_minor: int,
) -> int:
    """What the fee is on: payment and platform's discount without tax, for the items kept."""
    whole = paid_minor + platform_discount_minor - tax_minor
    return max(0, half_even(whole * items_kept, items) - refunded_minor)


def policy_on(market: str, channel: str, day: date) -> FeePolicy | FeesUnknown:
    """The rule for orders of a day."""
    known = _policies().get((market, channel), ())
    unknown = _stated()["unknown"]
    nobody_says = FeesUnknown(unknown.get(market) or unknown["any"])
    return next((p for p in reversed(known) if p.in_force_from <= day), nobody_says)


def markets_with_fees() -> frozenset[tuple[str, str]]:
    """Market and channel of every rule there is."""
    return frozenset(_policies())


@cache
def _stated() -> dict[str, Any]:
    text = files("linkstar.commissions").joinpath("data/fees.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _policies() -> dict[tuple[str, str], tuple[FeePolicy, ...]]:
    found: dict[tuple[str, str], tuple[FeePolicy, ...]] = {}
    for market, rows in _stated().items():
        for row in rows if market != "unknown" else ():
            key = (market, row["channel"])
            policy = FeePolicy(**{name: row[name] for name in row if name != "channel"})
            found[key] = (*found.get(key, ()), policy)
    return found
