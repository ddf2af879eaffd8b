"""Taking back what one import stated of orders: lines are withdrawn by a revision, none is deleted.

Every line the import stated is withdrawn and what anybody else states of it is heard again: files
and reports from the facts, programs from their own words. So the records are as if the import had
never been, and say that it was.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from linkstar.batches import batched
from linkstar.catalog.actions import hold_shop
from linkstar.catalog.models import Shop
from linkstar.lake.store import Lake
from linkstar.orders.actions.importing import take_in_statements_about
from linkstar.orders.actions.merging import KEPT
from linkstar.orders.actions.recording import record_lines
from linkstar.orders.actions.refunding import NO_SUCH_LINE, take_back_refund
from linkstar.orders.actions.reporting import take_in_reports
from linkstar.orders.actions.returning import match_waiting
from linkstar.orders.actions.wording import NAMES_AT_ONCE, words_about
from linkstar.orders.matching import Why
from linkstar.orders.models import COUNTED_BY_LINE, OrderLine, Refund, UnmatchedRefund
from linkstar.orders.rules import NOT_SOLD, Source, State


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking an import back did to one shop.

    Attributes:
        lines: it had stated.
        withdrawn: of these, lines nobody else states.
        returns: of it that count no longer.
        waiting: refunds of others whose line is gone; they wait for it, or are of another by now.
    """

    lines: int
    withdrawn: int
    returns: int
    waiting: int


@transaction.atomic
def withdraw_statements(
    lake: Lake,
    *,
    shop: Shop,
    import_id: str,
    lines: Collection[tuple[str, str]],
    orders: Collection[str],
    now: datetime,
) -> TakenBack:
    """Take back what the import stated of the shop's orders; what others state comes into force.

    Args:
        lake: the facts, without the import's rows.
        shop: whose orders.
        import_id: which import.
        lines: order and line of each line it stated.
        orders: all orders it names, also under which something came back.
        now: the instant.
    """
    hold_shop(shop)
    returns = _take_back_returns(shop, import_id, lines, now)
    with connection.cursor() as cursor:
        taken = _withdraw(cursor, shop, import_id, lines, now)
        _hear_others(lake, shop, orders, now)
        waiting = _set_refunds_apart(shop, taken, now)
        _hear_others(lake, shop, orders, now)  # whoever states fewer items than had come back
        if waiting:
            match_waiting(shop=shop, names=waiting, now=now)
        _end_whole_returns(cursor, now)
        cursor.execute("DROP TABLE taken_back")
    return TakenBack(len(taken), len(_withdrawn(taken)), returns, len(waiting))


def _take_back_returns(
    shop: Shop, import_id: str, lines: Collection[tuple[str, str]], now: datetime
) -> int:
    """What came back by its word: of lines it did not state one by one, of the others with them."""
    listed = UnmatchedRefund.objects.filter(shop=shop, import_id=import_id)
    counted = Refund.objects.filter(line__shop=shop, import_id=import_id, withdrawn_at=None)
    own = counted.exclude(key__startswith=COUNTED_BY_LINE).select_related("line")
    found = listed.count() + own.count()
    listed.delete()
    for refund in own.order_by("pk"):
        if (refund.line.order_id, refund.line.line_id) not in lines:
            take_back_refund(refund, now=now)
    return found


def _withdraw(
    cursor: CursorWrapper,
    shop: Shop,
    import_id: str,
    lines: Collection[tuple[str, str]],
    now: datetime,
) -> list[int]:
    moment = connection.ops.adapt_datetimefield_value(now)
    cursor.execute("CREATE TEMPORARY TABLE taken_back (id BIGINT PRIMARY KEY)")
    cursor.executemany(_CHOOSE, [(shop.pk, order, line) for order, line in sorted(lines)])
    cursor.execute(_KEEP_REVISIONS)
    cursor.execute(_WITHDRAW_REFUNDS, [moment, import_id])
    cursor.execute(_WITHDRAW, [moment])
    cursor.execute("SELECT id FROM taken_back ORDER BY id")
    return [row[0] for row in cursor.fetchall()]


