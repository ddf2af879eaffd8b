"""What one import says about order lines: one row per shop, order and line, its rows added up.

What came back, of a line or without naming one, is a row of its own.
"""

import pyarrow as pa

from linkstar.lake.relations import whole_rows
from linkstar.lake.store import Lake
from linkstar.lake.tables import ORDER_LINES, ORDER_LINES_TABLE

_SUMMED = frozenset(
    name
    for name in ORDER_LINES.names
    if name in {"items", "items_refunded"} or (name.endswith("_minor") and name != "price_minor")
)
_KEYS = ("shop", "layout", "stated_on", "order_id", "line", "is_return")
_LEFT_OUT = frozenset(
    {*_KEYS, "line_id", "workspace", "import_id", "row", "exported_on", "flags"}
) | {
    "subject",
    "fingerprint",
}


def order_statements(lake: Lake, *, workspace: int, import_id: str) -> pa.Table:
    """Columns of `ORDER_LINES`, `line` and `is_return`, in order of shop, order and line.

    The line is called by its number, else by its SKU, else by its product.

    Amounts and counts of rows about the same line are added; of anything else the largest stands.
    """
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
            FROM {whole_rows(ORDER_LINES, "files")}
            WHERE workspace = $workspace AND import_id = $import_id
        ) GROUP BY {", ".join(_KEYS)}
        ORDER BY shop, is_return, stated_on, order_id, line""",
        {"files": seen.paths(), "workspace": workspace, "import_id": import_id},
    )
