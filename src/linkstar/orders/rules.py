"""How far an order line is, what of it is kept, and what commission is worked out from.

States only ever move forward: whichever statement comes first, the same statements end in the
same state.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from linkstar.money.dividing import half_even, micros_per_minor


class State(StrEnum):
    """How far a line is, in order. The first and the last three earn nothing.

    A withdrawn line is one that nobody states any more: whatever is stated of it counts again.
    """

    WITHDRAWN = "withdrawn"
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    SETTLED = "settled"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    INELIGIBLE = "ineligible"


STATES = tuple(State)
NOT_SOLD = frozenset({State.WITHDRAWN, State.CANCELLED, State.INELIGIBLE})
"""There is no sale, in the end: nothing can come back of it."""
ENDED = NOT_SOLD | {State.REFUNDED}
ARRIVED = frozenset({State.DELIVERED, State.SETTLED})


class Source(StrEnum):
    """Who stated a line."""

    IMPORT = "import"
    POSTBACK = "postback"
    API = "api"


class LineRefused(ValueError):
    """A stated line cannot be taken in; `code` says why."""

    def __init__(self, code: str, value: object = "") -> None:
        super().__init__(code, value)
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedLine:
    """One order line as somebody states it. None and empty mean: not stated.

    Attributes:
        order_id: the platform's number of the order.
        line_id: its number of the line; the SKU, else the product, where it has none.
        creator: handle, case-folded, without `@`.
        items: how many were ordered.
        items_returned: how many of them came back or were refunded, so far.
        price_micros: of one item, in millionths of the major unit.
        seller_discount_minor: the seller's coupons on the line.
        platform_discount_minor: the platform's coupons on the line.
        tax_minor: of the line.
        is_tax_included: whether the price contains it.
        paid_minor: what the buyer paid for the line.
        refunded_minor: money given back beside returned items, so far.
        stated_rate_bps: the commission rate as the platform states it.
        tier_rates_bps: the rates one of which will hold, where the commission is tiered.
        is_held: the platform holds the line back (risk control).
    """

    order_id: str
    line_id: str = ""
    sku_id: str = ""
    product_id: str = ""
    channel: str = ""
    creator: str = ""
    content_id: str = ""
    content_type: str = ""
    collaboration: str = ""
    promo_code: str = ""
    status: str = ""
    settlement_status: str = ""
    state: State = State.PLACED
    is_held: bool | None = None
    ordered_at: datetime | None = None
    ordered_on: date | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    settled_at: datetime | None = None
    cancelled_at: datetime | None = None
    items: int | None = None
    items_returned: int = 0
    currency: str = ""
    price_micros: int | None = None
    seller_discount_minor: int | None = None
    platform_discount_minor: int | None = None
    tax_minor: int | None = None
    is_tax_included: bool | None = None
    shipping_minor: int | None = None
    paid_minor: int | None = None
    refunded_minor: int = 0
    stated_rate_bps: int | None = None
    stated_ads_rate_bps: int | None = None
    stated_commission_minor: int | None = None
    stated_ads_commission_minor: int | None = None
    tier_rates_bps: str = ""


class Kept(NamedTuple):
    """What a line's commission rests on: kept items and their value in millionths."""

    items: int
    base_micros: int


def kept(
    *,
    state: State,
    items: int,
    items_returned: int,
    price_micros: int,
    discounts_minor: int,
    tax_minor: int,
    refunded_minor: int,
    currency: str,
) -> Kept:
    """Price x items kept, without coupons and the tax contained in the price; never below nothing.

    Coupons and tax of the line go with its items in equal parts, to a millionth. Money given back
    beside returned items is taken off. Shipping never was in it.

    Args:
        state: how far the line is; an ended one keeps nothing.
        items: ordered.
        items_returned: of these.
        price_micros: of one.
        discounts_minor: the coupons of seller and platform together.
        tax_minor: tax contained in the price; 0 where it comes on top.
        refunded_minor: money given back beside returned items.
        currency: of all of it.
    """
    if state in ENDED or items_returned >= items:
        return Kept(0, 0)
    left = items - items_returned
    if not (discounts_minor or tax_minor or refunded_minor):
        return Kept(left, price_micros * left)
    scale = micros_per_minor(currency)
    taken_off = half_even((discounts_minor + tax_minor) * scale * left, items)
    return Kept(left, max(0, price_micros * left - taken_off - refunded_minor * scale))


def tiers(written: str) -> tuple[int, ...]:
    """The rates of a tiered commission in basis points, lowest first: `3.0 OR 5.0` is 300, 500.

    Empty for anything that is not tiered.
    """
    if not written:
        return ()
    parts = written.upper().replace("%", "").split(" OR ")
    try:
        rates = sorted({round(float(part) * 100) for part in parts if part.strip()})
    except ValueError:
        return ()
    return tuple(rates) if len(rates) > 1 else ()


@dataclass(frozen=True, slots=True)
class Word:
    """What a platform's word for a state means."""

    state: State | None
    is_held: bool = False


@cache
def words() -> Mapping[str, Mapping[str, Word]]:
    """Per platform: its words, case-folded, and what they mean. `*` holds for every platform."""
    text = files("linkstar.orders").joinpath("data/words.toml").read_text("utf-8")
    return {
        platform: {
            word.casefold(): Word(
                State(row["state"]) if row.get("state") else None, row.get("held", False)
            )
            for word, row in rows.items()
        }
        for platform, rows in tomllib.loads(text).items()
    }


def word_of(platform: str, written: str) -> Word | None:
    """What a platform's word means; None for one nobody wrote down yet."""
    folded = " ".join(written.split()).casefold()
    known = words()
    return known.get(platform, {}).get(folded) or known["any"].get(folded)


def furthest(*states: State | None) -> State:
    """The state that lies furthest on; placed where none is known."""
    return max((each for each in states if each), key=STATES.index, default=State.PLACED)


def state_of_times(
    *,
    paid: datetime | None = None,
    shipped: datetime | None = None,
    delivered: datetime | None = None,
    settled: datetime | None = None,
    cancelled: datetime | None = None,
) -> State:
    """What the instants a line states say about how far it is."""
    reached = (
        (cancelled, State.CANCELLED),
        (settled, State.SETTLED),
        (delivered, State.DELIVERED),
        (shipped, State.SHIPPED),
        (paid, State.PAID),
    )
    return next((state for at, state in reached if at), State.PLACED)
