"""What the demo seller sold through creators, and the file TikTok Shop makes of it.

Kept while the events go by, so every line of the file is an order that was tracked. Parcels arrive
after some days, the platform settles some days later; what it may not know yet it does not say.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.sample.export_figures import COMMISSION_RATE
from linkstar.sample.export_layouts import NOTHING

FIRST_ORDER_ID = 577_000_000_000_000_000
ARRIVES_AFTER, SETTLED_AFTER = timedelta(days=4), timedelta(days=19)
_COLUMNS = (
    "event_id", "event", "occurred_at", "shop", "creator", "content_type", "content_id",
    "product_id", "product_name", "value",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """One item somebody ordered after a click; instants in UTC, the price in dollars."""

    number: int
    at: datetime
    given_back_at: datetime | None
    creator: str
    content_type: str
    content_id: str
    product_id: str
    product_name: str
    price: float


@dataclass
class Sales:
    """Keeps orders and refunds of some shops."""

    shops: pa.Array
    _parts: list[pa.Table] = field(default_factory=list)

    def add(self, events: pa.Table) -> None:
        """Keep what these shops sold and what came back; everything else goes by."""
        sold = pc.is_in(events["event"].cast(pa.string()), pa.array(["order", "refund"]))
        events = events.filter(sold)
        ours = events.filter(pc.is_in(events["shop"].cast(pa.string()), self.shops))
        if ours.num_rows:
            told = ours.select(_COLUMNS)
            plain = [
                column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
                for column in told.columns
            ]
            self._parts.append(pa.table(plain, names=_COLUMNS))

    def of(self, shop: str) -> Sequence[Sale]:
        """What a shop sold, the earliest first."""
        rows = pa.concat_tables(self._parts).to_pylist() if self._parts else []
        given_back = {_number(row): row["occurred_at"] for row in rows if row["event"] == "refund"}
        sold = (
            Sale(
                number=_number(row),
                at=row["occurred_at"],
                given_back_at=given_back.get(_number(row)),
                creator=row["creator"],
                content_type=row["content_type"],
                content_id=row["content_id"],
                product_id=row["product_id"],
                product_name=row["product_name"],
                price=row["value"],
            )
            for row in rows
            if row["event"] == "order" and row["shop"] == shop
        )
        return sorted(sold, key=lambda sale: (sale.at, sale.number))


def _number(row: dict[str, str]) -> int:
    """Of the impression it all began with."""
    return int(row["event_id"][1:])


def write_affiliate_orders(
    path: Path, sales: Sequence[Sale], *, zone: ZoneInfo, now: datetime
) -> None:
    """Affiliate orders in English, 30 columns, as the platform would write them at `now`.

    Args:
        path: of the file, a CSV.
        sales: what was sold.
        zone: of the shop, in which the file tells times without naming it.
        now: the instant; what happens later is not known yet.
    """
    rows = [dict(_cells(sale, zone, now)) for sale in sales if sale.at < now]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval=NOTHING, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


HEADER = (
    "Order ID", "Product ID", "Product Name", "SKU ID", "Price", "Payment Amount", "Currency",
    "Quantity", "Fully returned or refunded", "Payment method", "Order Status", "Creator Username",
    "Content Type", "Content ID", "commission model", "Standard commission rate",
    "Est. Commission Base", "Est. standard commission payment", "Actual Commission Base",
    "Actual Commission Payment", "Shop Ads commission rate", "Est. Shop Ads commission payment",
    "Actual Shop Ads commission payment", "Est. co-funded creator bonus",
    "Actual co-funded creator bonus", "Time Created", "Payment time", "Order Delivery Time",
    "Time Commission Paid", "Platform",
)  # fmt: skip


def _cells(sale: Sale, zone: ZoneInfo, now: datetime) -> Iterator[tuple[str, str]]:
    is_back = sale.given_back_at is not None and sale.given_back_at < now
    arrived = sale.at + ARRIVES_AFTER
    settled = sale.at + SETTLED_AFTER
    has_arrived, is_settled = arrived < now, settled < now and not is_back
    commission = f"{sale.price * COMMISSION_RATE:.2f}"
    yield "Order ID", f"{FIRST_ORDER_ID + sale.number}\t"
    yield "Product ID", f"{sale.product_id}\t"
    yield "Product Name", sale.product_name
    yield "SKU ID", f"{sale.product_id}\t"
    yield "Price", f"{sale.price:.2f}"
    yield "Payment Amount", f"{sale.price:.2f}"
    yield "Currency", "USD"
    yield "Quantity", "1"
    yield "Fully returned or refunded", "Yes" if is_back else "No"
    status = "Completed" if has_arrived else "Processing"
    yield "Order Status", "Settled" if is_settled else status
    yield "Creator Username", sale.creator
    yield "Content Type", {"video": "Video", "live": "LIVE"}[sale.content_type]
    yield "Content ID", f"{sale.content_id}\t"
    yield "commission model", "Open collaboration"
    yield "Standard commission rate", f"{COMMISSION_RATE:.0%}"
    yield "Est. Commission Base", f"{sale.price:.2f}"
    yield "Est. standard commission payment", commission
    if is_settled:
        yield "Actual Commission Base", f"{sale.price:.2f}"
        yield "Actual Commission Payment", commission
        yield "Time Commission Paid", _local(settled, zone)
    yield "Time Created", _local(sale.at, zone)
    yield "Payment time", _local(sale.at, zone)
    if has_arrived:
        yield "Order Delivery Time", _local(arrived, zone)
    yield "Platform", "TikTok Shop"


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d/%m/%Y %H:%M:%S}"
