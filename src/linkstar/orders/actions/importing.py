"""From the order lines of an imported file to the records; running it again changes nothing."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Any

import pyarrow as pa

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.lake.order_statements import order_statements, statements_about
from linkstar.lake.store import Lake
from linkstar.money.dividing import half_even, micros_per_minor
from linkstar.orders.actions.recording import Recorded, record_lines
from linkstar.orders.actions.returning import Returned, record_returns
from linkstar.orders.matching import Return
from linkstar.orders.rules import Source, State, StatedLine, furthest, state_of_times, word_of

ROWS_AT_ONCE = 50_000
_WITHOUT_TAX_IN_PRICES = frozenset({"US", "CA"})
_SAME_NAME = (
    "order_id", "sku_id", "product_id", "creator", "content_id", "content_type", "promo_code",
    "collaboration", "status", "settlement_status", "ordered_at", "ordered_on", "paid_at",
    "shipped_at", "delivered_at", "cancelled_at", "items", "currency", "paid_minor", "tax_minor",
    "shipping_minor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of an import's order lines.

    Attributes:
        recorded: how many lines were new, revised, refused and why.
        returned: what became of rows that say what came back, set by set.
        unknown_words: words for a state that nobody wrote down yet, and on how many lines.
    """

    recorded: Recorded
    returned: tuple[Returned, ...]
    unknown_words: Mapping[str, int]


def take_in_import(lake: Lake, *, workspace: Workspace, import_id: str, now: datetime) -> TakenIn:
    """Take the order lines of one import into the records, set by set, sales before returns."""
    found = order_statements(lake, workspace=workspace.number, import_id=import_id)
    return _take_in(found, workspace, now)


def take_in_statements_about(
    lake: Lake, *, shop: Shop, orders: Collection[str], now: datetime
) -> TakenIn:
    """Take in what every import says of these orders; what stands already does not change."""
    found = statements_about(lake, workspace=shop.workspace.number, shop=shop.number, orders=orders)
    return _take_in(found, shop.workspace, now)


def _take_in(found: pa.Table, workspace: Workspace, now: datetime) -> TakenIn:
    unknown: Counter[str] = Counter()
    recorded = Recorded()
    returned: list[Returned] = []
    shops = {shop.number: shop for shop in Shop.objects.filter(workspace=workspace)}
    rows = (row for batch in found.to_batches(ROWS_AT_ONCE) for row in batch.to_pylist())
    for (import_id, number, stated_on, is_return), part in groupby(rows, key=_set_of):
        shop = shops[number]
        origin: dict[str, Any] = {
            "source": Source.IMPORT,
            "stated_at": datetime.combine(stated_on, time(), UTC),
            "now": now,
            "import_id": import_id,
        }
        if is_return:
            given = [_return(row, shop) for row in part]
            returned.append(record_returns(shop=shop, returns=given, **origin))
        else:
            lines = _lines(part, shop, unknown)
            recorded += record_lines(shop=shop, lines=lines, **origin)
    return TakenIn(recorded, tuple(returned), dict(unknown))


def _set_of(row: Mapping[str, Any]) -> tuple[str, int, date, bool]:
    return row["import_id"], row["shop"], row["stated_on"], row["is_return"]


def _return(row: Mapping[str, Any], shop: Shop) -> Return:
    currency = row["currency"] or shop.currency
    return Return(
        order_id=row["order_id"],
        line_id=row["line"],
        article=row["sku_id"] or row["product_id"] or "",
        price_micros=_price_micros(row, currency),
        currency=currency,
        happened_at=row["ordered_at"],
        items=-row["items"],
    )


def _price_micros(row: Mapping[str, Any], currency: str) -> int | None:
    """Of one item, as finely as it is stated; of what came back, else the amount of each item."""
    if row["price_micros"] is not None:
        return int(row["price_micros"])
    if row["price_minor"] is not None:
        return int(row["price_minor"]) * micros_per_minor(currency)
    if row["is_return"] and row["paid_minor"] is not None:
        return half_even(abs(row["paid_minor"]) * micros_per_minor(currency), -row["items"])
    return None


def _lines(
    rows: Iterator[dict[str, Any]], shop: Shop, unknown: Counter[str]
) -> Iterator[StatedLine]:
    for row in rows:
        yield _line(row, shop, unknown)


def _line(row: Mapping[str, Any], shop: Shop, unknown: Counter[str]) -> StatedLine:
    currency = row["currency"] or shop.currency
    state, is_held = _state(row, unknown)
    returned, given_back = _given_back(row, state)
    said = {name: row[name] for name in _SAME_NAME if row[name] is not None}
    return StatedLine(
        **said,
        line_id=row["line"],
        channel=row["channel"] or row["layout"].partition(".")[0],
        state=state,
        is_held=is_held,
        settled_at=row["commission_paid_at"],
        items_returned=returned,
        price_micros=_price_micros(row, currency),
        seller_discount_minor=_taken_off(row["seller_discount_minor"]),
        platform_discount_minor=_taken_off(row["platform_discount_minor"]),
        is_tax_included=shop.market not in _WITHOUT_TAX_IN_PRICES,
        refunded_minor=given_back,
        stated_rate_bps=row["commission_bps"],
        stated_ads_rate_bps=row["ads_commission_bps"],
        stated_commission_minor=_actual_or_estimated(row, "commission"),
        stated_ads_commission_minor=_actual_or_estimated(row, "ads_commission"),
    )


def _given_back(row: Mapping[str, Any], state: State) -> tuple[int, int]:
    """How many items came back, and what was given back beside them.

    Affiliate exports do not count returned items. Once such a line is settled, its actual base
    tells: what it lacks of price times quantity is whole items where it divides, else money.
    """
    items, price = row["items"] or 0, row["price_minor"]
    if row["refunded_fully"]:
        return items, 0
    if row["items_refunded"] is not None:
        return min(row["items_refunded"], items), 0
    if row["refunds_minor"]:
        return 0, abs(row["refunds_minor"])
    actual = row["commission_base_minor"]
    if not (state is State.SETTLED and price and actual) or actual >= price * items:
        return 0, 0
    missing = price * items - actual
    return (missing // price, 0) if missing % price == 0 else (0, missing)


def _taken_off(stated: int | None) -> int | None:
    """Coupons, whichever sign a file writes them with."""
    return None if stated is None else abs(stated)


def _state(row: Mapping[str, Any], unknown: Counter[str]) -> tuple[State, bool | None]:
    """How far the line is by its words and instants, and whether it is held; words win nothing."""
    platform = row["layout"].partition(".")[0]
    written = [row[name] for name in ("status", "settlement_status") if row[name]]
    known = [word_of(platform, word) for word in written]
    unknown.update(word for word, found in zip(written, known, strict=True) if found is None)
    by_times = state_of_times(
        paid=row["paid_at"],
        shipped=row["shipped_at"],
        delivered=row["delivered_at"],
        settled=row["commission_paid_at"],
        cancelled=row["cancelled_at"],
    )
    refunded = State.REFUNDED if row["refunded_fully"] else None
    state = furthest(by_times, refunded, *(found.state for found in known if found))
    return state, any(found.is_held for found in known if found) if written else None


def _actual_or_estimated(row: Mapping[str, Any], name: str) -> int | None:
    """What the platform says it pays: the actual amount once there is one, else its estimate."""
    actual: int | None = row[f"{name}_minor"]
    return actual or row[f"{name}_estimated_minor"]
