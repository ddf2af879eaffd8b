"""Order and settlement lines as the platform states them; revisions are kept."""

from functools import partial

from linkstar.lake.statements import load_statements
from linkstar.lake.stating import Kind
from linkstar.lake.tables import INCOME_LINES_TABLE, ORDER_LINES_TABLE

ORDER_ROWS = Kind(
    table=ORDER_LINES_TABLE, key=("layout",), subject=("order_id", "sku_id", "product_id")
)
INCOME_ROWS = Kind(
    table=INCOME_LINES_TABLE,
    key=("layout",),
    subject=("sheet", "line_id", "related_order_id", "kind"),
)

load_order_lines = partial(load_statements, kind=ORDER_ROWS)
load_income_lines = partial(load_statements, kind=INCOME_ROWS)
