"""What creators sold, as order files state it: the base commission is worked out from."""

from datetime import date

import pyarrow as pa

from linkstar.lake.relations import empty_relation, whole_rows
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import ORDER_LINES_TABLE
from linkstar.lake.worth import WORTH_MINOR

SALES = pa.schema(
    [
        ("shop", pa.int32()),
        ("creator", pa.string()),
        ("product_id", pa.string()),
        ("ordered_on", pa.date32()),
        ("currency", pa.string()),
        ("base_minor", pa.int64()),
        ("lines", pa.int64()),
    ]
)
"""One row per shop, creator, product, day and currency."""

_NEWEST = """
SELECT * FROM (
    SELECT *, max((stated_on, import_id)) OVER (
        PARTITION BY workspace, shop, layout, subject) AS newest
    FROM {rows}
    WHERE workspace = $workspace AND shop IN ({shops}) AND creator IS NOT NULL
) WHERE (stated_on, import_id) = newest AND product_id IS NOT NULL AND ordered_on IS NOT NULL
"""

_ONCE = """
SELECT * FROM ({newest}) QUALIFY row_number() OVER (
    PARTITION BY shop, order_id, sku_id, product_id, nullif(line_id, coalesce(sku_id, product_id))
    ORDER BY layout <> 'tiktok.affiliate_orders', layout) = 1
"""
"""An order line that files of several kinds state counts once; the seller's own file first."""

_BASE = f"""coalesce(commission_base_estimated_minor, price_minor * items, {WORTH_MINOR},
    paid_minor)"""
_SUMMED = f"""
SELECT shop, creator, product_id, ordered_on, currency, sum({_BASE})::BIGINT AS base_minor,
    count(*) AS lines
FROM ({{once}})
WHERE {_BASE} IS NOT NULL AND coalesce(items > 0, true)
    AND ordered_on >= $starts_on AND ordered_on < $ends_before
GROUP BY ALL ORDER BY ALL
"""


def affiliate_sales(lake: Lake, scope: Scope, *, starts_on: date, ends_before: date) -> pa.Table:
    """Rows of `SALES` for orders placed in these days, before refunds, as the files state them."""
    asked = {"starts_on": starts_on, "ends_before": ends_before}
    return _ask(lake, scope, _SUMMED, asked).cast(SALES)


def last_day_of_sales(lake: Lake, scope: Scope) -> date | None:
    """The latest day on which a creator sold something; None when no file says so."""
    found = _ask(lake, scope, "SELECT max(ordered_on) AS last FROM ({once})", {})
    last: date | None = found["last"][0].as_py()
    return last


def _ask(lake: Lake, scope: Scope, sql: str, asked: dict[str, date]) -> pa.Table:
    seen = lake.opened(ORDER_LINES_TABLE)
    shops = ", ".join(str(int(shop)) for shop in scope.shops)
    schema = ORDER_LINES_TABLE.schema
    rows = whole_rows(schema, "files") if seen.files else empty_relation(schema)
    newest = _NEWEST.format(rows=rows, shops=shops or "NULL")
    bound = {"workspace": scope.workspace, **asked}
    files = {"files": seen.paths()} if seen.files else {}
    return lake.engine.query(sql.format(once=_ONCE.format(newest=newest)), {**bound, **files})
