"""What one import says about order lines: one row per shop, order and line, its rows added up.

What came back, of a line or without naming one, is a row of its own.
"""

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa

from linkstar.lake.engine import NOTHING
from linkstar.lake.relations import whole_rows
from linkstar.lake.store import Lake
from linkstar.lake.tables import ORDER_LINES, ORDER_LINES_TABLE

_SUMMED = frozenset(
    name
    for name in ORDER_LINES.names
    if name in {"items", "items_refunded"} or (name.endswith("_minor") and name != "price_minor")
)
_KEYS = ("import_id", "shop", "layout", "stated_on", "order_id", "line", "is_return")
_LEFT_OUT = frozenset({*_KEYS, "line_id", "workspace", "row", "exported_on", "flags"}) | {
    "subject",
    "fingerprint",
}


def order_statements(lake: Lake, *, workspace: int, import_id: str) -> pa.Table:
    """Columns of `ORDER_LINES`, `line` and `is_return`, in order of shop, order and line.

    The line is called by its number, else by its SKU, else by its product.

    Amounts and counts of rows about the same line are added; of anything else the largest stands.
    """
    chosen = "workspace = $workspace AND import_id = $import_id"
    return _statements(lake, chosen, workspace=workspace, import_id=import_id)


def statements_about(lake: Lake, *, workspace: int, shop: int, orders: Collection[str]) -> pa.Table:
    """As `order_statements`, of these orders by every import, one import after the other."""
    asked = pa.table({"order_id": pa.array(sorted(orders), pa.string())})
    chosen = """workspace = $workspace AND shop = $shop
        AND order_id IN (SELECT order_id FROM asked)"""
    return _statements(lake, chosen, {"asked": asked}, workspace=workspace, shop=shop)


def _statements(
    lake: Lake, chosen: str, tables: Mapping[str, pa.Table] = NOTHING, **bound: Any
) -> pa.Table:
    seen = lake.snapshot(ORDER_LINES_TABLE)
    if seen is None or not seen.files:
        return ORDER_LINES.empty_table()
    columns = ", ".join(
        f"{'sum' if name in _SUMMED else 'max'}({name}) AS {name}"
        for name in ORDER_LINES.names
        if name not in _LEFT_OUT
    )
    return lake.engine.query(
        f"""SELECT {", ".join(_KEYS)}, {columns} FROM (
            SELECT *, coalesce(line_id, nullif(sku_id, ''), product_id, '') AS line,
                coalesce(items < 0, false) AS is_return
            FROM {whole_rows(ORDER_LINES, "files")} WHERE {chosen}
        ) GROUP BY {", ".join(_KEYS)}
        ORDER BY import_id, shop, is_return, stated_on, order_id, line""",
        {"files": seen.paths(), **bound},
        tables=tables,
    )
