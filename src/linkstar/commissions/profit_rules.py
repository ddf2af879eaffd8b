"""Profit and loss of whatever earned or cost something: sums first, ratios of sums, no guesses.

Pure. Described with a worked example in docs/methods/profit-and-loss.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from linkstar.commissions.rules import State
from linkstar.exchange.rules import Stamped, convert
from linkstar.money.amounts import Money


class Maturity(StrEnum):
    """How sure an amount is, in order."""

    ESTIMATED = "estimated"
    CONFIRMED = "confirmed"
    PAYABLE = "payable"
    PAID = "paid"


MATURITY = {
    State.DEPOSIT: Maturity.ESTIMATED,
    State.ACCRUED: Maturity.ESTIMATED,
    State.APPROVED: Maturity.CONFIRMED,
    State.PAYABLE: Maturity.PAYABLE,
    State.HELD: Maturity.PAYABLE,
    State.SETTLED: Maturity.PAYABLE,
    State.PAID: Maturity.PAID,
}
"""An amount that is held or in a settlement is owed: it counts as payable until it is paid."""


class Part(StrEnum):
    """What an amount is, for the account it stands in."""

    SALES = "sales"
    KEPT = "kept"
    COMMISSION = "commission"
    FLAT_FEE = "flat_fee"
    PLATFORM_FEE = "platform_fee"
    SAMPLE_PRODUCT = "sample_product"
    SAMPLE_SHIPPING = "sample_shipping"
    SUPPORT = "support"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount about one thing; `minor` is None where it is not known.

    Attributes:
        key: the creator, content, product or campaign; empty for none.
        order_id: of the order it belongs to; empty for none.
    """

    key: str
    currency: str
    part: Part
    minor: int | None
    maturity: Maturity = Maturity.ESTIMATED
    order_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """The account of one thing in one currency.

    A part is None where an amount of it is not known, so everything made of it is None, too.

    Attributes:
        key: what it is about.
        orders: how many orders there were.
        kept_orders: how many of them keep something.
        sums: the amounts by part; a part nobody stated anything of is 0.
        matured: the same by part and maturity; what is not known is in none.
    """

    key: str
    currency: str
    orders: int = 0
    kept_orders: int = 0
    sums: dict[Part, int | None] = field(default_factory=dict)
    matured: dict[tuple[Part, Maturity], int] = field(default_factory=dict)

    def of(self, part: Part) -> int | None:
        return self.sums.get(part, 0)

    @property
    def spend_minor(self) -> int | None:
        """What creators earned: commission and flat fees."""
        return added(self.of(Part.COMMISSION), self.of(Part.FLAT_FEE))

    @property
    def samples_minor(self) -> int | None:
        return added(self.of(Part.SAMPLE_PRODUCT), self.of(Part.SAMPLE_SHIPPING))

    @property
    def spend_in_full_minor(self) -> int | None:
        """The same with what was given: samples, their shipping, shooting support."""
        return added(self.spend_minor, self.samples_minor, self.of(Part.SUPPORT))

    @property
    def left_minor(self) -> int | None:
        """What is left of kept sales before the cost of the goods sold, with gains of exchange."""
        spent = added(self.of(Part.PLATFORM_FEE), self.spend_in_full_minor)
        came = added(self.of(Part.KEPT), self.of(Part.EXCHANGE))
        return None if came is None or spent is None else came - spent

    @property
    def roas(self) -> float | None:
        return ratio(self.of(Part.KEPT), self.spend_minor)

    @property
    def roas_in_full(self) -> float | None:
        return ratio(self.of(Part.KEPT), self.spend_in_full_minor)

    @property
    def roi(self) -> float | None:
        """(Kept sales - platform fees - spend) / spend, before the cost of the goods sold.

        What exchanges brought or cost is part of it, where there is any.
        """
        came = added(self.of(Part.KEPT), self.of(Part.EXCHANGE))
        spent = added(self.of(Part.PLATFORM_FEE), self.spend_minor)
        return ratio(None if came is None or spent is None else came - spent, self.spend_minor)

    @property
    def roi_in_full(self) -> float | None:
        return ratio(self.left_minor, self.spend_in_full_minor)


def added(*amounts: int | None) -> int | None:
    """The sum; not known where one of them is not."""
    known = [each for each in amounts if each is not None]
    return sum(known) if len(known) == len(amounts) else None


def ratio(above: int | None, below: int | None) -> float | None:
    """None where a part is not known or nothing was spent."""
    return above / below if above is not None and below is not None and below > 0 else None


def profits(amounts: Iterable[Amount]) -> list[Profit]:
    """One account per key and currency, the highest kept sales first."""
    accounts: dict[tuple[str, str], Profit] = {}
    orders: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for one in amounts:
        place = one.key, one.currency
        account = accounts.setdefault(place, Profit(key=one.key, currency=one.currency))
        account.sums[one.part] = added(account.of(one.part), one.minor)
        slot = one.part, one.maturity
        account.matured[slot] = account.matured.get(slot, 0) + (one.minor or 0)
        placed, kept = orders.setdefault(place, (set(), set()))
        if one.part is Part.SALES:
            placed.add(one.order_id)
        if one.part is Part.KEPT and one.minor:
            kept.add(one.order_id)
    counted = [
        replace(account, orders=len(orders[place][0]), kept_orders=len(orders[place][1]))
        for place, account in accounts.items()
    ]
    return sorted(counted, key=lambda row: (row.currency, -(row.of(Part.KEPT) or 0), row.key))


def exchanged(amount: Amount, stamped: Stamped) -> Amount:
    """The amount in the rate's other currency; what is not known stays unknown."""
    if amount.minor is None:
        return replace(amount, currency=stamped.quote)
    minor = convert(Money(amount.minor, amount.currency), stamped).minor
    return replace(amount, currency=stamped.quote, minor=minor)