def _hear_others(lake: Lake, shop: Shop, orders: Collection[str], now: datetime) -> None:
    take_in_statements_about(lake, shop=shop, orders=orders, now=now)
    take_in_reports(lake, shop=shop, now=now, orders=orders)
    for stated_at, said in words_about(shop, orders).items():
        record_lines(shop=shop, lines=said, source=Source.API, stated_at=stated_at, now=now)


def _set_refunds_apart(shop: Shop, taken: Sequence[int], now: datetime) -> set[str]:
    """Refunds of lines that nobody states now wait; the orders and articles they are of."""
    names: set[str] = set()
    gone = _withdrawn(taken)
    for part in batched(gone, NAMES_AT_ONCE):
        counted = Refund.objects.filter(line__in=part, withdrawn_at=None)
        own = counted.exclude(key__startswith=COUNTED_BY_LINE).select_related("line")
        names |= {_wait(shop, refund) for refund in own}
        counted.update(withdrawn_at=now)
        OrderLine.objects.filter(pk__in=part).update(items_returned=0, refunded_minor=0)
    return names


def _wait(shop: Shop, refund: Refund) -> str:
    """List the refund as one without a line; the name by which it is looked for."""
    line = refund.line
    is_return = refund.source == Source.IMPORT
    article = (line.sku_id or line.product_id) if is_return else ""
    number = refund.key.removeprefix(f"{refund.order_id}:") if is_return else line.line_id
    UnmatchedRefund.objects.get_or_create(
        shop=shop,
        key=refund.key,
        order_id=refund.order_id or line.order_id,
        line_id=number,
        defaults={
            "article": article,
            "reason": Why.NO_SUCH_SALE if is_return else NO_SUCH_LINE,
            "items": refund.items,
            "amount_minor": refund.amount_minor,
            "price_micros": line.price_micros if is_return else None,
            "currency": line.currency,
            "happened_at": refund.happened_at,
            "source": refund.source,
            "import_id": refund.import_id,
            "stated_at": refund.stated_at,
            "recorded_at": refund.recorded_at,
        },
    )
    return article or refund.order_id or line.order_id


def _end_whole_returns(cursor: CursorWrapper, now: datetime) -> None:
    """A line of which everything came back, by other words than its own, is refunded."""
    cursor.execute(_END_WHOLE_RETURNS, [connection.ops.adapt_datetimefield_value(now)])


def _withdrawn(lines: Sequence[int]) -> list[int]:
    found: list[int] = []
    for part in batched(lines, NAMES_AT_ONCE):
        gone = OrderLine.objects.filter(pk__in=part, state=State.WITHDRAWN)
        found += gone.values_list("pk", flat=True)
    return found


_TAKEN = "SELECT id FROM taken_back"
_LIVING = "FROM orders_refund AS r WHERE r.line_id = orders_orderline.id AND r.withdrawn_at IS NULL"
_CHOOSE = f"""INSERT INTO taken_back SELECT id FROM orders_orderline
    WHERE shop_id = %s AND order_id = %s AND line_id = %s AND state <> '{State.WITHDRAWN}'"""
_KEEP_REVISIONS = f"""INSERT INTO orders_linerevision (line_id, number, {", ".join(KEPT)})
    SELECT id, revision, {", ".join(KEPT)} FROM orders_orderline WHERE id IN ({_TAKEN})"""
_WITHDRAW_REFUNDS = f"""UPDATE orders_refund SET withdrawn_at = %s
    WHERE line_id IN ({_TAKEN}) AND import_id = %s AND withdrawn_at IS NULL"""
_WITHDRAW = f"""UPDATE orders_orderline SET state = '{State.WITHDRAWN}', changed_at = %s,
    revision = revision + 1, withdrawn_in = revision + 1,
    items_returned = (SELECT COALESCE(SUM(r.items), 0) {_LIVING}),
    refunded_minor = (SELECT COALESCE(SUM(r.amount_minor), 0) {_LIVING})
    WHERE id IN ({_TAKEN})"""
_END_WHOLE_RETURNS = f"""UPDATE orders_orderline SET state = '{State.REFUNDED}', changed_at = %s
    WHERE id IN ({_TAKEN}) AND items_returned = items
    AND state NOT IN ({", ".join(f"'{state}'" for state in (*sorted(NOT_SOLD), State.REFUNDED))})
    AND EXISTS (SELECT 1 {_LIVING} AND r.key NOT LIKE '{COUNTED_BY_LINE}%%')"""
