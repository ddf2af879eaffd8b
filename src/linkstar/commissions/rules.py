"""What is owed for an order line, at which rate, and on which accounts it stands.

Described with worked examples in docs/methods/commission.md.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from linkstar.ledger.rules import Posting
from linkstar.money.amounts import Money
from linkstar.money.dividing import BPS, half_even, micros_per_minor


class Component(StrEnum):
    """What an amount is for."""

    STANDARD = "standard"
    ADS = "ads"
    SELLER_BOOST = "seller_boost"
    PLATFORM_BOOST = "platform_boost"
    FLAT_FEE = "flat_fee"


TIERED = frozenset({Component.STANDARD, Component.ADS})
"""What tiers are the rates of; bonuses have theirs beside."""


class Kind(StrEnum):
    """What an amount does to what was earned before."""

    ACCRUED = "accrued"
    CLAWED_BACK = "clawed_back"
    RESTORED = "restored"
    RELEASED = "released"
    REATTRIBUTED = "reattributed"


class State(StrEnum):
    """How far an amount is on its way to the creator.

    A deposit is reserved at the highest rate of a tiered commission until one of them is reached.
    """

    DEPOSIT = "deposit"
    ACCRUED = "accrued"
    APPROVED = "approved"
    PAYABLE = "payable"
    HELD = "held"
    SETTLED = "settled"
    PAID = "paid"


STANDING = (State.DEPOSIT, State.ACCRUED, State.APPROVED, State.PAYABLE, State.HELD)
"""States whose amounts stand on an account of their own."""


class RateSource(StrEnum):
    """Who promised the rate."""

    AGREEMENT = "agreement"
    PLAN = "plan"
    SHOP_DEFAULT = "default"
    STATED = "stated"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and where it comes from; `rate_bps` is None where nobody promised one.

    Attributes:
        rate_bps: of the base, in basis points.
        source: who promised it.
        plan: whose version it is, where a plan promised it.
        version: which version of that plan.
        kept_before: set when a rate that was cut is still kept, and until when.
    """

    rate_bps: int | None
    source: RateSource
    plan: str = ""
    version: int | None = None
    kept_before: date | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """Everything that was promised for one line on the day it was earned.

    Attributes:
        standard: the ordinary rate.
        ads: the rate where the creator's own content brought the order as an ad.
        seller_bonus_bps: the seller's bonus on top.
        platform_bonus_bps: the platform's bonus on top.
        is_commission_free: the platform pays the commission in the seller's place.
    """

    standard: Rate
    ads: Rate
    seller_bonus_bps: int = 0
    platform_bonus_bps: int = 0
    is_commission_free: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One component of what a line earns."""

    component: Component
    rate: Rate
    is_paid_by_platform: bool


NOBODYS = Rate(None, RateSource.NOBODY)


def commission_minor(base_micros: int, rate_bps: int | None, currency: str) -> int:
    """The one rounding there is: base x rate, half to even, in minor units."""
    return half_even(base_micros * (rate_bps or 0), BPS * micros_per_minor(currency))


def first_promised(*rates: Rate | None) -> Rate:
    """The first rate that anybody promised."""
    return next((rate for rate in rates if rate and rate.rate_bps is not None), NOBODYS)


def parts(promised: Promised, *, is_ad: bool, tier_rates_bps: tuple[int, ...]) -> list[Part]:
    """What a line earns: one commission (the rate for ads takes the place of the other), bonuses.

    A tiered commission is reserved at its highest rate, as a deposit; what is too much is released
    once the platform says which was reached. Known before, `tier_rates_bps` is that rate alone.
    """
    rate = promised.ads if is_ad else promised.standard
    if tier_rates_bps:
        rate = Rate(tier_rates_bps[-1], RateSource.STATED)
    component = Component.ADS if is_ad else Component.STANDARD
    earned = [Part(component, rate, promised.is_commission_free)]
    bonuses = (
        (Component.SELLER_BOOST, promised.seller_bonus_bps, False),
        (Component.PLATFORM_BOOST, promised.platform_bonus_bps, True),
    )
    return earned + [
        Part(bonus, Rate(bps, RateSource.PLAN), is_platforms)
        for bonus, bps, is_platforms in bonuses
        if bps
    ]


@lru_cache(maxsize=1_000)
def cost_account(shop: int, component: Component, *, is_paid_by_platform: bool, market: str) -> str:
    """Who bears it: a cost of the shop, or something the platform owes."""
    name = {
        Component.STANDARD: "commission",
        Component.ADS: "ads_commission",
        Component.SELLER_BOOST: "bonus",
        Component.PLATFORM_BOOST: "bonus",
        Component.FLAT_FEE: "flat_fee",
    }[component]
    if is_paid_by_platform:
        return f"asset:platform:{market}:{name}"
    return f"expense:shop:{shop}:{name}"


@lru_cache(maxsize=100_000)  # of a few thousand creators, asked for with every amount
def owed_account(creator: str, state: State) -> str:
    """Where what a creator is owed stands. Settled and paid amounts have left `payable`."""
    name = State.PAYABLE if state in {State.SETTLED, State.PAID} else state
    return f"liability:creator:{creator}:{name}"


def state_of_change(states: frozenset[State]) -> State:
    """Where a later change of what a line earned belongs, given how far its amounts are.

    Once any of it is payable or has been paid, the change is payable at once: what is given back
    then lowers what the creator is paid next, below nothing if need be, and is carried forward.
    """
    if states & {State.PAYABLE, State.SETTLED, State.PAID}:
        return State.PAYABLE
    order = (State.HELD, State.APPROVED, State.ACCRUED)
    return next((state for state in order if state in states), State.DEPOSIT)


def kind_of_change(delta: int, *, is_release: bool) -> Kind:
    """What a change of an amount is called."""
    if is_release:
        return Kind.RELEASED
    return Kind.CLAWED_BACK if delta < 0 else Kind.RESTORED


def reached_rate(
    tier_rates_bps: tuple[int, ...], stated_bps: int | None, *, settled: bool
) -> int | None:
    """The rate of a tiered commission that was reached; None while that is open."""
    return stated_bps if settled and stated_bps in tier_rates_bps else None


def moved(amount_minor: int, currency: str, *, frm: str, to: str) -> Posting:
    """The posting that moves what is owed from one account to another; a debt moves the other way.

    `amount_minor` is what the creator is owed and never nothing.
    """
    money = Money(abs(amount_minor), currency)
    return Posting(frm, to, money) if amount_minor > 0 else Posting(to, frm, money)


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a confirmed commission waits before it is payable."""

    days: int
    source: str


@cache
def _holds() -> dict[str, list[dict[str, object]]]:
    text = files("linkstar.commissions").joinpath("data/holds.toml").read_text("utf-8")
    return tomllib.loads(text)


def hold_on(market: str, day: date) -> Hold:
    """What holds in a market for lines delivered on a day."""
    rows = _holds().get(market) or _holds()["any"]
    in_force = [row for row in rows if row["in_force_from"] <= day] or rows[:1]  # type: ignore[operator]
    return Hold(int(str(in_force[-1]["days"])), str(in_force[-1]["source"]))
