"""Which line something came back of, where the file that says so does not name it.

Published with a worked example in docs/methods/import.md. Nobody's name is needed: the same item at
the same price in the same quantity, the earliest sale first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """Why nothing was taken off any line."""

    ITEM_UNKNOWN = "item_unknown"
    NO_SUCH_SALE = "no_such_sale"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Sale:
    """A line of which something can come back.

    Attributes:
        id: of the record.
        order_id: which order.
        line_id: which of its lines.
        article: its SKU, else its product.
        price_micros: of one item.
        currency: of the price.
        ordered_at: when it was sold.
        items: how many were sold.
        left: how many of them have not come back.
    """

    id: int
    order_id: str
    line_id: str
    article: str
    price_micros: int
    currency: str
    ordered_at: datetime
    items: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Items that came back, as a file states it: under an order number of its own, or the sale's.

    Attributes:
        order_id: under which number it is stated.
        line_id: as which line of it.
        article: the SKU, else the product.
        price_micros: of one item; None where only its own order can tell.
        currency: of the price.
        happened_at: when.
        items: how many, above nothing.
    """

    order_id: str
    line_id: str
    article: str
    price_micros: int | None
    currency: str
    happened_at: datetime
    items: int

    @property
    def key(self) -> str:
        """Names the return for good: stated again it is the same one."""
        return f"{self.order_id}:{self.line_id}"


@dataclass(frozen=True, slots=True)
class Found:
    """The line it is taken off, and how many others would have done as well; or why there is none.

    Attributes:
        sale: the line.
        rivals: lines that fit no less; the rule chose the earliest.
        why: why there is no line; None where there is one.
    """

    sale: Sale | None
    rivals: int = 0
    why: Why | None = None


def sale_of(given: Return, sales: Sequence[Sale]) -> Found:
    """The line something came back of.

    The line of that number in the order of that number, else that order's line of the item. Where
    no such order was sold: lines of the item at that price sold before; those of exactly so many
    items of which all are left, before those of which at least so many are left; among these the
    earliest.
    """
    own = [sale for sale in sales if sale.order_id == given.order_id]
    named = [sale for sale in own if sale.line_id == given.line_id]
    if own:
        return _earliest(_enough(given, named) or _enough(given, own))
    if not sales:
        return Found(None, why=Why.ITEM_UNKNOWN)
    alike = [
        sale
        for sale in sales
        if (sale.price_micros, sale.currency) == (given.price_micros, given.currency)
        and sale.ordered_at <= given.happened_at
    ]
    if not alike:
        return Found(None, why=Why.NO_SUCH_SALE)
    enough = _enough(given, alike)
    whole = [sale for sale in enough if sale.items == sale.left == given.items]
    return _earliest(whole or enough)


def _enough(given: Return, sales: Sequence[Sale]) -> list[Sale]:
    return [sale for sale in sales if sale.left >= given.items]


def _earliest(sales: Sequence[Sale]) -> Found:
    if not sales:
        return Found(None, why=Why.NOTHING_LEFT)
    first = min(sales, key=lambda sale: (sale.ordered_at, sale.order_id, sale.line_id))
    return Found(first, rivals=len(sales) - 1)
