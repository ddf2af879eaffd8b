"""From the orders and refunds a shop's own page or server reported to the records."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any

from linkstar.catalog.models import Shop
from linkstar.lake.order_events import reported_orders
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.money.dividing import half_even, micros_per_minor
from linkstar.orders.actions.recording import Recorded, record_lines
from linkstar.orders.actions.refunding import Refunded, StatedRefund, record_refunds
from linkstar.orders.rules import Source, State, StatedLine


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of the reported orders and refunds."""

    orders: Recorded
    refunds: Refunded


def take_in_reports(
    lake: Lake, *, shop: Shop, now: datetime, orders: Collection[str] | None = None
) -> Reported:
    """Take the shop's reported orders and refunds into the records; again changes nothing.

    An order without a line of its own is one line. A refund that says how many items came back
    counts these, else its amount. Who bought is not read. With `orders`, only these are.
    """
    reported = reported_orders(lake, Scope(shop.workspace.number, (shop.number,))).to_pylist()
    found = [row for row in reported if orders is None or row["order_id"] in orders]
    recorded = Recorded()
    placed = [row for row in found if row["kind"] == "order"]
    for day, rows in groupby(placed, key=lambda row: row["day"]):
        recorded += record_lines(
            shop=shop,
            lines=_lines(rows, shop),
            source=Source.POSTBACK,
            stated_at=datetime.combine(day, time(), UTC),
            now=now,
        )
    refunds = [_refund(row) for row in found if row["kind"] == "refund"]
    return Reported(
        recorded, record_refunds(shop=shop, refunds=refunds, source=Source.POSTBACK, now=now)
    )


def _lines(rows: Iterator[Mapping[str, Any]], shop: Shop) -> Iterator[StatedLine]:
    for row in rows:
        currency = row["currency"] or shop.currency
        items = row["quantity"] or 1
        value = row["value_minor"]
        yield StatedLine(
            order_id=row["order_id"],
            line_id=line_of_report(row),
            product_id=row["product_id"] or "",
            channel=row["channel"] or "",
            promo_code=row["promo_code"] or "",
            state=State.PAID,
            ordered_at=row["occurred_at"],
            paid_at=row["occurred_at"],
            items=items,
            currency=currency,
            price_micros=None
            if value is None
            else half_even(value * micros_per_minor(currency), items),
            paid_minor=value,
        )


def _refund(row: Mapping[str, Any]) -> StatedRefund:
    items = row["quantity"] or 0
    return StatedRefund(
        key=row["event_id"],
        order_id=row["order_id"],
        line_id=line_of_report(row),
        happened_at=row["occurred_at"],
        items=items,
        amount_minor=0 if items else row["value_minor"] or 0,
        currency=row["currency"] or "",
    )


def line_of_report(row: Mapping[str, Any]) -> str:
    """What the line of a reported order is called: by itself, else by its product or its order."""
    stated: str = row["line_id"] or row["product_id"] or row["order_id"]
    return stated
