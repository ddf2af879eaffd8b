"""What a platform charges a seller for a line, and for giving money back."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from linkstar.money.dividing import BPS, half_even


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """One market's rule from a day on.

    Attributes:
        in_force_from: the first day of orders it holds for.
        currency: of its amounts; lines in another currency are not charged by it.
        referral_bps: of what was paid plus the platform's discount, without tax.
        referral_fixed_minor: on top, per line.
        refund_administration_bps: of the referral fee given back.
        refund_administration_max_minor: at most so much per line; None is no limit.
    """

    in_force_from: date
    currency: str
    referral_bps: int
    referral_fixed_minor: int
    refund_administration_bps: int
    refund_administration_max_minor: int | None = None


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


def policy_on(market: str, channel: str, day: date) -> FeePolicy | None:
    """The rule for orders of a day; None where none is known."""
    known = _policies().get((market, channel), ())
    return next((p for p in reversed(known) if p.in_force_from <= day), None)


def markets_with_fees() -> frozenset[tuple[str, str]]:
    """Market and channel of every rule there is."""
    return frozenset(_policies())


@cache
def _policies() -> dict[tuple[str, str], tuple[FeePolicy, ...]]:
    text = files("linkstar.commissions").joinpath("data/fees.toml").read_text("utf-8")
    found: dict[tuple[str, str], tuple[FeePolicy, ...]] = {}
    for market, rows in tomllib.loads(text).items():
        for row in rows:
            channel: str = row.pop("channel")
            stated: dict[str, Any] = row
            key = (market, channel)
            found[key] = (*found.get(key, ()), FeePolicy(**stated))
    return found
