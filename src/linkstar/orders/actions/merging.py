"""Putting staged lines into the records by a handful of statements, however many lines there are.

Three kinds of columns: what is stated (the newest statement that says something counts), what only
grows (returns and refunds so far), and the state, which only moves forward. So the same statements
end in the same records, in whatever order they come. Of a withdrawn line nothing is heard any more:
the first new statement says all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from linkstar.orders.models import COUNTED_BY_LINE
from linkstar.orders.rules import STATES, State

STATED_TEXTS = (
    "sku_id", "product_id", "channel", "creator", "content_id", "content_type", "collaboration",
    "promo_code", "status", "settlement_status", "currency", "tier_rates_bps",
)  # fmt: skip
STATED_VALUES = (
    "is_held", "ordered_at", "ordered_on", "paid_at", "shipped_at", "delivered_at", "settled_at",
    "cancelled_at", "items", "price_micros", "seller_discount_minor", "platform_discount_minor",
    "tax_minor", "is_tax_included", "shipping_minor", "paid_minor", "stated_rate_bps",
    "stated_ads_rate_bps", "stated_commission_minor", "stated_ads_commission_minor",
)  # fmt: skip
GROWING = ("items_returned", "refunded_minor")
MERGED = (*STATED_TEXTS, *STATED_VALUES, *GROWING, "state")
STAGED = ("shop_id", "order_id", "line_id", *MERGED, "source", "import_id", "stated_at")
KEPT = (
    "state", "is_held", "status", "settlement_status", "creator", "content_id", "promo_code",
    "items", "items_returned", "price_micros", "seller_discount_minor", "platform_discount_minor",
    "tax_minor", "paid_minor", "refunded_minor", "stated_rate_bps", "stated_commission_minor",
    "source", "import_id", "stated_at", "changed_at",
)  # fmt: skip
"""What `LineRevision` keeps."""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many lines were new and how many were changed, and whose statement cannot be.

    Of the revised, `restored` were withdrawn before. `contradicted` names order, line, and how many
    items would be left that more came back of.
    """

    new: int
    revised: int
    restored: int = 0
    contradicted: Sequence[tuple[str, str, int]] = ()


def merge(rows: Iterable[Sequence[Any]], *, now: datetime) -> Merged:
    """Merge rows of `STAGED` columns, one per line, into the records. Needs an open transaction.

    A statement by which fewer items were ordered than have come back changes nothing of its line.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        _stage(cursor, rows)
        cursor.execute(_MERGE)
        cursor.execute(_CONTRADICTED)
        contradicted = [(order, line, items) for order, line, items in cursor.fetchall()]
        cursor.execute(_LEAVE_CONTRADICTED)
        cursor.execute(_COUNT_RESTORED)
        [restored] = cursor.fetchone()
        cursor.execute(_KEEP_REVISIONS)
        cursor.execute(_NOTE_REFUNDS, [moment])
        cursor.execute(_REVISE, [moment])
        revised = cursor.rowcount
        cursor.execute(_ADD, [moment, moment])
        new = cursor.rowcount
        cursor.execute(_NOTE_FIRST_REFUNDS, [moment])
        for table in ("staged_lines", "merged_lines"):
            cursor.execute(f"DROP TABLE {table}")
    return Merged(new, revised, restored, contradicted)


def _stage(cursor: CursorWrapper, rows: Iterable[Sequence[Any]]) -> None:
    """The rows in a table that lives as long as the transaction, with the records' own types."""
    columns = ", ".join(STAGED)
    cursor.execute(
        f"CREATE TEMPORARY TABLE staged_lines AS SELECT {columns} FROM orders_orderline WHERE 1 = 0"
    )
    marks = ", ".join(["%s"] * len(STAGED))
    cursor.executemany(f"INSERT INTO staged_lines ({columns}) VALUES ({marks})", list(rows))


def _rank(column: str) -> str:
    cases = " ".join(f"WHEN '{state}' THEN {rank}" for rank, state in enumerate(STATES))
    return f"CASE {column} {cases} END"


def _merged(column: str) -> str:
    """SQL for what a column says once both sides are heard."""
    old, new = f"line.{column}", f"said.{column}"
    if column == "state":
        return f"CASE WHEN {_rank(new)} > {_rank(old)} THEN {new} ELSE {old} END AS state"
    if column in GROWING:
        return f"CASE WHEN {new} > {old} THEN {new} ELSE {old} END AS {column}"
    if column in STATED_TEXTS:
        first, second = f"COALESCE(NULLIF({new}, ''), {old})", f"COALESCE(NULLIF({old}, ''), {new})"
    else:
        first, second = f"COALESCE({new}, {old})", f"COALESCE({old}, {new})"
    return (
        f"CASE WHEN {_WITHDRAWN} THEN {_first(column)}"
        f" WHEN {_NEWER} THEN {first} ELSE {second} END AS {column}"
    )


