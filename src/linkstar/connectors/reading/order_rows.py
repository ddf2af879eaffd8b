"""Rows of anybody's order list: which line of its order each one is, and what it must say.

A file that numbers its lines is taken at its word. Elsewhere the SKU (or product) names the line,
and its second row in the same order is `SKU#2`. So that the number stays the same when a corrected
row is sent again, an order without line numbers goes in whole or not at all. Rows below nothing
say what came back; they are counted apart.
"""

from linkstar.connectors.reading.detected import Detected
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.values import Check

LINE = "line"
WAITS = "order.incomplete"
"""The code of a good row of an order another row of which cannot be read."""
_LONGEST = {
    "order_id": 64, "line_id": 60, "sku_id": 60, "product_id": 60, "content_id": 64,
    "creator": 120, "promo_code": 60, "status": 60, "settlement_status": 60,
}  # fmt: skip
"""What the records have room for; a number is put behind some."""


def are_anybodys(detected: Detected) -> bool:
    """Whether a file's rows are order lines of no platform known."""
    return detected.kind is Kind.ORDER_LINES and detected.layout.startswith("generic.")


def go_in_whole(detected: Detected, fields: frozenset[str]) -> bool:
    """Whether an order of the file goes in whole or not at all."""
    return are_anybodys(detected) and "line_id" not in fields


def with_lines(values: str, fields: frozenset[str]) -> str:
    """SQL for rows and the line of its order that each is, and how many rows say they are it."""
    named = [f"v_{name}" for name in ("line_id", "sku_id", "product_id") if name in fields]
    article = f"coalesce({', '.join(named)})" if len(named) > 1 else named[0]
    same = f"{_order(fields)}, article, v_quantity < 0"
    number = "CASE WHEN nth > 1 THEN '#' || nth ELSE '' END"
    line = "v_line_id" if "line_id" in fields else f"article || {number}"
    return f"""SELECT *, {line} AS {LINE} FROM (
        SELECT *, row_number() OVER (PARTITION BY {same} ORDER BY row) AS nth,
            count(*) OVER (PARTITION BY {same}) AS alike
        FROM (SELECT *, {article} AS article FROM ({values})))"""


def waiting_for_order(rows: str, bad: str, fields: frozenset[str]) -> str:
    """SQL for rows, whether each is bad, and whether any row of its order is."""
    return f"""SELECT *, bool_or(bad) OVER (PARTITION BY {_order(fields)}) AS order_is_bad
        FROM (SELECT *, {bad} AS bad FROM ({rows}))"""


def _order(fields: frozenset[str]) -> str:
    return "v_workspace, v_shop, v_order_id" if "shop" in fields else "v_order_id"


def checks_of(fields: frozenset[str]) -> list[Check]:
    """What every row must say; and what none may."""
    needed = ["order_id", "quantity", "ordered_at"]
    needed += ["line_id"] if "line_id" in fields else []
    found = [Check(f"s_{name} IS NULL", name, "'required.empty'", "") for name in needed]
    found += [_one_of(fields, "sku_id", "product_id", "line_id")]
    found += [_one_of(fields, "price_micros", "paid_minor")]
    found += [Check("coalesce(v_quantity = 0, false)", "quantity", "'quantity.nothing'", "")]
    if "price_micros" in fields:
        below = "coalesce(v_price_micros < 0, false)"
        found += [Check(below, "price_micros", "'price.negative'", "")]
    if "line_id" in fields:
        found += [Check("alike > 1", "line_id", "'line.twice'", "")]
    return found + [_short(name, most) for name, most in _LONGEST.items() if name in fields]


def _one_of(fields: frozenset[str], *names: str) -> Check:
    """At least one of these is filled in; the first one the file has is named."""
    here = [name for name in names if name in fields]
    empty = " AND ".join(f"s_{name} IS NULL" for name in here)
    return Check(empty, here[0], "'required.empty'", "")


def _short(field: str, most: int) -> Check:
    is_long = f"coalesce(length(CAST(s_{field} AS VARCHAR)) > {most}, false)"
    return Check(is_long, field, "'text.too_long'", str(most))
