"""Order and settlement lines as the platform states them; revisions are kept."""

from linkstar.lake.stating import Kind
from linkstar.lake.tables import INCOME_LINES_TABLE, ORDER_LINES_TABLE

_LINE = """coalesce(product_id, '') || coalesce(chr(31) || line_id, '')
    || CASE WHEN items < 0 THEN chr(31) || '-' ELSE '' END"""
"""The product; a numbered line also by its number, and apart from what came back of it."""
ORDER_ROWS = Kind(table=ORDER_LINES_TABLE, key=("layout",), subject=("order_id", "sku_id", _LINE))
INCOME_ROWS = Kind(
    table=INCOME_LINES_TABLE,
    key=("layout",),
    subject=("line_id", "related_order_id", "kind"),
)