def _first(column: str) -> str:
    """SQL for what a column of a new line says."""
    said = f"said.{column}"
    return f"COALESCE({said}, {_FALSE})" if column == "is_held" else said


_FALSE = "CAST(0 AS BOOLEAN)"
_WITHDRAWN = f"line.state = '{State.WITHDRAWN}'"
_SAME_LINE = (
    "line.shop_id = said.shop_id AND line.order_id = said.order_id AND line.line_id = said.line_id"
)
_NEWER = f"({_WITHDRAWN} OR (said.stated_at, said.import_id) >= (line.stated_at, line.import_id))"
_DIFFERS = " OR ".join(f"line.{column} <> merged.{column}" for column in ("state", *GROWING)) + (
    " OR "
    + " OR ".join(f"line.{column} <> merged.{column}" for column in STATED_TEXTS)
    + " OR "
    + " OR ".join(
        f"line.{column} <> merged.{column} OR (line.{column} IS NULL) <> (merged.{column} IS NULL)"
        for column in STATED_VALUES
    )
)
_MERGE = f"""CREATE TEMPORARY TABLE merged_lines AS
    SELECT line.id, {", ".join(_merged(column) for column in MERGED)},
        CASE WHEN {_NEWER} THEN said.source ELSE line.source END AS source,
        CASE WHEN {_NEWER} THEN said.import_id ELSE line.import_id END AS import_id,
        CASE WHEN {_NEWER} THEN said.stated_at ELSE line.stated_at END AS stated_at
    FROM staged_lines AS said JOIN orders_orderline AS line ON {_SAME_LINE}"""
_CONTRADICTED = """SELECT line.order_id, line.line_id, merged.items
    FROM merged_lines AS merged JOIN orders_orderline AS line ON line.id = merged.id
    WHERE merged.items_returned > merged.items ORDER BY line.id"""
_LEAVE_CONTRADICTED = "DELETE FROM merged_lines WHERE items_returned > items"
_COUNT_RESTORED = f"""SELECT COUNT(*) FROM merged_lines AS merged
    JOIN orders_orderline AS line ON line.id = merged.id WHERE {_WITHDRAWN}"""
_KEEP_REVISIONS = f"""INSERT INTO orders_linerevision (line_id, number, {", ".join(KEPT)})
    SELECT line.id, line.revision, {", ".join(f"line.{column}" for column in KEPT)}
    FROM orders_orderline AS line JOIN merged_lines AS merged ON merged.id = line.id
    WHERE {_DIFFERS}"""
_NOTE_REFUNDS = f"""INSERT INTO orders_refund
    (line_id, key, order_id, rivals, items, amount_minor, happened_at, source, import_id,
        recorded_at)
    SELECT line.id, '{COUNTED_BY_LINE}' || merged.items_returned || ':' || merged.refunded_minor
            || '@' || line.revision,
        line.order_id, 0, merged.items_returned - line.items_returned,
        merged.refunded_minor - line.refunded_minor,
        merged.stated_at, merged.source, merged.import_id, %s
    FROM orders_orderline AS line JOIN merged_lines AS merged ON merged.id = line.id
    WHERE merged.items_returned > line.items_returned
        OR merged.refunded_minor > line.refunded_minor"""
_REVISE = f"""UPDATE orders_orderline AS line SET
    {", ".join(f"{column} = merged.{column}" for column in MERGED)},
    source = merged.source, import_id = merged.import_id, stated_at = merged.stated_at,
    revision = line.revision + 1, changed_at = %s
    FROM merged_lines AS merged WHERE merged.id = line.id AND ({_DIFFERS})"""
_ADD = f"""INSERT INTO orders_orderline (
        {", ".join(STAGED)}, revision, withdrawn_in, recorded_at, changed_at)
    SELECT {", ".join(_first(column) for column in STAGED)}, 1, 0, %s, %s
    FROM staged_lines AS said
    WHERE NOT EXISTS (SELECT 1 FROM orders_orderline AS line WHERE {_SAME_LINE})"""
_NOTE_FIRST_REFUNDS = f"""INSERT INTO orders_refund
    (line_id, key, order_id, rivals, items, amount_minor, happened_at, source, import_id,
        recorded_at)
    SELECT line.id, '{COUNTED_BY_LINE}' || line.items_returned || ':' || line.refunded_minor,
        line.order_id, 0, line.items_returned, line.refunded_minor, line.stated_at, line.source,
        line.import_id, %s
    FROM staged_lines AS said JOIN orders_orderline AS line ON {_SAME_LINE}
    WHERE line.revision = 1 AND (line.items_returned > 0 OR line.refunded_minor > 0)
        AND NOT EXISTS (SELECT 1 FROM orders_refund AS refund WHERE refund.line_id = line.id)"""
